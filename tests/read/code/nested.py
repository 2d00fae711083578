import os

os.environ["KERAS_BACKEND"] = "tensorflow"
import tensorflow.keras as tk
from tensorflow.keras.layers import *
from tensorflow.keras.models import Sequential as Seq

SIZE: int = 24
shape = (SIZE, SIZE) + (3,)
try:
    tower = Seq([Conv2D(4, 3), ReLU()], name="tower")
finally:
    done = True
with open(os.devnull) as file:
    model = Seq([Input(shape), tower])
    act = "relu" if SIZE > 20 else None
    for block in range(2):
        for filters in (8, 16):
            model.add(Conv2D(filters * (block + 1), 3, activation=act, padding="same"))
    model.add(Dense(99, name="cut"))
    model.pop()
    model.add(Flatten())
if __name__ == "__main__":
    model.add(Dense(units=SIZE // 2 - 2))
other = len([1, 2])
