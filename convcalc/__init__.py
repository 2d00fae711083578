"""Output shapes and parameter counts of Keras layer stacks, and their forward pass, without Keras."""

__version__ = "0.1.0"
