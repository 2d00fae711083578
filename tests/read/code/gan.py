"""A generator, a discriminator, and the frozen discriminator behind the generator."""

from tensorflow import keras
from tensorflow.keras import layers
from tensorflow.keras.optimizers import Adam


class Config:
    pass


def build_generator(latent_dim):
    model = keras.models.Sequential()
    model.add(layers.Dense(7 * 7 * 16, activation="relu", input_dim=latent_dim))
    model.add(layers.Reshape((7, 7, 16)))
    for filters in (16, 8):
        model.add(layers.UpSampling2D())
        model.add(layers.Conv2D(filters, kernel_size=3, padding="same"))
        model.add(layers.BatchNormalization(momentum=0.8))
        model.add(layers.Activation("relu"))
    model.add(layers.Conv2D(1, kernel_size=3, padding="same", activation="tanh"))
    noise = layers.Input(shape=(latent_dim,))
    return keras.models.Model(noise, model(noise))


def build_discriminator(img_shape, *, dropout=0.25):
    model = keras.models.Sequential()
    model.add(layers.Conv2D(8, kernel_size=3, strides=2, input_shape=img_shape, padding="same"))
    model.add(layers.LeakyReLU(negative_slope=0.2))
    model.add(layers.Dropout(dropout))
    model.add(layers.Flatten())
    model.add(layers.Dense(1, activation="sigmoid"))
    img = layers.Input(shape=img_shape)
    return keras.models.Model(img, model(img))


img_shape = (28, 28, 1)
discriminator = build_discriminator(img_shape)
discriminator.compile(loss="binary_crossentropy", optimizer=Adam(0.0002, 0.5), metrics=["accuracy"])
generator = build_generator(100)
z = layers.Input(shape=(100,))
img = generator(z)
discriminator.trainable = False
valid = discriminator(img)
combined = keras.models.Model(z, valid)
combined.summary()
