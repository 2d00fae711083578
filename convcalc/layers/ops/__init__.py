"""Operations between layers, as Keras's graphs list them: ``x + y``, ``x[:, 0]``, ``keras.ops.relu(x)``."""
