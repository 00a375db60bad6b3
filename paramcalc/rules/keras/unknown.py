"""Classes of keras.layers whose weights no rule can know, and why: what they do is in code that a file only names."""

OPAQUE = {
    "Lambda": "a function in Python code, which is not read",
    "TFSMLayer": "a saved TensorFlow program, which is not read",
    "JaxLayer": "a JAX function in Python code, which is not read",
    "FlaxLayer": "a Flax module in Python code, which is not read",
    "TorchModuleWrapper": "a PyTorch module, which is not read",
}

WEIGHTLESS = frozenset({"Lambda"})  # of these, Keras counts no weights, whatever their code uses
