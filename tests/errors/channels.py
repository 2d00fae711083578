import keras
from keras import ops

i = keras.Input((4, 4, 5))
model = keras.Model(i, ops.image.rgb_to_grayscale(i))
