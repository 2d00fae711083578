"""The arrays that a run begins with: inputs, weights, and the files that contain them."""
