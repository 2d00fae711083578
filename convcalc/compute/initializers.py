"""Initializers by the names that Keras 3 accepts. Options are data, checked without NumPy; `fill` makes a weight."""

from __future__ import annotations

from typing import TYPE_CHECKING

from convcalc.compute import fillers
from convcalc.lazy import Array, np

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from typing import Any

    from numpy.typing import DTypeLike


class Initializer:
    """One Keras initializer: its class name, its options with their defaults, and the function that fills a weight.

    ``options`` are in the order of Keras's signature. ``fixed`` are options of ``write`` that Keras does not offer.
    ``required`` options must be in a config that is read, although they have defaults. ``axes`` are the smallest and
    the largest number of axes that a weight may have.
    """

    __slots__ = ("aliases", "axes", "fixed", "kind", "options", "required", "write")

    def __init__(
        self,
        kind: str,
        write: Callable[..., None],
        options: Mapping[str, Any],
        *,
        fixed: Mapping[str, Any] | None = None,
        aliases: Sequence[str] = (),
        required: Sequence[str] = (),
        axes: tuple[int, int] = (0, 100),
    ) -> None:
        self.kind = kind
        self.write = write
        self.options = options
        self.fixed = fixed or {}
        self.aliases = tuple(aliases)
        self.required = tuple(required)
        self.axes = axes

    @property
    def draws(self) -> bool:
        """Whether the values are random."""
        return "seed" in self.options


def _scaled(kind: str, alias: str, scale: float, mode: str, distribution: str) -> Initializer:
    """A named case of variance scaling, such as ``GlorotUniform``."""
    fixed = {"scale": scale, "mode": mode, "distribution": distribution}
    options = {"seed": None, "input_axes": None, "output_axes": None}
    return Initializer(kind, fillers.variance_scaling, options, fixed=fixed, aliases=[alias])


_ALL = (
    Initializer("Zeros", fillers.constant, {}, fixed={"value": 0.0}, aliases=["zeros", "zero"]),
    Initializer("Ones", fillers.constant, {}, fixed={"value": 1.0}, aliases=["ones", "one"]),
    # Keras reads `value` from the config and so refuses the bare name; `Constant()` in code is 0.
    Initializer("Constant", fillers.constant, {"value": 0.0}, aliases=["constant"], required=["value"]),
    Initializer("Identity", fillers.identity, {"gain": 1.0}, aliases=["identity", "IdentityInitializer"], axes=(2, 2)),
    Initializer(
        "RandomNormal",
        fillers.normal,
        {"mean": 0.0, "stddev": 0.05, "seed": None},
        aliases=["random_normal", "normal"],
    ),
    Initializer(
        "RandomUniform",
        fillers.uniform,
        {"minval": -0.05, "maxval": 0.05, "seed": None},
        aliases=["random_uniform", "uniform"],
    ),
    Initializer(
        "TruncatedNormal",
        fillers.truncated_normal,
        {"mean": 0.0, "stddev": 0.05, "seed": None},
        aliases=["truncated_normal"],
    ),
    Initializer(
        "VarianceScaling",
        fillers.variance_scaling,
        {
            "scale": 1.0,
            "mode": "fan_in",
            "distribution": "truncated_normal",
            "seed": None,
            "input_axes": None,
            "output_axes": None,
        },
        aliases=["variance_scaling"],
    ),
    _scaled("GlorotUniform", "glorot_uniform", 1.0, "fan_avg", "uniform"),
    _scaled("GlorotNormal", "glorot_normal", 1.0, "fan_avg", "truncated_normal"),
    _scaled("LecunUniform", "lecun_uniform", 1.0, "fan_in", "uniform"),
    _scaled("LecunNormal", "lecun_normal", 1.0, "fan_in", "truncated_normal"),
    _scaled("HeUniform", "he_uniform", 2.0, "fan_in", "uniform"),
    _scaled("HeNormal", "he_normal", 2.0, "fan_in", "truncated_normal"),
    Initializer(
        "Orthogonal",
        fillers.orthogonal,
        {"gain": 1.0, "seed": None},
        aliases=["orthogonal", "OrthogonalInitializer"],
        axes=(2, 100),
    ),
    Initializer(
        "STFT",
        fillers.stft,
        {"side": "real", "window": "hann", "scaling": "density", "periodic": False},
        aliases=["stft", "STFTInitializer"],
        axes=(3, 3),
    ),
)

# Every string that `keras.initializers.get` accepts, except "Initializer", the abstract class.
INITIALIZERS: dict[str, Initializer] = {name: entry for entry in _ALL for name in (entry.kind, *entry.aliases)}


def _number(value: Any) -> bool:
    return isinstance(value, (int, float))


