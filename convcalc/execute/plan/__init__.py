"""What a run will compute: steps, groups of layers, kernels, buffers, and the memory for them."""
