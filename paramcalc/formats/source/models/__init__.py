"""What a run leaves: models, each layer with its line."""
