"""An argument set through both sides: Keras's model of one layer, and what convcalc reads in that model's config."""

from __future__ import annotations

import copy
import json
import math
from collections.abc import Iterable, Iterator
from typing import Any

import keras
import numpy as np

from convcalc import load, run, summarize
from convcalc.errors import ConvcalcError
from convcalc.stack.graph import Stack
from tests.keras.harvest import ArgumentSet, Tensor
from tests.keras.test_values import distance, random_weights
from tests.kinds import live, weight_names

NAME = "the_layer"
# How far values may be apart, of the largest output: half precision keeps three digits, and sums lose one.
CLOSE = {"float16": 0.03, "float32": 3e-5, "float64": 3e-5}
# Larger models are compared without values, and sizes that are unknown have these in a run.
MOST_MACS = 5_000_000
BATCH, SIZE = 2, 9


class Theirs:
    """Keras's answer: a ``model`` of one ``layer``, None without a call, or a ``refusal``; the ``config`` of either."""

    def __init__(self, one: ArgumentSet) -> None:
        keras.backend.clear_session(free_memory=False)
        self.tensors = [leaf for leaf in keras.tree.flatten(one.call) if isinstance(leaf, Tensor)]
        self.model, self.refusal = None, None
        try:
            self._make(one)
        except Exception as error:  # whatever Keras raises is a refusal
            self.refusal = said(error)
        self.config = json.loads(self.model.to_json()) if self.model else self._by_hand(one)

    def _make(self, one: ArgumentSet) -> None:
        self.layer = live(keras, one.kind).from_config({**copy.deepcopy(one.config), "name": NAME})
        if one.call:
            inputs = [_input(tensor, number) for number, tensor in enumerate(self.tensors)]
            positional, named = _placed(one.call, inputs)
            outputs = keras.tree.flatten(self.layer(*positional, **named))
            self.model = keras.Model(inputs, outputs, name="m")

    def _by_hand(self, one: ArgumentSet) -> dict[str, Any]:
        """The config that Keras would have written, had it not refused; without a call, a chain of one layer."""
        layer = {"class_name": one.kind, "config": {**one.config, "name": NAME}, "name": NAME}
        if not one.call:
            return {"class_name": "Sequential", "config": {"name": "m", "layers": [layer]}}
        positional, named = _placed(one.call, [_saved(tensor, number) for number, tensor in enumerate(self.tensors)])
        layer["inbound_nodes"] = [{"args": list(positional), "kwargs": named}]
        layers = [*(_input_layer(tensor, number) for number, tensor in enumerate(self.tensors)), layer]
        return {"class_name": "Functional", "config": {"layers": layers, "output_layers": [[NAME, 0, 0]]}}

    @property
    def weights(self) -> list[tuple[str, tuple[int, ...], bool, str]]:
        """Name, shape, whether trainable, and dtype of each."""
        trained = {id(weight) for weight in self.layer.trainable_weights}
        named = zip(weight_names(self.layer), self.layer.weights, strict=True)
        return [(name, tuple(weight.shape), id(weight) in trained, weight.dtype) for name, weight in named]

    @property
    def summary(self) -> str:
        """The table of the model."""
        lines: list[str] = []
        self.model.summary(print_fn=lambda line, **_: lines.append(line))
        return "\n".join(lines).rstrip("\n")

    def values(self, weights: list[Any], inputs: list[Any]) -> list[Any]:
        """The outputs at inference, sparse ones made dense."""
        self.layer.set_weights(weights)
        if isinstance(self.layer, keras.layers.Normalization):
            self.layer.finalize_state()  # or Normalization goes on with the mean and variance that it was built with
        outputs = keras.tree.flatten(self.model(inputs, training=False))
        return [np.asarray(keras.ops.convert_to_numpy(y)) for y in outputs]


def said(error: Exception) -> str:
    """An error in one line."""
    return f"{type(error).__name__}: {' '.join(str(error).split())[:300]}"


def _placed(call: Any, tensors: Iterable[Any]) -> Any:
    """The arguments of a call with these in the place of its tensors, and all else as it is."""
    waiting = iter(tensors)
    return keras.tree.map_structure(lambda leaf: next(waiting) if isinstance(leaf, Tensor) else leaf, call)


