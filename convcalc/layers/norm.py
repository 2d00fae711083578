"""Normalisation: batch, layer, group, root mean square, unit length. The shape never changes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from convcalc.compute import normalization
from convcalc.declare import types as t
from convcalc.declare.argument import arg
from convcalc.declare.calls import Accepts
from convcalc.declare.layer import Layer
from convcalc.declare.weight import Weight, known
from convcalc.errors import ArgumentError, ShapeError
from convcalc.layers import _arguments as a
from convcalc.lazy import Array
from convcalc.sizes.shapes import Dim, Shape, show


class _Norm(Layer):
    """A layer that normalises along axes, and may scale by ``gamma`` and shift by ``beta``."""

    supports_masking = True
    center: bool
    scale: bool
    gamma_initializer: Any
    beta_initializer: Any

    def size(self, x: Shape, axis: int) -> Dim:
        """The input's size along ``axis``; `ShapeError` where there is no such axis."""
        if not -len(x) <= axis < len(x):
            raise ShapeError(
                f"there is no axis {axis}",
                code="no-axis",
                argument="axis",
                why=f"its input is {show(x)}, with the batch as axis 0",
                help=f"use an axis from {-len(x)} to {len(x) - 1}",
            )
        return x[axis]

    def sizes(self, x: Shape, axes: Sequence[int]) -> tuple[int, ...]:
        """The input's sizes along ``axes``; `ShapeError` where one is unknown."""
        return tuple(known(self.size(x, axis), f"axis {axis}") for axis in axes)

    @property
    def has_gamma(self) -> bool:
        """Whether it scales."""
        return self.scale

    @property
    def has_beta(self) -> bool:
        """Whether it shifts."""
        return self.center

    def affine(self, shape: tuple[int, ...], axes: Sequence[int]) -> Iterator[Weight]:
        """``gamma`` and ``beta``, where the layer has them."""
        dims = _names(axes)
        if self.has_gamma:
            yield Weight("gamma", shape, self.gamma_initializer, dims=dims)
        if self.has_beta:
            yield Weight("beta", shape, self.beta_initializer, dims=dims)

    def gamma_beta(self, w: Sequence[Array]) -> tuple[Array | None, Array | None]:
        """The values of ``gamma`` and ``beta``, None where the layer has none."""
        values = iter(w)
        gamma = next(values) if self.has_gamma else None
        return gamma, next(values) if self.has_beta else None


class _OfSample(_Norm):
    """A normalisation by the sample's own moments, which Keras takes in float32 whatever the layer's dtype."""

    @property
    def autocast(self) -> bool:
        """Never: in half precision the input would hold other numbers, or infinity."""
        return False


def _names(axes: Sequence[int]) -> tuple[str, ...]:
    return tuple("channels" if axis == -1 else f"axis {axis}" for axis in axes)


