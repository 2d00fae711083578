"""A function that calls itself; models of several outputs in models."""

import keras
from keras import layers
def tree(x, depth):
    if depth == 0:
        return layers.Dense(2)(x)
    a, b = tree(x, depth - 1), tree(x, depth - 1)
    return layers.Average()([a, b])
i = keras.Input((4,))
z_mean, z_log_var = (layers.Dense(2, name=n)(i) for n in ("z_mean", "z_log_var"))
enc = keras.Model(i, [z_mean, z_log_var, tree(z_mean, 2)], name="enc")
li = keras.Input((2,))
dec = keras.Model(li, tree(li, 1), name="dec")
a, b, c = enc(i)
j = keras.Input((4,))
outs = enc(j)
full = keras.Model(j, dec(outs[0]), name="full")
full.summary()
