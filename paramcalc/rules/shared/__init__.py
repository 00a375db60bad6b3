"""Theory that rules of several frameworks share."""