class BatchNormalization(_Norm):
    """Each channel by the mean and variance seen in training.

    >>> BatchNormalization().on(5, 6, 3)
    (None, 5, 6, 3)  12 params  0 MACs
    """

    call = Accepts("inputs", tensors=("mask",))
    acts_in_training = True
    axis: int = arg(t.whole, default=-1, doc="the channels' axis, whatever the data_format of the layers around")
    momentum: float = arg(t.number, default=0.99, doc="share of the old moving values kept, in training")
    epsilon: float = a.epsilon(0.001)
    center: bool = a.center
    scale: bool = a.scale
    beta_initializer: Any = a.initializer("beta", "zeros")
    gamma_initializer: Any = a.initializer("gamma", "ones")
    moving_mean_initializer: Any = a.initializer("moving mean", "zeros")
    moving_variance_initializer: Any = a.initializer("moving variance", "ones")
    beta_regularizer: Any = a.regularizer("beta")
    gamma_regularizer: Any = a.regularizer("gamma")
    beta_constraint: Any = a.constraint("beta")
    gamma_constraint: Any = a.constraint("gamma")
    renorm: bool = arg(t.flag, default=False, doc="whether training corrects towards the moving values")
    renorm_clipping: Any = arg(t.anything, default=None, doc="limits of that correction: rmax, rmin, dmax")
    renorm_momentum: float = arg(t.number, default=0.99, doc="momentum of the renorm values")
    synchronized: bool = arg(t.flag, default=False, doc="whether replicas share their statistics, in training")

    def check(self) -> None:
        """The limits of a renorm fit each other; without renorm Keras does not look at them."""
        limits = self.renorm_clipping or {}
        if not self.renorm:
            return
        if "float" not in self.dtype:
            raise ArgumentError(
                f"renorm keeps roots, and the weights hold {self.dtype}",
                code="renorm-dtype",
                argument="dtype",
                why="a standard deviation is the root of a variance: a real number",
                help="use a floating-point dtype, or leave renorm out",
            )
        known_limits = isinstance(limits, Mapping) and set(limits) <= {"rmax", "rmin", "dmax"}
        if not known_limits or not _ordered(limits.get("rmin"), limits.get("rmax")) or (limits.get("dmax") or 0) < 0:
            raise ArgumentError(
                f"renorm_clipping cannot be {limits!r}",
                code="renorm-clipping",
                argument="renorm_clipping",
                why="it maps rmax, rmin and dmax to numbers, with rmin up to rmax and dmax of 0 or more",
                help="such as {'rmin': 0.3, 'rmax': 3.0, 'dmax': 5.0}",
            )

    def weights(self, x: Shape) -> Iterator[Weight]:
        """Gamma, beta, moving_mean, moving_variance and a renorm's three more, each ``(channels,)``."""
        shape, dims = self.sizes(x, (self.axis,)), ("channels",)
        yield from self.affine(shape, (-1,))
        means, variances = self.moving_mean_initializer, self.moving_variance_initializer
        moving = [("moving_mean", means), ("moving_variance", variances)]
        if self.renorm:
            moving += [("moving_stddev", variances), ("renorm_mean", means), ("renorm_stddev", variances)]
        for name, initializer in moving:
            yield Weight(name, shape, initializer, dims=dims, trainable=False)

    def scales(self, x: Shape) -> bool:
        """Whether the channels are the last axis."""
        return self.axis in (-1, len(x) - 1)

    def scale_and_shift(self, w: Sequence[Array]) -> tuple[Array, Array]:
        """Gamma / √(variance + epsilon), and what that leaves of mean and beta."""
        mean, variance = w[self.scale + self.center :][:2]
        return normalization.scale_and_shift(mean, variance, *self.gamma_beta(w), self.epsilon)

    def apply(self, weights: Sequence[Array], *inputs: Array, mask: Array | None = None) -> Array:
        """By the moving mean and variance; a mask counts in training alone."""
        return self.forward(weights, *inputs)

    def forward(self, w: Sequence[Array], x: Array) -> Array:
        """By the moving mean and variance."""
        gamma, beta = self.gamma_beta(w)
        mean, variance = w[self.scale + self.center :][:2]
        return normalization.batch_norm(x, mean, variance, gamma, beta, self.epsilon, self.axis)


def _ordered(low: float | None, high: float | None) -> bool:
    return low is None or high is None or low <= high


