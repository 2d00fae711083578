"""Annotations, keyword arguments, conditions and loops of many kinds."""

import os, sys
os.environ["KERAS_BACKEND"] = "tensorflow"
import keras
from keras import layers
from typing import Optional, Tuple

BATCH_SIZE: int = 64
IMG = dict(size=64, channels=3)

def stem(x, filters: int = 16, *args, act: Optional[str] = "relu", **kwargs):
    """Stem."""
    x = layers.Conv2D(filters, *args, activation=act, **kwargs)(x)
    return x

def head(x: "tensor", n: int) -> "tensor":
    if n == 1:
        act = "sigmoid"
    elif n > 1 and n < 100:
        act = "softmax"
    else:
        raise ValueError("n")
    return layers.Dense(n, activation=act, name="head")(x)

class NotUsed(keras.callbacks.Callback):
    def on_epoch_end(self, epoch, logs=None):
        print(epoch)

with open(os.devnull) as f:
    pass

inputs = layers.Input((IMG["size"], IMG["size"], IMG["channels"]))
x = stem(inputs, 8, 3, strides=(2, 2), padding="same")
x = stem(x, kernel_size=3, act=None)
x = layers.Activation(keras.activations.swish)(x)
x = layers.ZeroPadding2D(((1, 0), (0, 1)))(x)
i = 0
while i < 3:
    i += 1
    if i == 2: continue
    x = layers.Conv2D(4 * i, 1, name="c" + str(i))(x)
x = head(layers.GlobalMaxPooling2D()(x), 10)
model = keras.Model(inputs=inputs, outputs=x, name="f1_%d" % BATCH_SIZE)
print(f"params: {model.count_params():,}")
if not os.path.exists("w.h5"):
    print("no")
model.summary(print_fn=lambda s: print(s))
