"""Python code that makes a Keras model: read, never run."""
