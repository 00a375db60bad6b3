"""Layers that models of Hugging Face have and PyTorch has not; architectures name them, and no registry lists them."""
