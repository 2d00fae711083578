"""What a run is fed with: inputs, weights, and the files that hold them."""
