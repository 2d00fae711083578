"""What Keras's own layer tests construct and call, run for their arguments and not for their verdicts.

Training, quantisation and files are left out of those tests: a model's ``fit`` only calls it.
"""

from __future__ import annotations

import contextlib
import inspect
import json
import os
import pkgutil
import re
import sys
import unittest
import warnings
from collections.abc import Iterator
from functools import partial
from importlib import import_module
from io import StringIO
from typing import Any
from unittest import mock

import keras
import numpy as np
from keras.src.testing import test_case

LAYERS = "keras.src.layers"
# Modules that test files import for a few tests of their own.
ABSENT = ("conftest", "grain")
# Test files of what is no layer in a model, and makes many.
OTHERS = ("feature_space_test",)
CALLED_BY = ("evaluate", "fit", "predict", "train_on_batch")
# The number in an automatic name, as the third layer of its class has it.
NUMBERED = re.compile(r'(?<=[a-z])_[0-9]+(?=")')
# Values that are kept of a tensor.
LARGEST = 100_000


class Tensor:
    """A tensor of a call: batch first, and its values where the test had some."""

    __slots__ = ("dtype", "ragged", "shape", "sparse", "value")

    def __init__(self, tensor: Any) -> None:
        text = isinstance(tensor, np.ndarray) and tensor.dtype.kind in "OSU"
        self.shape = tuple(tensor.shape)
        self.dtype = "string" if text else keras.src.backend.standardize_dtype(tensor.dtype)
        self.sparse = bool(getattr(tensor, "sparse", False)) or "SparseTensor" in type(tensor).__name__
        self.ragged = bool(getattr(tensor, "ragged", False)) or "RaggedTensor" in type(tensor).__name__
        small = None not in self.shape and np.prod(self.shape) < LARGEST
        there = isinstance(tensor, np.ndarray) or hasattr(tensor, "numpy")
        self.value = np.asarray(tensor) if there and small and not self.sparse else None
        if self.value is not None and self.dtype == "string":
            self.value = np.vectorize(decoded, otypes=[str])(self.value)

    def __repr__(self) -> str:
        words = [name for name in ("sparse", "ragged") if getattr(self, name)]
        return f"{' '.join([*words, self.dtype])}{self.shape}"


def decoded(text: Any) -> str:
    """A text of a tensor, which TensorFlow has as bytes."""
    return text.decode() if isinstance(text, bytes) else str(text)


class ArgumentSet:
    """A kind, its arguments as a config has them, and those of its ``call``: None where it was never called."""

    __slots__ = ("call", "config", "kind", "source")

    def __init__(self, kind: str, config: dict[str, Any], call: Any, source: str) -> None:
        self.kind = kind
        self.config = config
        self.call = call
        self.source = source

    @property
    def key(self) -> str:
        """What two equal sets share: all but the layer's name, and the numbers that names inside it end in."""
        config = json.dumps({**self.config, "name": None}, sort_keys=True)
        return f"{self.kind} {NUMBERED.sub('', config)} {self.call}"

    def __repr__(self) -> str:
        return f"{self.kind} {json.dumps(self.config)} on {self.call} ({self.source})"


def public(kind: type) -> bool:
    """Whether it is a class of ``keras.layers``, be it under another name, and not one of a test's own."""
    return kind in vars(keras.layers).values()


class Recorder:
    """Notes every public layer that a test constructs, and every call of one; not those that layers make inside.

    ``unwritten`` are kinds with a set that no config can hold.
    """

    def __init__(self) -> None:
        self.sets: dict[str, ArgumentSet] = {}
        self.unwritten: set[str] = set()
        self.test = ""
        self._made: list[tuple[Any, tuple[Any, ...], dict[str, Any]]] = []
        self._called: list[Any] = []
        self._inside = False
        self._new, self._call = keras.Layer.__new__, keras.Layer.__call__

    def new(self, cls: type, *positional: Any, **named: Any) -> Any:
        """Stands in for ``Layer.__new__``."""
        layer = self._new(cls, *positional, **named)
        if public(cls) and written_by_a_test(sys._getframe(2)):
            self._made.append((layer, positional, named))
            layer.quantize = skip
        return layer

    def call(self, layer: Any, *positional: Any, **named: Any) -> Any:
        """Stands in for ``Layer.__call__``."""
        if self._inside or not public(type(layer)):
            return self._call(layer, *positional, **named)
        self.note_call(layer, positional, named)
        self._inside = True
        try:
            return self._call(layer, *positional, **named)
        finally:
            self._inside = False

    def note_call(self, layer: Any, positional: tuple[Any, ...], named: dict[str, Any]) -> None:
        """Notes a call of a public layer, and the layer as it is then."""
        if not public(type(layer)):
            return
        self._called.append(layer)
        self._note(type(layer).__name__, layer.get_config, (positional, named))

    def end(self) -> None:
        """Notes what a test has constructed and not called, and forgets the test."""
        for layer, positional, named in self._made:
            if all(layer is not one for one in self._called):
                self._note(type(layer).__name__, partial(arguments, type(layer), positional, named), None)
        self._made, self._called = [], []

    def _note(self, kind: str, config: Any, call: Any) -> None:
        try:
            plain = json.loads(json.dumps(keras.saving.serialize_keras_object(config())))
            one = ArgumentSet(kind, plain, call and keras.tree.map_structure(described, call), self.test)
        except Exception:  # whatever cannot be written down
            self.unwritten.add(kind)
            return
        self.sets.setdefault(one.key, one)


