"""Files as text: bytes, their syntax, and the bounds on what they may ask for."""
