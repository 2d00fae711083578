"""Layers of TensorFlow 1 as functions, against the functions that tf_keras keeps."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
import tensorflow as tf
from tf_keras.src.legacy_tf_layers import convolutional, core, normalization, pooling

import convcalc

pytestmark = pytest.mark.keras

HEAD = "import tensorflow as tf\nx = tf.placeholder(tf.float32, [None, 24, 24, 3], name='x')\n"
SCRIPTS = [
    "y = tf.layers.dense(tf.layers.flatten(tf.layers.conv2d(x, 8, 5, 2, 'same')), 10)",
    "y = tf.layers.batch_normalization(tf.layers.conv2d(inputs=x, filters=4, kernel_size=[3, 1]), training=True)",
    "y = tf.layers.max_pooling2d(x, [2, 2], strides=2)\ny = tf.layers.dropout(y, rate=0.4, training=True)\n"
    "y = tf.layers.separable_conv2d(y, 6, 3, depth_multiplier=2, use_bias=False)",
    "y = tf.layers.conv2d_transpose(x, 5, 3, strides=(2, 2), padding='same', activation=tf.nn.relu)\n"
    "y = tf.layers.average_pooling2d(y, 3, 1, name='mean')",
    "y = tf.layers.conv1d(tf.reshape(x, [-1, 24, 72]), 7, 2)\ny = tf.layers.max_pooling1d(y, 2, 2)",
]


def told(text: str) -> tuple[Any, list[Any]]:
    """The shape of ``y``, and the shapes of all variables, with TensorFlow."""
    with tf.Graph().as_default():
        v1 = tf.compat.v1
        library = SimpleNamespace(
            placeholder=v1.placeholder, float32=tf.float32, nn=tf.nn, reshape=tf.reshape,
            layers=SimpleNamespace(**vars(convolutional) | vars(core) | vars(normalization) | vars(pooling)),
        )  # fmt: skip
        names: dict[str, Any] = {"tf": library}
        exec((HEAD + text).replace("import tensorflow as tf\n", ""), names)
        variables = v1.get_collection(v1.GraphKeys.GLOBAL_VARIABLES)
        return tuple(names["y"].shape), sorted(tuple(one.shape) for one in variables)


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("text", SCRIPTS)
def test_functions_are_tensorflow_s_layers(text: str) -> None:
    """The output's shape, and the shapes of the variables."""
    shape, variables = told(text)
    rows = convcalc.summarize(convcalc.load(HEAD + text)).rows
    assert rows[-1].output_shape == shape
    assert sorted(weight.shape for row in rows for weight in row.weights) == variables
