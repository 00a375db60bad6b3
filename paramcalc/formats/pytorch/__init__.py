"""Files that PyTorch saves, read without PyTorch: no pickle in them is loaded, and nothing is called."""
