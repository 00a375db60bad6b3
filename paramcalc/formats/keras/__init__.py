"""What Keras writes of a model, of any version, and what of it the file itself knows better than the rules."""
