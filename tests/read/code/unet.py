"""A U-Net of functions: blocks down, blocks up, and what is kept between them."""

from tensorflow import keras
from tensorflow.keras import layers as L


def conv_block(x, filters, kernel_size=3):
    for _ in range(2):
        x = L.Conv2D(filters, kernel_size, padding="same", use_bias=False)(x)
        x = L.BatchNormalization()(x)
        x = L.Activation("relu")(x)
    return x


def encoder_block(x, filters):
    skip = conv_block(x, filters)
    return skip, L.MaxPool2D((2, 2))(skip)


def decoder_block(x, skip, filters):
    x = L.Conv2DTranspose(filters, (2, 2), strides=2, padding="same")(x)
    x = L.Concatenate()([x, skip])
    return conv_block(x, filters)


def build_unet(input_shape, widths, n_classes=1):
    inputs = L.Input(input_shape)
    x, skips = inputs, []
    for width in widths:
        skip, x = encoder_block(x, width)
        skips.append(skip)
    x = conv_block(x, widths[-1] * 2)
    for width, skip in zip(reversed(widths), reversed(skips)):
        x = decoder_block(x, skip, width)
    activation = "sigmoid" if n_classes == 1 else "softmax"
    outputs = L.Conv2D(n_classes, 1, padding="same", activation=activation)(x)
    return keras.Model(inputs, outputs, name="U-Net")


if __name__ == "__main__":
    model = build_unet((64, 64, 3), [16, 32, 64])
    model.summary()
