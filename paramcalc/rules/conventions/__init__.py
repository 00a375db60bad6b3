"""Whose LSTM? The recurrent layers of many frameworks, a line of ``conventions.txt`` each; its header says how."""