def _input(tensor: Tensor, number: int) -> Any:
    options = {"sparse": tensor.sparse, "ragged": tensor.ragged, "name": f"x{number}"}
    return keras.Input(batch_shape=tensor.shape, dtype=tensor.dtype, **options)


def _input_layer(tensor: Tensor, number: int) -> dict[str, Any]:
    config = {"batch_shape": list(tensor.shape), "dtype": tensor.dtype, "name": f"x{number}"}
    return {"class_name": "InputLayer", "name": f"x{number}", "inbound_nodes": [], "config": config}


def _saved(tensor: Tensor, number: int) -> dict[str, Any]:
    """A tensor of a call, as a config has it."""
    config = {"shape": list(tensor.shape), "dtype": tensor.dtype, "keras_history": [f"x{number}", 0, 0]}
    return {"class_name": "__keras_tensor__", "config": config}


def differences(one: ArgumentSet) -> Iterator[str]:
    """What differs between both answers, in words, each beginning with its sort; nothing where they are the same."""
    theirs = Theirs(one)
    try:
        stack = load(theirs.config)
    except ConvcalcError as error:
        if not theirs.refusal:
            yield f"refused: {error}"
        return
    if any(node.layer and node.layer.is_opaque for node in stack.leaves()):
        yield "opaque: its meaning is Python code"
        return
    if theirs.refusal:
        yield f"accepted: {theirs.refusal}"
    elif theirs.model:
        yield from _facts(theirs, stack)
        yield from _values(theirs, stack)


def _facts(theirs: Theirs, stack: Stack) -> Iterator[str]:
    summary, node, model = summarize(stack), stack.nodes[-1], theirs.model
    weights = [(w.name, w.shape, w.trainable, w.dtype) for w in node.inferred.weights]
    facts = {
        "outputs": ([link.shape for link in stack.outputs], [tuple(y.shape) for y in model.outputs]),
        "dtype": (node.layer.output_dtype, model.outputs[0].dtype),
        "params": (summary.total_params, model.count_params()),
        "trainable": (summary.trainable_params, sum(math.prod(w.shape) for w in model.trainable_weights)),
        "weights": (weights, theirs.weights),
        "summary": (summary.text(style="keras3").rstrip("\n"), theirs.summary),
    }
    for name, (our, their) in facts.items():
        if our != their:
            yield f"{name}: {our}, in Keras {their}"


def _values(theirs: Theirs, stack: Stack) -> Iterator[str]:
    """How far the values are apart, on random weights; what either side refuses to compute."""
    if (summarize(stack).total_macs or 0) > MOST_MACS:
        return
    random = np.random.default_rng(0)
    inputs = [data(tensor, random) for tensor in theirs.tensors]
    inferred = stack.nodes[-1].inferred
    weights = [w.astype(v.dtype) for w, v in zip(random_weights(inferred, random), inferred.weights, strict=True)]
    try:
        expected = theirs.values(weights, inputs)
    except Exception as error:  # whatever TensorFlow raises
        yield f"uncomputable: {said(error)}"
        return
    try:
        outputs = run(stack, inputs if len(inputs) > 1 else inputs[0], weights=weights).outputs
    except ConvcalcError as error:
        yield f"not run: {error}"
        return
    for our, their in zip(outputs, expected, strict=True):
        if not (same(our, their) if their.dtype.kind in "OSU" else near(our, their)):
            yield f"values: {our}, in Keras {their}"


def near(our: Any, their: Any) -> bool:
    """Whether numbers are the same but for rounding; of whole numbers, which Keras gives for whole ones, the values."""
    close = max(CLOSE.get(str(one.dtype), 0) for one in (our, their))
    return distance(our.astype("float64"), their.astype("float64")) <= close


def same(our: Any, their: Any) -> bool:
    """Whether texts are the same."""
    return bool(np.array_equal(our.astype(str), np.char.decode(their.astype(bytes))))


def data(tensor: Tensor, random: np.random.Generator) -> Any:
    """The values of the test, where it had some; else random ones, small and not negative where they are whole."""
    if tensor.value is not None:
        return tensor.value
    shape = [(SIZE if axis else BATCH) if size is None else size for axis, size in enumerate(tensor.shape)]
    if tensor.dtype == "string":
        return random.choice(["a", "b"], shape)
    drawn = random.standard_normal(shape) if "float" in tensor.dtype else random.integers(0, 2, shape)
    return drawn.astype(tensor.dtype)
