"""Random programs, executed by Python with real Keras and read by convcalc: the tables are the same."""

from __future__ import annotations

import os

import pytest

from tests.keras.executed import difference, executed, shrunk
from tests.keras.programs import draw

pytestmark = [pytest.mark.keras, pytest.mark.filterwarnings("ignore")]

SEED = int(os.environ.get("CONVCALC_SEED", "0"))
PROGRAMS = int(os.environ.get("CONVCALC_PROGRAMS", "160"))
# So many programs at a time: an error names the smallest part of a program that still differs.
_SHARE = 20


@pytest.mark.parametrize("first", range(SEED, SEED + PROGRAMS, _SHARE))
def test_drawn_programs_are_keras(first: int) -> None:
    """The last table of each program."""
    texts = {seed: draw(seed) for seed in range(first, first + _SHARE)}
    differing = [seed for seed, text in texts.items() if difference(text)]
    if differing:
        small = shrunk(texts[differing[0]], lambda text: difference(text) is not None)
        theirs, ours = difference(small) or ("", "")
        pytest.fail(f"seeds {differing} differ, the first in this:\n{small}\nkeras:\n{theirs}\nconvcalc:\n{ours}")


def test_drawn_programs_are_sound() -> None:
    """Keras executes almost all programs: a comparison with nothing would compare nothing."""
    sound = [executed(draw(seed)) is not None for seed in range(SEED, SEED + 40)]
    assert sum(sound) >= 32