def written_by_a_test(frame: Any) -> bool:
    """Whether code of a test, or `layer_test` for it, is what runs in a frame."""
    name = frame.f_globals.get("__name__", "")
    return name.endswith("_test") or name == __name__


def described(leaf: Any) -> Any:
    """A tensor as `Tensor`; what else a call takes as it is."""
    return Tensor(leaf) if hasattr(leaf, "shape") and hasattr(leaf, "dtype") else leaf


def arguments(kind: Any, positional: tuple[Any, ...], named: dict[str, Any]) -> dict[str, Any]:
    """The arguments of a constructor by name; TypeError where they do not bind."""
    given = dict(inspect.signature(kind).bind(*positional, **named).arguments)
    return {**given.pop("kwargs", {}), **given}


def skip(*positional: Any, **named: Any) -> None:
    """Ends a test."""
    raise unittest.SkipTest("not for its arguments")


def layer_test(
    recorder: Recorder,
    layer_cls: Any,
    init_kwargs: dict[str, Any],
    input_shape: Any = None,
    input_dtype: Any = None,
    input_sparse: bool = False,
    input_ragged: bool = False,
    input_data: Any = None,
    call_kwargs: dict[str, Any] | None = None,
    run_mixed_precision_check: bool = True,
    **expected: Any,
) -> None:
    """Stands in for ``TestCase.run_layer_test``: notes what that would construct and call."""
    if input_data is None and input_shape is not None:
        dtype = input_dtype or keras.src.tree.map_shape_structure(lambda _: "float32", input_shape)
        input_data = test_case.create_keras_tensors(input_shape, dtype, input_sparse, input_ragged)
    for policy in ({}, {"dtype": "mixed_float16"})[: 1 + run_mixed_precision_check]:
        layer = layer_cls(**{**init_kwargs, **policy})
        if isinstance(input_data, dict):
            recorder.note_call(layer, (), {**input_data, **(call_kwargs or {})})
        elif input_data is not None:
            recorder.note_call(layer, (input_data,), call_kwargs or {})


class Result(unittest.TestResult):
    """Tells the recorder which test runs; how it ends does not matter."""

    def __init__(self, recorder: Recorder) -> None:
        super().__init__()
        self.recorder = recorder

    def startTest(self, test: Any) -> None:
        """Names the test."""
        self.recorder.test = test.id().removeprefix(f"{LAYERS}.").partition(" ")[0]

    def stopTest(self, test: Any) -> None:
        """Ends it."""
        self.recorder.end()


def modules() -> Iterator[str]:
    """The names of Keras's test modules for layers."""
    package = import_module(LAYERS)
    found = pkgutil.walk_packages(package.__path__, f"{LAYERS}.")
    return (module.name for module in found if module.name.endswith("_test") and not module.name.endswith(OTHERS))


@contextlib.contextmanager
def recorded(recorder: Recorder) -> Iterator[None]:
    """Keras with the recorder in place, and quick."""
    layer, test, model = keras.Layer, test_case.TestCase, keras.Model
    policy, data_format = keras.config.dtype_policy(), keras.config.image_data_format()
    with contextlib.ExitStack() as stack:
        enter = stack.enter_context
        enter(mock.patch.object(layer, "__new__", lambda cls, *p, **n: recorder.new(cls, *p, **n)))
        enter(mock.patch.object(layer, "__call__", lambda one, *p, **n: recorder.call(one, *p, **n)))
        enter(mock.patch.object(test, "run_layer_test", lambda _, *p, **n: layer_test(recorder, *p, **n)))
        for name in CALLED_BY:
            enter(mock.patch.object(model, name, lambda one, x=None, *p, **n: one(x)))
        for name in ABSENT:
            sys.modules[name] = mock.MagicMock()
            stack.callback(sys.modules.pop, name)
        enter(mock.patch.dict(os.environ))
        enter(contextlib.redirect_stdout(StringIO()))
        enter(warnings.catch_warnings(action="ignore"))
        yield
    keras.config.set_dtype_policy(policy)
    keras.config.set_image_data_format(data_format)
    keras.config.enable_traceback_filtering()
    keras.backend.clear_session(free_memory=False)


def harvest() -> Recorder:
    """Keras's own layer tests run: every set of arguments, each once."""
    recorder = Recorder()
    with recorded(recorder):
        for name in modules():
            unittest.defaultTestLoader.loadTestsFromModule(import_module(name)).run(Result(recorder))
    return recorder
