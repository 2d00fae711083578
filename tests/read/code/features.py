"""An input and an encoding for each feature of a table."""

import keras
from keras import layers
features = {"age": 1, "income": 1, "kind": 5}
inputs, encoded = [], []
for name, size in features.items():
    inp = keras.Input(shape=(1,), name=name, dtype="int64" if size > 1 else "float32")
    inputs.append(inp)
    if size > 1:
        enc = layers.Flatten()(layers.Embedding(size, 3, name=name + "_emb")(inp))
    else:
        enc = layers.Normalization(mean=0.0, variance=1.0)(inp)
    encoded += [enc]
x = layers.concatenate(encoded)
x = layers.Dense(8, "relu")(x)
model = keras.Model({i.name: i for i in inputs}, layers.Dense(1, "sigmoid")(x))
model.summary()