def _axes(value: Any) -> bool:
    return value is None or (isinstance(value, (list, tuple)) and all(isinstance(axis, int) for axis in value))


def _window(value: Any) -> bool:
    return value is None or value in fillers.WINDOWS if isinstance(value, (str, type(None))) else _numbers(value)


def _numbers(value: Any) -> bool:
    return isinstance(value, (list, tuple)) and all(map(_number, value))


def _among(*choices: Any) -> tuple[Callable[[Any], bool], str]:
    return lambda value: value in choices, "one of " + ", ".join(map(repr, choices))


_DISTRIBUTIONS = ("uniform", "normal", "truncated_normal", "untruncated_normal")

# What each option accepts, and the words that follow "must be".
_RULES: dict[str, tuple[Callable[[Any], bool], str]] = {
    **dict.fromkeys(("mean", "stddev", "minval", "maxval", "gain"), (_number, "a number")),
    "scale": (lambda value: _number(value) and value > 0, "a number above 0"),
    "mode": _among("fan_in", "fan_out", "fan_avg"),
    "distribution": (
        lambda value: isinstance(value, str) and value.lower() in _DISTRIBUTIONS,
        "one of " + ", ".join(map(repr, _DISTRIBUTIONS)),
    ),
    "seed": (lambda value: value is None or isinstance(value, (int, dict)), "an integer"),
    "input_axes": (_axes, "a list of axes"),
    "output_axes": (_axes, "a list of axes"),
    "side": _among("real", "imag"),
    "scaling": _among("density", "spectrum", None),
    "window": (_window, "one of " + ", ".join(map(repr, fillers.WINDOWS)) + ", None or a list of numbers"),
}


def settle(name: str, config: Mapping[str, Any]) -> dict[str, Any]:
    """The options of initializer ``name``: ``config`` over the defaults; `ValueError` for options Keras refuses."""
    entry = INITIALIZERS[name]
    for option in entry.required:
        if option not in config:
            raise ValueError(f"{name} needs its option {option!r}")
    for option, value in config.items():
        if option not in entry.options:
            raise ValueError(f"{name} has no option {option!r}; it has {', '.join(entry.options) or 'none'}")
        accepts, wording = _RULES.get(option, (None, ""))
        if accepts and not accepts(value):
            raise ValueError(f"{name}'s {option} must be {wording}, got {value!r}")
    return {**entry.options, **config}


def misfit(given: str | Mapping[str, Any], shape: Sequence[int], dtype: str) -> str | None:
    """The reason why an initializer cannot fill a weight of ``shape`` and ``dtype``; None where it can.

    The initializer is ``given`` as a name or a config. The answer is None for an initializer that is not Keras's.
    """
    name = given if isinstance(given, str) else given["class_name"]
    entry = INITIALIZERS.get(name)
    if entry is None:
        return None
    least, most = entry.axes
    if not least <= len(shape) <= most:
        wanted = f"{least} axes" + (" or more" if most > least else "")
        return f"{name} fills a weight of {wanted}; {tuple(shape)} has {len(shape)}"
    window = (entry.options if isinstance(given, str) else {**entry.options, **given["config"]}).get("window")
    if isinstance(window, str) and not shape[0]:
        return f"{name}'s window, {window}, has no length: {tuple(shape)} begins with 0"
    return f"{name} draws real numbers; the weight holds {dtype}" if entry.draws and "float" not in dtype else None


def fill(
    name: str, config: Mapping[str, Any], shape: Sequence[int], rng: np.random.Generator, dtype: DTypeLike
) -> Array:
    """A new weight of ``shape`` and ``dtype``, filled by initializer ``name``.

    The values have Keras's distribution, but are not Keras's values: ``rng`` draws them, and ``seed`` in ``config`` has
    no effect. `ValueError` for options or a shape that the initializer does not accept.
    """
    options = settle(name, config)
    reason = misfit(name, shape, "float32")
    if reason:
        raise ValueError(reason)
    # NumPy's generators draw float64 and float32 only; a half-precision weight is drawn in float32.
    drawn = np.float64 if np.dtype(dtype) == np.float64 else np.float32
    out: Array = np.empty(tuple(shape), drawn)
    entry = INITIALIZERS[name]
    entry.write(out, rng, **entry.fixed, **options)
    return out.astype(dtype, copy=False)


def uniform_limits(name: str, config: Mapping[str, Any], shape: Sequence[int]) -> tuple[float, float] | None:
    """The interval from which `fill` draws uniform values; None for an initializer that does something else.

    A weight of uniform values can be drawn part by part with `fillers.uniform`: the values are the same.
    """
    entry = INITIALIZERS[name]
    return fillers.uniform_limits(entry.write, shape, {**entry.fixed, **settle(name, config)})
