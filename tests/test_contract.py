"""What every layer kind owes: a fact, a sample, documented arguments, values of the shape its rule says."""

from __future__ import annotations

import importlib
import pkgutil

import numpy as np
import pytest

import convcalc.layers
from convcalc.declare.layer import Layer, as_tuple
from convcalc.layers import FAMILIES, find
from convcalc.tools.catalog import sample
from tests.kinds import every_kind
from tests.samples import suited

every = pytest.mark.parametrize("kind", every_kind(), ids=lambda kind: kind.__name__)


@every
def test_docstring_begins_with_a_fact(kind: type[Layer]) -> None:
    """The first line is a sentence of its own, not inherited from a family."""
    head, _, rest = (kind.__dict__["__doc__"] or "").partition("\n")
    assert head.endswith(".")
    assert head[0].isupper()
    assert ">>> " in rest


@every
def test_sample_is_what_it_shows(kind: type[Layer]) -> None:
    """The sample gives the line under it, shape, parameters and MACs."""
    _, layer, shapes = sample(kind)
    shown = next(line for line in (kind.__doc__ or "").partition(">>> ")[2].splitlines()[1:] if line.strip())
    assert repr(layer.infer(*shapes)) == shown.strip()


@every
def test_arguments_are_documented(kind: type[Layer]) -> None:
    """Every argument says what it means and what it accepts, in words and as a schema."""
    for name, argument in kind.accepted.items():
        assert argument.name == name
        assert argument.doc
        assert not argument.doc.endswith(".")
        assert argument.type.expected(kind.rank)
        assert isinstance(argument.type.schema(kind.rank), dict)


@every
def test_defaults_are_accepted(kind: type[Layer]) -> None:
    """Every default is a value that the argument itself accepts."""
    for argument in kind.accepted.values():
        if not argument.required:
            argument.read(argument.default, kind.rank)


@every
def test_values_have_the_shape_of_the_rule(kind: type[Layer]) -> None:
    """The forward pass on ones, weights of ones, has the shape that the rule says."""
    _, layer, shapes = sample(kind)
    inputs = [suited(kind.__name__, np.ones((2, *shape[1:]), "float32")) for shape in shapes]
    inferred = layer.infer(*(x.shape for x in inputs))
    y = as_tuple(layer.apply([np.ones(w.shape, "float32") for w in inferred.weights], *inputs))[0]
    assert y.shape == inferred.output
    assert y.dtype == layer.output_dtype
    assert np.isfinite(y).all()


@every
def test_weights_name_their_sizes(kind: type[Layer]) -> None:
    """Every weight has a name of its own, and a word for every size."""
    _, layer, shapes = sample(kind)
    weights = layer.infer(*shapes).weights
    assert len({weight.path for weight in weights}) == len(weights)
    for weight in weights:
        assert len(weight.dims) == len(weight.shape)


def test_index_is_what_the_modules_declare() -> None:
    """The index of families names exactly the kinds and aliases of each module."""
    modules = [
        m.name for m in pkgutil.iter_modules(convcalc.layers.__path__) if not (m.name.startswith("_") or m.ispkg)
    ]
    assert sorted(FAMILIES) == sorted(modules)
    for name in modules:
        module = importlib.import_module(f"convcalc.layers.{name}")
        own = {
            kind
            for kind, cls in Layer.kinds.items()
            if cls.__module__ == module.__name__ and not cls.__name__.startswith("_")
        }
        assert own == set(FAMILIES[name].split())


def test_every_name_finds_its_kind() -> None:
    """A kind and each of its aliases lead to the same class."""
    for names in FAMILIES.values():
        for name in names.split():
            kind = find(name)
            assert name == kind.__name__ or name in kind.aliases
