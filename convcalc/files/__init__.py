"""Files beyond plain text: written whole or not at all, and Keras's archives and HDF5 opened."""
