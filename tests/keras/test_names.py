"""The names that Keras gives away while it makes a layer: its own, and those of the layers inside."""

from __future__ import annotations

from collections import Counter
from contextlib import suppress
from functools import partial

import pytest

keras = pytest.importorskip("keras", reason="the live comparison needs keras and tensorflow-cpu")

from convcalc.declare.layer import Layer  # noqa: E402
from convcalc.declare.naming import snake_case  # noqa: E402
from convcalc.errors import ConvcalcError  # noqa: E402
from convcalc.layers import MODULES, find  # noqa: E402
from tests.kinds import called, live  # noqa: E402
from tests.samples import Sample, table  # noqa: E402

pytestmark = [pytest.mark.keras, pytest.mark.filterwarnings("ignore")]

# Keras counts variables, tensors and random generators too.
KNOWN = {snake_case(kind) for kind in MODULES}


def theirs(sample: Sample) -> Counter[str]:
    """How often Keras has used each name in a session of its own."""
    keras.backend.clear_session(free_memory=False)
    layer = sample.make(partial(live, keras))
    if sample.kind != "InputLayer":
        with suppress(Exception):  # whatever Keras refuses is compared elsewhere
            called(layer, [keras.KerasTensor(shape) for shape in sample.shapes])  # some are given away as it is built
    counts = keras.src.backend.common.global_state.get_global_attribute("object_name_uids")
    return Counter({name: count for name, count in counts.items() if name in KNOWN})


def ours(layer: Layer) -> Counter[str]:
    """How often each name is used for a layer without one."""
    own = () if layer.name else (type(layer).__name__,)
    return Counter(snake_case(kind) for kind in (*layer.makes(layer.name is not None), *own))


def test_names_are_given_away_alike() -> None:
    """For every sample that is accepted, the counters of names stand where Keras's stand."""
    different = []
    for sample in map(Sample, table()):
        try:
            layer = sample.make(find)
            layer.infer(*sample.shapes)
        except ConvcalcError:
            continue
        if ours(layer) != theirs(sample):
            different.append((sample.text, ours(layer), theirs(sample)))
    assert not different
