"""Models of Hugging Face from their ``config.json``: architectures as data, a few lines each."""
