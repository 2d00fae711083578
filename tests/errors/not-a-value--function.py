import tensorflow as tf


@tf.function
def build_model(units):
    return tf.keras.Sequential([tf.keras.layers.Dense(units)])


model = build_model(3)
model.summary()
