"""What Keras writes: configs, ``.keras`` archives and ``.h5`` files, as a `Script`."""
