"""Layer configurations drawn from the declarations: convcalc and live Keras must give the same answer.

``CONVCALC_FUZZ`` is the number of draws, ``CONVCALC_SEED`` the first seed; each difference prints as a command
that shows it again.
"""

from __future__ import annotations

import os
from collections import Counter

import pytest

keras = pytest.importorskip("keras", reason="the live comparison needs keras and tensorflow-cpu")

from tests.keras.draw import draw  # noqa: E402
from tests.keras.leniencies import LENIENCIES, Leniency, explained  # noqa: E402
from tests.keras.oracle import keras_answer, our_answer, reproduction  # noqa: E402
from tests.kinds import every_name  # noqa: E402

pytestmark = [pytest.mark.keras, pytest.mark.filterwarnings("ignore")]

DRAWS = int(os.environ.get("CONVCALC_FUZZ", "20000"))
FIRST = int(os.environ.get("CONVCALC_SEED", "0"))
SHOWN = 20


def test_drawn_layers_match_keras() -> None:
    """Shape, parameters, weights and refusal of every drawn layer are Keras's."""
    different, accepted = [], Counter[str]()
    for seed in range(FIRST, FIRST + DRAWS):
        drawn = draw(seed)
        answer = keras_answer(drawn)
        if answer and answer != our_answer(drawn) and not explained(drawn):
            different.append(f"seed {seed}: {reproduction(drawn)}")
        accepted[drawn.kind] += bool(answer and answer.accepted)
        if seed % 1000 == 0:
            keras.backend.clear_session(free_memory=False)
    shown = "\n".join(different[:SHOWN])
    assert not different, f"{len(different)} of {DRAWS} draws differ:\n{shown}"
    assert accepted.total() > DRAWS * 0.4, "most draws are refused: the comparison says little about shapes"
    if 40 * len(every_name()) < DRAWS:
        assert not [kind for kind in every_name() if not accepted[kind]], "a kind whose draws are all refused"


@pytest.mark.parametrize("leniency", LENIENCIES, ids=lambda leniency: leniency.reason.partition(";")[0])
def test_leniency_is_still_one(leniency: Leniency) -> None:
    """Each deliberate difference is one, and taking its cause away ends it."""
    answer = keras_answer(leniency.example)
    assert answer is not None
    assert answer.accepted != our_answer(leniency.example).accepted
    repaired = leniency.repair(leniency.example)
    assert keras_answer(repaired) == our_answer(repaired), reproduction(repaired)
