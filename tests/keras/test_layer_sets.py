"""Every argument set of Keras's own layer tests: convcalc gives what the live Keras gives, but for `LEFT_OUT`."""

from __future__ import annotations

import re

import pytest

keras = pytest.importorskip("keras", reason="the live comparison needs keras and tensorflow-cpu")

from convcalc.layers import MODULES, UNCOVERED, find  # noqa: E402
from tests.keras.harvest import ArgumentSet, Recorder, harvest  # noqa: E402
from tests.keras.replay import differences, said  # noqa: E402
from tests.kinds import every_kind  # noqa: E402

pytestmark = [pytest.mark.keras, pytest.mark.filterwarnings("ignore")]
SHOWN = 10

Sets = dict[str, list[tuple[ArgumentSet, list[str]]]]


class LeftOut:
    """A ``reason`` for sets to differ: those of ``kinds`` (of all, where there are none) whose text, or that
    of the difference, has the ``pattern``.

    ``sorts`` are the differences' first words. ``here`` says that it differs on every machine.
    """

    def __init__(
        self, reason: str, pattern: str = "", sorts: str = "refused", kinds: str = "", here: bool = True
    ) -> None:
        self.reason = reason
        self.pattern = re.compile(pattern)
        self.sorts = sorts.split(", ")
        self.kinds = kinds.split()
        self.here = here

    def covers(self, one: ArgumentSet, difference: str) -> bool:
        """Whether it is the reason for this difference of this set."""
        sort, _, text = difference.partition(":")
        found = self.pattern.search(f"{one}\n{text}")
        return bool(found) and sort in self.sorts and (not self.kinds or one.kind in self.kinds)


LEFT_OUT = (
    LeftOut(
        "quantised layers hold other weights, made of a trained layer's",
        r"Quantized|_from_|DTypePolicyMap",
    ),
    LeftOut(
        "a class of a test's own is Python, which is never executed here",
        r'"module": "keras\.src\.\w+.*_test"',
        "opaque",
    ),
    LeftOut("images given with their boxes and labels are many tensors of which one is an image", r"'images'"),
    LeftOut("a sample without a batch is no input of a model", r"int64\(\)", kinds="CategoryEncoding"),
    LeftOut("Keras takes any window that SciPy knows", r"'tukey'", kinds="STFTSpectrogram"),
    LeftOut(
        "Keras builds no model with it: its symbolic output is its input, a cycle",
        sorts="accepted",
        kinds="Equalization",
    ),
    LeftOut("Keras wants the masks of attention in a list", r"mask", "accepted", "Attention AdditiveAttention"),
    LeftOut(
        "an unknown length is 9 here, too short for a frame; on some processors Keras computes no frame, on others it"
        " refuses, as convcalc does",
        r"\[does-not-fit\]",
        "not run",
        "STFTSpectrogram",
        here=False,
    ),
    LeftOut("a run is inference: values in training are random, or the batch's", r"\[training\]", "not run"),
    LeftOut("NumPy computes in floating point", r"\[unsupported-dtype\]", "not run"),
    LeftOut(
        "Keras gives it a shape, and then refuses to compute it",
        sorts="uncomputable",
        kinds="CategoryEncoding HashedCrossing RandomBrightness Rescaling Reshape STFTSpectrogram Softmax "
        "TextVectorization TimeDistributed",
    ),
    LeftOut("Keras reads no config of it that is not whole", r"KeyError", "accepted", "TextVectorization"),
    LeftOut(
        "Keras writes the size of the vocabulary that it holds; before the file beside the config is read it has none",
        r'"vocabulary_size": \d',
        "outputs, summary",
        "TextVectorization",
    ),
    LeftOut(
        "Keras multiplies out before it takes the mean away, which costs large inputs most digits",
        "test_mixed_precision_large_input_no_nan",
        "values",
        "GroupNormalization",
    ),
    LeftOut(
        "TensorFlow's matrix product of float16 with axes to broadcast is wrong on some processors",
        r'"mixed_float16".*"equation": "\.\.\.',
        "values",
        "EinsumDense",
        here=False,
    ),
)
# Kinds that no test of Keras's constructs by their name.
WITHOUT = {
    "StackedRNNCells": "an RNN makes it of a list of cells",
    **dict.fromkeys(
        ("LayerScale", "StochasticDepth", "CustomScaleLayer"), "it is a part of Keras's applications, compared whole"
    ),
}


# Kinds with sets that no config can hold.
UNWRITTEN = {
    "Dense": "an activation taken away from a layer that was made with one",
    "TextVectorization": "tensors of a graph of TensorFlow's, whose rank is unknown",
}


@pytest.fixture(scope="session")
def harvested() -> Recorder:
    """Keras's tests, run."""
    return harvest()


@pytest.fixture(scope="session")
def sets(harvested: Recorder) -> Sets:
    """Every set with its differences, by kind."""
    found: Sets = {}
    for one in harvested.sets.values():
        answered = answer(one) if one.kind in MODULES else []
        found.setdefault(one.kind, []).append((one, answered))
    return found


def answer(one: ArgumentSet) -> list[str]:
    """The differences of a set; a crash of ours is one."""
    try:
        return list(differences(one))
    except Exception as error:  # which the test of the kind then shows
        return [f"crashed: {said(error)}"]


@pytest.mark.parametrize("kind", [kind.__name__ for kind in every_kind()])
def test_sets_are_keras(kind: str, sets: Sets) -> None:
    """Shapes, counts, weights, dtype, summary and values of every set of a kind are Keras's."""
    compared = [pair for name in (kind, *find(kind).aliases) for pair in sets.get(name, [])]
    assert bool(compared) != (kind in WITHOUT), "no set to compare" if not compared else "there are sets now"
    different = [f"{one}\n  {text}" for one, texts in compared for text in texts if not reasons(one, text)]
    assert not different, f"{len(different)} differ:\n" + "\n".join(different[:SHOWN])


def reasons(one: ArgumentSet, text: str) -> list[LeftOut]:
    """Why a difference is left alone."""
    return [row for row in LEFT_OUT if row.covers(one, text)]


@pytest.mark.parametrize("row", [row for row in LEFT_OUT if row.here], ids=lambda row: row.reason)
def test_reason_is_still_one(row: LeftOut, sets: Sets) -> None:
    """Each reason to differ has a difference, of each kind that it names and that is declared."""
    kinds = {one.kind for pairs in sets.values() for one, texts in pairs for text in texts if row.covers(one, text)}
    assert kinds >= set(row.kinds) & set(MODULES)
    assert kinds or row.kinds


def test_every_set_is_written_down(harvested: Recorder) -> None:
    """No set is lost but those that no config can hold."""
    assert harvested.unwritten == set(UNWRITTEN)


def test_every_kind_is_known(sets: Sets) -> None:
    """What Keras's tests construct and we do not declare is on the list of what is not covered."""
    assert set(sets) - set(MODULES) <= set(UNCOVERED)
    assert sum(map(len, sets.values())) > 2000, "most of Keras's tests have constructed nothing"
