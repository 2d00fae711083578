import keras
from data import load

(x_train, y_train), test = load("mnist")
model = keras.Sequential([keras.layers.Dense(10, input_shape=(x_train.shape[1],))])
