"""The deliberate differences from Keras: each is a repair that must make both answers the same."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any

from convcalc.declare.types import initializer
from convcalc.declare.types.numbers import AxisNumbers, Dims, Flag
from convcalc.errors import ArgumentError, ConvcalcError
from convcalc.layers import find
from convcalc.layers.core import InputLayer
from tests.keras.draw import OMIT, Drawn
from tests.keras.held import HeldLayer
from tests.keras.oracle import keras_answer, our_answer


class Leniency:
    """A ``reason`` to differ, an ``example`` that does, and the ``repair`` that takes the cause away."""

    __slots__ = ("example", "reason", "repair")

    def __init__(self, reason: str, example: Drawn, repair: Callable[[Drawn], Drawn]) -> None:
        self.reason = reason
        self.example = example
        self.repair = repair


def _type(drawn: Drawn, name: str) -> Any:
    argument = find(drawn.kind).accepted.get(name)
    return argument.type if argument else None


def _truth(drawn: Drawn) -> Drawn:
    def revise(name: str, value: Any) -> Any:
        return bool(value) if isinstance(value, str) and isinstance(_type(drawn, name), Flag) else value

    return drawn.revised(revise)


def _without_first_shape(drawn: Drawn) -> Drawn:
    if find(drawn.kind) is InputLayer:
        return drawn
    return drawn.revised(lambda name, value: OMIT if name in ("input_shape", "input_dim") else value)


def _without_swallowed_keywords(drawn: Drawn) -> Drawn:
    if drawn.kind not in ("Input", "InputLayer", "HashedCrossing"):
        return drawn
    own = {*find(drawn.kind).arguments, "name", "dtype"} - ({"input_tensor"} if drawn.kind == "Input" else set())
    return drawn.revised(lambda name, value: value if name in own else OMIT)


def _with_a_batch(drawn: Drawn) -> Drawn:
    empty = ([], ())
    return drawn.revised(lambda name, value: (None,) if name == "batch_shape" and value in empty else value)


def _in_a_tuple(drawn: Drawn) -> Drawn:
    def revise(name: str, value: Any) -> Any:
        return tuple(value) if name == "ngrams" and isinstance(value, list) else value

    return drawn.revised(revise)


def _in_full_precision(drawn: Drawn) -> Drawn:
    defaults = [argument.default for argument in find(drawn.kind).arguments.values()]
    if "rthogonal" not in repr((drawn, defaults)) or drawn.named.get("dtype") != "bfloat16":
        return drawn
    return drawn.revised(lambda name, value: "float16" if name == "dtype" else value)


def _number(value: Any) -> bool:
    return type(value) in (int, float) and math.isfinite(value)


def _numbers(value: Any) -> bool:
    return bool(value) and all(map(_number, value)) if isinstance(value, list | tuple) else _number(value)


def _integer(value: Any) -> bool:
    return type(value) is int


def _integers(value: Any) -> bool:
    return all(map(_integer, value)) if isinstance(value, list | tuple) else _integer(value)


# What Keras leaves unread until it runs or trains, or reads with `int`: a value that both accept, and what is
# at least of the right sort, so that refusing it would be no matter of strictness.
UNREAD: dict[str, tuple[Any, Callable[[Any], bool]]] = {
    "activity_regularizer": (None, lambda value: False),  # SimpleRNN's, which Keras drops
    "alpha": (1.0, _number),
    "axis": (-1, _integers),
    "data_format": ("channels_last", bool),  # adaptive pooling takes anything false for None
    "attention_axes": (None, bool),
    "bin_boundaries": ([0.0], lambda value: _numbers(value) and not _number(value)),
    "bins": (256, _integer),
    "brightness_factor": (1.0, _numbers),
    "chain_depth": (3, _integer),
    "clip_limit": (4.0, _number),
    "contrast_factor": (1.0, _numbers),
    "dilation_rate": (1, _integers),
    "dropout": (0.0, _number),
    "epsilon": (1e-3, _number),
    "factor": (1.0, _numbers),
    "fft_length": (2048, _integer),
    "fill_mode": ("constant", lambda value: False),
    "fill_value": (0.0, _number),
    "frame_step": (1, _integer),
    "height": (3, lambda value: False),
    "height_factor": (1.0, _numbers),
    "hue_factor": (1.0, _numbers),
    "init_values": (1.0, lambda value: False),  # lists, as wide as Keras's constants may be
    "interpolation": ("nearest", lambda value: False),
    "kernel_size": (3, _integers),
    "lora_alpha": (None, _number),
    "lora_rank": (None, _integer),
    "logit_soft_cap": (None, _number),
    "mask_value": (0.0, _number),
    "mag_exp": (2.0, _number),
    "max_freq": (None, _number),
    "max_value": (None, _number),
    "min_freq": (20.0, _number),
    "min_power": (1e-10, _number),
    "mode": ("horizontal", lambda value: False),
    "momentum": (0.99, _number),
    "negative_slope": (0.0, _number),
    "noise_shape": (None, _integers),
    "num_bins": (3, lambda value: False),  # which HashedCrossing never looks at
    "num_chains": (3, _integer),
    "num_mel_bins": (3, _integer),
    "num_ops": (2, _integer),
    "num_tokens": (3, _integer),
    "offset": (0.0, _numbers),
    "output_shape": (None, bool),
    "output_padding": (None, _integers),
    "output_size": (2, lambda value: False),  # of a length that is right, with sizes that are not
    "padding": ("valid", lambda value: False),  # a list, which a transposed layer of unknown length never reads
    "power_iterations": (1, _integer),
    "periodic": (False, lambda value: False),
    "pool_size": (2, _integers),
    "projection_dim": (1, bool),
    "ref_power": (1.0, _number),
    "renorm_momentum": (0.99, _number),
    "sampling_rate": (16000, _number),
    "salt": (None, _integers),
    "saturation_factor": (1.0, _numbers),
    "scale": (1.0, _numbers),
    "seed": (None, _integer),
    "sequence_length": (None, lambda value: False),
    "sequence_stride": (1, lambda value: False),
    "strides": (2, _integers),
    "target_shape": ((-1,), _integers),
    "threshold": (0.0, _number),
    "top_db": (80.0, _number),
    "value_range": ((0, 255), lambda value: _numbers(value) and not _number(value) and len(value) == 2),
    "width": (3, lambda value: False),
    "width_factor": (1.0, _numbers),
    "window": ("hann", lambda value: False),
    "tile_grid_size": ((8, 8), lambda value: False),
    "encoding": ("utf-8", lambda value: False),
    "idf_weights": (None, bool),
    "mask_token": (None, lambda value: False),
    "max_number": (3, _integer),
    "max_tokens": (None, _integer),
    "num_oov_indices": (1, _integer),
    "oov_token": (None, lambda value: False),
    "vocabulary_size": (None, _integer),
}


def _readable(drawn: Drawn) -> Drawn:
    def revise(name: str, value: Any) -> Any:
        argument = find(drawn.kind).accepted.get(name)
        good, sorted_right = UNREAD.get(name, (None, None))
        if argument is None or sorted_right is None or sorted_right(value):
            return value
        try:
            argument.read(value, find(drawn.kind).rank)
        except ArgumentError:
            return good
        return value

    return drawn.revised(revise)


def _listed(drawn: Drawn) -> Drawn:
    def revise(name: str, value: Any) -> Any:
        iterable = isinstance(value, Mapping | str | bytes) and isinstance(_type(drawn, name), Dims | AxisNumbers)
        return tuple(value) if iterable else value

    return drawn.revised(revise)


def _zeros_for_whole_numbers(drawn: Drawn) -> Drawn:
    if "float" in str(drawn.named.get("dtype", "float32")):
        return drawn
    names = [name for name, argument in find(drawn.kind).arguments.items() if argument.type is initializer]
    zeroed = drawn.revised(lambda name, value: "zeros" if name in names else value)
    given = [*find(drawn.kind).arguments][: len(drawn.positional)]
    missing = {name: "zeros" for name in names if name not in given}
    return Drawn(zeroed.kind, zeroed.positional, zeroed.named | missing, *zeroed.shapes)


def _of_its_rank(drawn: Drawn) -> Drawn:
    rank = find(drawn.kind).rank + 2
    misled = "Adaptive" in drawn.kind and len(drawn.shape) != rank
    return drawn.on((drawn.shape[0], *(4,) * (rank - 1))) if misled else drawn


def _all_named(drawn: Drawn) -> Drawn:
    equation = drawn.positional[0] if drawn.positional else drawn.named.get("equation")
    if find(drawn.kind).__name__ != "EinsumDense" or not isinstance(equation, str) or "..." in equation:
        return drawn
    return drawn.on(drawn.shape[: equation.index(",")] if "," in equation else drawn.shape)


def _not_along_the_batch(drawn: Drawn) -> Drawn:
    if drawn.kind != "Dot" or "axis 0 is the batch" not in str(our_answer(drawn).refusal):
        return drawn
    return Drawn("Dot", (), {}, *drawn.shapes)


def _with_fitting_steps(drawn: Drawn) -> Drawn:
    held = next((one for one in (*drawn.positional, *drawn.named.values()) if isinstance(one, HeldLayer)), None)
    if drawn.kind not in ("TimeDistributed", "SpectralNormalization") or held is None:
        return drawn
    rank = held.make(find).ranks().start
    if drawn.kind == "SpectralNormalization":
        return drawn.on((*drawn.shape, *(8 for _ in range(rank)))[:rank]) if len(drawn.shape) < rank else drawn
    sizes = (*drawn.shape[2:], *(8 for _ in range(rank)))[: rank - 1]
    return Drawn(drawn.kind, drawn.positional, drawn.named, (*drawn.shape[:2], *sizes))


def _with_own_states(drawn: Drawn) -> Drawn:
    if not find(drawn.kind).is_cell:
        return drawn
    filled = drawn.revised(lambda name, value: (HeldLayer("GRUCell(4)"),) if name == "cells" and value == () else value)
    x = drawn.shape if len(drawn.shape) == 2 else (drawn.shape[0], 4)
    try:
        return filled.on(x, *filled.make(find).step_states(x))
    except (ConvcalcError, TypeError):
        return drawn


def _computable(drawn: Drawn) -> Drawn:
    def revise(name: str, value: Any) -> Any:
        odd = "activation" in name and str(value).lower() in ("glu", "threshold")
        return "tanh" if odd else "float32" if name == "dtype" and "int" in str(value) else value

    return drawn.revised(revise) if find(drawn.kind).is_cell else drawn


def _of_vectors(drawn: Drawn) -> Drawn:
    return drawn.on((drawn.shape[0], 4, 6)) if drawn.kind == "RNN" and len(drawn.shape) != 3 else drawn


def _sequences(drawn: Drawn) -> Drawn:
    kind = find(drawn.kind).__name__
    single = kind == "MultiHeadAttention" and any(len(shape) < 2 for shape in drawn.shapes)
    if single or (kind == "GroupedQueryAttention" and any(len(shape) != 3 for shape in drawn.shapes)):
        return drawn.on(*((shape[0], 4, 6) for shape in drawn.shapes))
    return drawn


def _by_a_float(drawn: Drawn) -> Drawn:
    def revise(name: str, value: Any) -> Any:
        return 2.0 if name == "scale" else OMIT if name == "dtype" and "int" in str(value) else value

    return drawn.revised(revise) if drawn.kind == "CustomScaleLayer" else drawn


LENIENCIES = (
    Leniency(
        "Keras's CustomScaleLayer multiplies by whatever TensorFlow can multiply by; here by a number",
        Drawn("CustomScaleLayer", ((2,),), {}, (None, 3), (None, 3)),
        _by_a_float,
    ),
    Leniency(
        "Keras's TimeDistributed and SpectralNormalization look at the axes that their layer needs when they run",
        Drawn("TimeDistributed", (HeldLayer("LSTM(4)"),), {}, (None, 9, 4, 5, 6)),
        _with_fitting_steps,
    ),
    Leniency(
        'a word such as "no" counts as true in Keras, a silent trap; here it is an error',
        Drawn("Conv1D", (2, 3), {"use_bias": "no"}, (None, 9, 4)),
        _truth,
    ),
    Leniency(
        "Keras looks at input_shape and input_dim on a first layer only; here a wrong one is always an error",
        Drawn("Conv1D", (2, 3), {"input_shape": 0.5}, (None, 9, 4)),
        _without_first_shape,
    ),
    Leniency(
        "Keras's InputLayer swallows every keyword and Input refuses those of a layer; here both are one kind",
        Drawn("InputLayer", ((9, 4),), {"shap": (3,)}, (None, 9, 4)),
        _without_swallowed_keywords,
    ),
    Leniency(
        "Keras's HashedCrossing swallows every keyword; here one that it has no use for is an error",
        Drawn("HashedCrossing", (4,), {"salt": 3}, (None, 1), (None, 1)),
        _without_swallowed_keywords,
    ),
    Leniency(
        "Keras takes a mapping's keys as a shape; here it is an error",
        Drawn("Input", ({},), {}, (None,)),
        _listed,
    ),
    Leniency(
        "Keras wants the lengths of phrases in a tuple, which JSON and YAML have not; here a list will do",
        Drawn("TextVectorization", (), {"ngrams": [1, 2]}, (None, 1)),
        _in_a_tuple,
    ),
    Leniency(
        "Keras takes an empty batch_shape for a scalar; a layer's input has at least its batch",
        Drawn("Input", (), {"batch_shape": ()}, (None,)),
        _with_a_batch,
    ),
    Leniency(
        "what Keras leaves unread until a layer runs is read at once, so that a wrong value is found here",
        Drawn("Softmax", ("no",), {}, (None, 4)),
        _readable,
    ),
    Leniency(
        "TensorFlow has no QR decomposition in bfloat16, a limit of the backend and not of the layer",
        Drawn("Conv1D", (1, 1), {"kernel_initializer": "orthogonal", "dtype": "bfloat16"}, (None, 9, 1)),
        _in_full_precision,
    ),
    Leniency(
        "under a whole-number dtype Keras rounds the limits of uniform draws, and so accepts some small weights",
        Drawn("Conv1D", (1, 1), {"dtype": "int64"}, (None, 9, 1)),
        _zeros_for_whole_numbers,
    ),
    Leniency(
        "Keras gives adaptive pooling an output shape for inputs of any rank, and computes only the right one",
        Drawn("AdaptiveMaxPooling1D", (2,), {}, (None, 8, 9, 3)),
        _of_its_rank,
    ),
    Leniency(
        "Keras takes axes that EinsumDense's equation leaves out, and computes another shape than it shows",
        Drawn("EinsumDense", ("a,b->ab", 4), {}, (None, 3)),
        _all_named,
    ),
    Leniency(
        "Keras gives Dot an output shape for axes that are the batch's, and computes none",
        Drawn("Dot", (0,), {}, (None, 3), (None, 3)),
        _not_along_the_batch,
    ),
    Leniency(
        "Keras takes for a cell's states whatever broadcasts against them, inputs of SimpleRNNCell of any rank,"
        " and no cells for cells",
        Drawn("LSTMCell", (4,), {}, (None, 3), (None, 4), (None, 1)),
        _with_own_states,
    ),
    Leniency(
        "Keras computes a cell by itself to know its shape: integers and activations that change widths are refused",
        Drawn("GRUCell", (4, "glu"), {}, (None, 3), (None, 4)),
        _computable,
    ),
    Leniency(
        "Keras gives RNN an output shape for steps of any rank, and computes vectors alone",
        Drawn("RNN", (HeldLayer("GRUCell(4)"),), {}, (None, 5, 3, 2)),
        _of_vectors,
    ),
    Leniency(
        "Keras gives attention by heads an output shape for inputs of ranks that it does not compute",
        Drawn("GroupQueryAttention", (2, 1, 1), {}, (None, 7, 8, 5), (None, 7, 8, 5)),
        _sequences,
    ),
)


def explained(drawn: Drawn) -> bool:
    """Whether repairs take a difference in acceptance away: what is left must be equal."""
    repaired = drawn
    for leniency in LENIENCIES:
        repaired = leniency.repair(repaired)
    if repr(repaired) == repr(drawn) or keras_answer(drawn).accepted == our_answer(drawn).accepted:
        return False
    return keras_answer(repaired) == our_answer(repaired)
