"""Traineddata files of Tesseract, by the description of the network in them."""
