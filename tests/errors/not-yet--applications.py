import keras

base = keras.applications.MobileNetV2(input_shape=(96, 96, 3), include_top=False, weights=None)
inputs = keras.Input((96, 96, 3))
x = keras.layers.GlobalAveragePooling2D()(base(inputs, training=False))
model = keras.Model(inputs, keras.layers.Dense(1)(x))
