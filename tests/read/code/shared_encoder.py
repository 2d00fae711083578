"""The encoder of an autoencoder is a model of the same layers; the last one made is shown."""

from keras.layers import Conv2D, Conv2DTranspose, Dense, Flatten, Input, Reshape
from keras.models import Model

latent_dim = 8
inputs = Input((16, 16, 1))
x = inputs
for filters in [8, 16]:
    x = Conv2D(filters, 3, strides=2, activation="relu", padding="same")(x)
shape = x.shape
x = Flatten()(x)
latent = Dense(latent_dim, name="latent")(x)
encoder = Model(inputs, latent, name="encoder")
encoder.summary()

latent_inputs = Input(shape=(latent_dim,), name="decoder_input")
x = Dense(shape[1] * shape[2] * shape[3])(latent_inputs)
x = Reshape((shape[1], shape[2], shape[3]))(x)
for filters in [16, 8][::1]:
    x = Conv2DTranspose(filters, 3, strides=2, activation="relu", padding="same")(x)
outputs = Conv2DTranspose(1, 3, activation="sigmoid", padding="same", name="decoder_output")(x)
decoder = Model(latent_inputs, outputs, name="decoder")

autoencoder = Model(inputs, decoder(encoder(inputs)))
autoencoder.compile(loss="mse", optimizer="adam")
