"""How each framework is asked: one folder for each."""
