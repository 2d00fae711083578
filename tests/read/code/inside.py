"""A Sequential that begins with another one, and knows its input by it."""

import tensorflow as tf
strategy = tf.distribute.MirroredStrategy() if False else None
def build():
    model = tf.keras.models.Sequential([
        tf.keras.layers.InputLayer(shape=(28, 28)),
        tf.keras.layers.Flatten(),
        tf.keras.layers.Dense(128, activation=tf.nn.relu),
        tf.keras.layers.Dense(10, activation=tf.nn.softmax, kernel_regularizer=tf.keras.regularizers.l1_l2(1e-4, 1e-4)),
    ], name="tfk")
    return model
m1, m2 = build(), None
m2 = tf.keras.models.Sequential(layers=[m1, tf.keras.layers.Softmax()])
m2.summary()