class LayerNormalization(_OfSample):
    """Each sample by its own mean and variance along axes.

    >>> LayerNormalization().on(5, 6, 3)
    (None, 5, 6, 3)  6 params  0 MACs
    """

    axis: tuple[int, ...] = a.axes("axes normalised together")
    epsilon: float = a.epsilon(0.001)
    center: bool = a.center
    scale: bool = a.scale
    beta_initializer: Any = a.initializer("beta", "zeros")
    gamma_initializer: Any = a.initializer("gamma", "ones")
    beta_regularizer: Any = a.regularizer("beta")
    gamma_regularizer: Any = a.regularizer("gamma")
    beta_constraint: Any = a.constraint("beta")
    gamma_constraint: Any = a.constraint("gamma")
    extras = {"rms_scaling": arg(t.flag, default=False, doc="whether the mean stays (deprecated in Keras)")}
    rms_scaling: bool

    @property
    def has_gamma(self) -> bool:
        """Whether it scales."""
        return self.scale or self.rms_scaling

    @property
    def has_beta(self) -> bool:
        """Whether it shifts."""
        return self.center and not self.rms_scaling

    def weights(self, x: Shape) -> Iterator[Weight]:
        """Gamma and beta, sizes in the numeric order of ``axis``: negative ones first."""
        axes = sorted(self.axis)
        for axis in axes:
            self.size(x, axis)
        if self.has_gamma or self.has_beta:  # Keras asks for sizes only where a weight has them
            yield from self.affine(self.sizes(x, axes), axes)

    def forward(self, w: Sequence[Array], x: Array) -> Array:
        """By the sample's own mean and variance."""
        gamma, beta = self.gamma_beta(w)
        return normalization.layer_norm(x, self.axis, gamma, beta, self.epsilon, self.rms_scaling)


class GroupNormalization(_OfSample):
    """Each sample's blocks of channels by their own mean and variance.

    >>> GroupNormalization(groups=3).on(5, 6, 6)
    (None, 5, 6, 6)  12 params  0 MACs
    """

    groups: int = arg(t.groups, default=32, doc="blocks of channels normalised apart; -1 for one each")
    axis: int = arg(t.whole, default=-1, doc="the channels' axis")
    epsilon: float = a.epsilon(0.001)
    center: bool = a.center
    scale: bool = a.scale
    beta_initializer: Any = a.initializer("beta", "zeros")
    gamma_initializer: Any = a.initializer("gamma", "ones")
    beta_regularizer: Any = a.regularizer("beta")
    gamma_regularizer: Any = a.regularizer("gamma")
    beta_constraint: Any = a.constraint("beta")
    gamma_constraint: Any = a.constraint("gamma")

    def weights(self, x: Shape) -> Iterator[Weight]:
        """Gamma and beta ``(channels,)``."""
        (channels,) = self.sizes(x, (self.axis,))
        if not channels or (self.groups != -1 and channels % self.groups):
            raise ShapeError(
                f"{channels} channels do not divide into {self.groups} groups",
                code="uneven-groups",
                argument="groups",
                why="every group has the same number of channels",
                help="use a number of groups that divides the channels, or -1 for one each",
            )
        yield from self.affine((channels,), (-1,))

    def forward(self, w: Sequence[Array], x: Array) -> Array:
        """By the mean and variance of each block."""
        groups = x.shape[self.axis] if self.groups == -1 else self.groups
        return normalization.group_norm(x, groups, *self.gamma_beta(w), self.epsilon, self.axis)


class RMSNormalization(_Norm):
    """Each sample by its root mean square along axes.

    >>> RMSNormalization().on(5, 3)
    (None, 5, 3)  3 params  0 MACs
    """

    supports_masking = False
    call = Accepts("x")
    axis: tuple[int, ...] = a.axes("axes normalised together")
    epsilon: float = a.epsilon(1e-6)

    def weights(self, x: Shape) -> Iterator[Weight]:
        """``scale``, sizes in the numeric order of ``axis``: negative ones first."""
        axes = sorted(self.axis)
        yield Weight("scale", self.sizes(x, axes), "ones", dims=_names(axes))

    def forward(self, w: Sequence[Array], x: Array) -> Array:
        """By the sample's own root mean square."""
        return normalization.rms_norm(x, self.axis, w[0], self.epsilon)


class UnitNormalization(_Norm):
    """Each sample scaled to length 1 along axes.

    >>> UnitNormalization().on(5, 3)
    (None, 5, 3)  0 params  0 MACs
    """

    built_at_init = True
    axis: tuple[int, ...] = a.axes("axes whose squares add up to 1")

    def output(self, x: Shape) -> Shape:
        """The input's shape, where it has the axes."""
        for axis in self.axis:
            self.size(x, axis)
        return x

    def forward(self, w: Sequence[Array], x: Array) -> Array:
        """By the sample's own length."""
        return normalization.unit_norm(x, self.axis)
