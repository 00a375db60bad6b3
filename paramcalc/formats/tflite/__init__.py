"""TensorFlow Lite files: a reader of flatbuffers, the operators that read weights, and the rows that they make."""
