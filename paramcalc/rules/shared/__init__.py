"""Equations that rules of several frameworks use."""
