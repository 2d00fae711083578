"""What acts in training alone: dropouts, noise, and a penalty on activity. At inference each passes its input on."""

from __future__ import annotations

from typing import Any

from convcalc.declare import types as t
from convcalc.declare.argument import arg
from convcalc.declare.layer import Layer
from convcalc.layers import _arguments as a


class _Training(Layer):
    built_at_init = True
    supports_masking = True
    acts_in_training = True


class Dropout(_Training):
    """Values dropped at random, in training.

    >>> Dropout(0.5).on(5, 3)
    (None, 5, 3)  0 params  0 MACs
    """

    rate: float = a.rate
    noise_shape: Any = arg(t.positive_dims, default=None, doc="shape of the mask; null takes the input's size")
    seed: int | None = a.seed


class AlphaDropout(_Training):
    """Values dropped at random so that mean and variance stay, in training.

    >>> AlphaDropout(0.5).on(5, 3)
    (None, 5, 3)  0 params  0 MACs
    """

    rate: float = a.rate
    # Unlike Dropout, Keras does not look at it before training.
    noise_shape: Any = arg(t.anything, default=None, doc="shape of the mask; null takes the input's size")
    seed: int | None = a.seed


class GaussianDropout(_Training):
    """Values multiplied by random factors around 1, in training.

    >>> GaussianDropout(0.5).on(5, 3)
    (None, 5, 3)  0 params  0 MACs
    """

    rate: float = a.rate
    seed: int | None = a.seed


class GaussianNoise(_Training):
    """Random values added, in training.

    >>> GaussianNoise(0.1).on(5, 3)
    (None, 5, 3)  0 params  0 MACs
    """

    # Keras's documentation allows any size; its code does not.
    stddev: float = arg(t.fraction, doc="standard deviation of the noise")
    seed: int | None = a.seed


class _SpatialDropout(_Training):
    common = {name: Layer.common[name] for name in ("name", "dtype")}


class SpatialDropout1D(_SpatialDropout):
    """Whole channels of a sequence dropped at random, in training.

    >>> SpatialDropout1D(0.5).on(5, 3)
    (None, 5, 3)  0 params  0 MACs
    """

    rank = 1
    rate: float = a.rate
    seed: int | None = a.seed


class SpatialDropout2D(_SpatialDropout):
    """Whole channels of an image dropped at random, in training.

    >>> SpatialDropout2D(0.5).on(5, 6, 3)
    (None, 5, 6, 3)  0 params  0 MACs
    """

    rank = 2
    rate: float = a.rate
    data_format: str = a.data_format
    seed: int | None = a.seed


class SpatialDropout3D(_SpatialDropout):
    """Whole channels of a volume dropped at random, in training.

    >>> SpatialDropout3D(0.5).on(4, 5, 6, 3)
    (None, 4, 5, 6, 3)  0 params  0 MACs
    """

    rank = 3
    rate: float = a.rate
    data_format: str = a.data_format
    seed: int | None = a.seed


class ActivityRegularization(_Training):
    """A penalty on large values, in training.

    >>> ActivityRegularization(l2=0.01).on(5, 3)
    (None, 5, 3)  0 params  0 MACs
    """

    # It is the activity regularizer, and takes no other.
    common = {name: argument for name, argument in Layer.common.items() if name != "activity_regularizer"}
    acts_in_training = False
    l1: float = arg(t.penalty, default=0.0, doc="factor of the sum of absolute values")
    l2: float = arg(t.penalty, default=0.0, doc="factor of the sum of squares")
