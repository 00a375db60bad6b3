"""Files of TensorFlow: the index of a checkpoint, and the objects of a SavedModel."""
