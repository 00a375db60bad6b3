"""What a rule is: its schema, what it answers, the layers made of it; no layer itself."""
