"""Random numbers: reproducible, and independent from one weight to the next.

The numbers in ``STREAM`` and ``KERNEL`` are this package's own, for there is no oracle for them: they
guard against a change from one version or platform to the next.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from convcalc.execute import run
from convcalc.execute.feed.streams import stream
from tests.execute.stacks import call, conv, stack
from tests.tolerance import eps

STREAM = [1534773136, 3578108942, 662860879, 4070713123]
KERNEL = [-0.15627381, 0.36488557, -0.37865782, 0.49052584]


def kernels(*calls: Any, seed: int = 0) -> dict[str, Any]:
    """The initial weights of a model."""
    return run(stack(*calls), seed=seed, keep_weights=True).weights


def test_a_stream_is_the_same_everywhere() -> None:
    """A key gives the same bits on every platform and in every version."""
    assert stream(0, "conv1d", "kernel").integers(0, 2**32, 4).tolist() == STREAM


def test_initial_weights_are_the_same_everywhere() -> None:
    """Seed 0 gives these values for the first kernel."""
    found = kernels(conv())["conv1d/kernel"].ravel()[:4]
    np.testing.assert_allclose(found, KERNEL, rtol=4 * eps("float32"))


@pytest.mark.parametrize(
    "other",
    [
        (1, "conv1d", "kernel"),
        (0, "conv1d_1", "kernel"),
        (0, "conv1d", "bias"),
        ("0", "conv1d", "kernel"),
        (0, "conv1dkernel"),
    ],
)
def test_every_part_of_the_key_counts(other: tuple[object, ...]) -> None:
    """Seed, layer and weight each lead to another stream."""
    assert stream(*other).integers(0, 2**32) != stream(0, "conv1d", "kernel").integers(0, 2**32)


def test_adding_a_layer_leaves_the_others_alone() -> None:
    """A layer's values depend on its own name, not on what stands before it."""
    alone = kernels(conv(name="last", filters=3))
    behind = kernels(conv(name="first", filters=3, padding="same"), conv(name="last", filters=3))
    np.testing.assert_array_equal(alone["last/kernel"], behind["last/kernel"])


def test_changing_an_initializer_leaves_the_others_alone() -> None:
    """Drawing more numbers for one weight moves no other weight."""
    first = kernels(call("SeparableConv1D", filters=2, kernel_size=4))
    second = kernels(call("SeparableConv1D", filters=2, kernel_size=4, depthwise_initializer="he_normal"))
    name = "separable_conv1d/pointwise_kernel"
    np.testing.assert_array_equal(first[name], second[name])


def test_the_seed_changes_the_weights() -> None:
    """Another seed, other values."""
    assert not np.array_equal(kernels(conv())["conv1d/kernel"], kernels(conv(), seed=1)["conv1d/kernel"])


def test_an_initializers_own_seed_wins() -> None:
    """As in Keras, equal seeds give equal values in different layers, and whatever the run's seed."""
    own = {"class_name": "GlorotUniform", "config": {"seed": 7}}
    layers = [conv(filters=3, padding="same", kernel_initializer=own) for _ in range(2)]
    first, second = kernels(*layers), kernels(*layers, seed=1)
    np.testing.assert_array_equal(first["conv1d/kernel"], first["conv1d_1/kernel"])
    np.testing.assert_array_equal(first["conv1d/kernel"], second["conv1d/kernel"])
