"""Source code: a small interpreter of Python on shapes and symbols; nothing of the program is executed."""
