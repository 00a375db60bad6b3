"""The recurrent layers of other frameworks: a line of ``conventions.txt`` each, whose header is the grammar."""
