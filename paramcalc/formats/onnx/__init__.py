"""ONNX files: a reader of the wire format, what a graph's weights are, and the rows that they make."""
