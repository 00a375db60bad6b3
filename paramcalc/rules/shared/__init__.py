"""What rules of several frameworks share: equations, axes, windows, gradients."""
