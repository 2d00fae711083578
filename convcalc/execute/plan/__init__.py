"""The plan of a run: steps, groups of layers, kernels, buffers, and the memory and time that the run takes."""
