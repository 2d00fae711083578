"""Names begin anew with every session."""

import keras
from keras import layers
def build(hidden=(8,), *, activation="relu", **kw):
    keras.backend.clear_session()
    m = keras.Sequential([keras.Input((4,))] + [layers.Dense(h, activation=activation, **kw) for h in hidden])
    m.add(layers.Dense(1))
    return m
for h in [(8,), (8, 4), (16, 8, 4)]:
    m = build(h, use_bias=len(h) > 2)
    m.compile("adam", "mse")
    m.summary()
