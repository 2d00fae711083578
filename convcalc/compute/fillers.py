"""Functions that fill a new weight in place, one for each kind of initializer: ``(out, rng, **options) -> None``.

``out`` is a contiguous array of float32 or float64, so that a large weight exists once. Values are drawn in blocks that
stay in the processor's cache, where they are also scaled.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from convcalc.lazy import Array, np

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from typing import Any


_BLOCK = 1 << 16

# The standard deviation of a standard normal variable that is truncated at ±2.
_TRUNCATED_DEVIATION = 0.87962566103423978

# Coefficients a of windows w(t) = Σ aₖ cos(k t), t from -π to π: Harris 1978,
# https://doi.org/10.1109/PROC.1978.10837. Names and numbers come from scipy.signal.windows, which Keras calls.
WINDOWS: dict[str, tuple[float, ...]] = {
    "boxcar": (1.0,),
    "hann": (0.5, 0.5),
    "hamming": (0.54, 0.46),
    "blackman": (0.42, 0.50, 0.08),
    "nuttall": (0.3635819, 0.4891775, 0.1365995, 0.0106411),
    "blackmanharris": (0.35875, 0.48829, 0.14128, 0.01168),
    "flattop": (0.21557895, 0.41663158, 0.277263158, 0.083578947, 0.006947368),
}


def constant(out: Array, rng: np.random.Generator, value: Any) -> None:
    """Writes ``value`` into every cell."""
    out[...] = value


def identity(out: Array, rng: np.random.Generator, gain: float) -> None:
    """Writes ``gain`` on the diagonal of a matrix, and 0 elsewhere."""
    out[...] = 0.0
    np.fill_diagonal(out, gain)


def uniform(out: Array, rng: np.random.Generator, minval: float, maxval: float, seed: object = None) -> None:
    """Draws uniform values from [minval, maxval)."""
    for block in _blocks(out, _BLOCK // 2):  # half a block, because the random bits take the same memory
        block *= (maxval - minval) * _draw_multiples(rng, block)
        block += minval


def _draw_multiples(rng: np.random.Generator, out: Array) -> float:
    """Writes the values of `Generator.random`, divided by the number that is returned.

    Like `Generator.random`, it makes two float32 values from 64 random bits; drawing all bits at once is faster.
    """
    if out.dtype != np.float32 or out.size % 2:
        rng.random(out=out, dtype=out.dtype.type)
        return 1.0
    bits = rng.bit_generator.random_raw(out.size // 2).astype("<u8", copy=False).view("<u4")
    bits >>= 8
    out[...] = bits
    return 2.0**-24


def normal(out: Array, rng: np.random.Generator, mean: float, stddev: float, seed: object = None) -> None:
    """Draws normal values."""
    for block in _blocks(out):
        rng.standard_normal(out=block, dtype=block.dtype.type)
        block *= stddev
        block += mean


def truncated_normal(out: Array, rng: np.random.Generator, mean: float, stddev: float, seed: object = None) -> None:
    """Draws normal values, and draws a value again while it is further than 2 ``stddev`` from ``mean``."""
    for block in _blocks(out):
        rng.standard_normal(out=block, dtype=block.dtype.type)
        outside = np.flatnonzero(np.abs(block) > 2.0)
        while outside.size:
            block[outside] = rng.standard_normal(outside.size, dtype=block.dtype.type)
            outside = outside[np.abs(block[outside]) > 2.0]
        block *= stddev
        block += mean


def variance_scaling(
    out: Array,
    rng: np.random.Generator,
    scale: float,
    mode: str,
    distribution: str,
    seed: object = None,
    input_axes: Sequence[int] | None = None,
    output_axes: Sequence[int] | None = None,
) -> None:
    """Draws values of mean 0 and variance scale / fan, where ``mode`` says which of the `fans` is meant.

    Glorot & Bengio 2010, https://proceedings.mlr.press/v9/glorot10a.html; He et al. 2015,
    https://arxiv.org/abs/1502.01852.
    """
    deviation = _deviation(out.shape, scale, mode, input_axes, output_axes)
    if distribution.lower() == "uniform":
        uniform(out, rng, *_uniform_ends(deviation))
    elif distribution.lower() == "untruncated_normal":
        normal(out, rng, 0.0, deviation)
    else:
        truncated_normal(out, rng, 0.0, deviation / _TRUNCATED_DEVIATION)


def _deviation(
    shape: Sequence[int],
    scale: float,
    mode: str,
    input_axes: Sequence[int] | None,
    output_axes: Sequence[int] | None,
) -> float:
    fan_in, fan_out = fans(shape, input_axes, output_axes)
    fan = {"fan_in": fan_in, "fan_out": fan_out, "fan_avg": (fan_in + fan_out) / 2}[mode]
    return math.sqrt(scale / max(1.0, fan))


def _uniform_ends(deviation: float) -> tuple[float, float]:
    """The interval around 0 on which uniform values have this standard deviation."""
    end = math.sqrt(3.0) * deviation
    return -end, end


def uniform_limits(
    write: Callable[..., None], shape: Sequence[int], options: Mapping[str, Any]
) -> tuple[float, float] | None:
    """The interval from which ``write`` draws uniform values; None where ``write`` does something else."""
    if write is uniform:
        return options["minval"], options["maxval"]
    if write is variance_scaling and options["distribution"].lower() == "uniform":
        axes = (options["input_axes"], options["output_axes"])
        return _uniform_ends(_deviation(shape, options["scale"], options["mode"], *axes))
    return None


def fans(
    shape: Sequence[int], input_axes: Sequence[int] | None = None, output_axes: Sequence[int] | None = None
) -> tuple[int, int]:
    """The numbers of inputs and outputs of a unit of a weight ``(*window, inputs, outputs)``, as Keras counts them.

    For a vector both are its size, for a scalar 1. Keras goes by position: a depthwise kernel (3, 3, 6, 1) has (54, 9),
    and the filters of a transposed kernel count as its inputs. Where both lists of axes are given, they decide;
    `ValueError` for an axis that ``shape`` does not have.
    """
    if input_axes is not None and output_axes is not None:
        if not all(-len(shape) <= axis < len(shape) for axis in (*input_axes, *output_axes)):
            raise ValueError(f"axes {[*input_axes, *output_axes]} do not all exist in a weight {tuple(shape)}")
        return math.prod(shape[axis] for axis in input_axes), math.prod(shape[axis] for axis in output_axes)
    if len(shape) < 2:
        return math.prod(shape), math.prod(shape)
    window = math.prod(shape[:-2])
    return window * shape[-2], window * shape[-1]


def orthogonal(out: Array, rng: np.random.Generator, gain: float, seed: object = None) -> None:
    """Writes ``gain`` times a random matrix with orthonormal columns, or orthonormal rows if it is wider than tall.

    All axes but the last are the matrix's rows. Saxe et al. 2014, https://arxiv.org/abs/1312.6120.
    """
    matrix = out.reshape(-1, out.shape[-1])
    wide = matrix.shape[0] < matrix.shape[1]
    drawn = rng.standard_normal(matrix.shape[::-1] if wide else matrix.shape, dtype=out.dtype.type)
    q, r = np.linalg.qr(drawn)
    # Without the signs Q would not be uniform: Mezzadri 2007, https://arxiv.org/abs/math-ph/0609050.
    q *= gain * np.sign(np.diagonal(r))
    matrix[...] = q.T if wide else q


def stft(out: Array, rng: np.random.Generator, side: str, window: Any, scaling: str | None, periodic: bool) -> None:
    """Writes the windowed cosines (``side="real"``) or sines of a short-time Fourier transform.

    The weight has the shape ``(frame, 1, frequencies)``; `ValueError` for any other. ``scaling="density"`` divides the
    window by its l2 norm, ``"spectrum"`` by its l1 norm.
    """
    if out.shape[1] != 1:
        raise ValueError(f"stft fills a weight of shape (frame, 1, frequencies) only; got {out.shape}")
    frame, _, bins = out.shape
    # With one frequency Keras divides by zero, and the kernel is NaN.
    with np.errstate(invalid="ignore", divide="ignore"):
        turns = np.arange(frame)[:, None] * (np.arange(bins) / (2.0 * (bins - 1)))
        waves = (np.cos if side == "real" else np.sin)(-2.0 * np.pi * turns)
        if window is not None:
            weights = _window(window, frame, periodic)
            norms = {
                None: 1.0,
                "density": np.sqrt(np.square(weights).sum()),
                "spectrum": np.abs(weights).sum(),
            }
            waves *= weights[:, None] / norms[scaling]
    out[:, 0, :] = waves


def _window(window: str | Sequence[float], frame: int, periodic: bool) -> Array:
    if isinstance(window, str):
        angles = np.linspace(-np.pi, np.pi, frame + periodic)[:frame]
        terms = [weight * np.cos(k * angles) for k, weight in enumerate(WINDOWS[window])]
        return np.sum(terms, axis=0) if frame > 1 else np.ones(frame)
    weights = np.asarray(window, dtype=np.float64)
    if weights.shape != (frame,):
        raise ValueError(f"stft's window has shape {weights.shape}, and the weight asks for ({frame},)")
    return weights


def _blocks(out: Array, most: int = _BLOCK) -> Iterator[Array]:
    """Flat views of ``out``, one after the other, each of ``most`` values or fewer."""
    flat = out.reshape(-1)
    for start in range(0, flat.size, most):
        yield flat[start : start + most]
