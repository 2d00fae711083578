"""The page of the differences from Keras: `python -m tests.keras.page` writes ``tests/keras/README.md``."""

from __future__ import annotations

import textwrap
from pathlib import Path

from tests.keras.leniencies import LENIENCIES

PAGE = Path(__file__).with_name("README.md")

_HEAD = """\
# Where convcalc differs from Keras

`python -m tests.keras.page` writes this page from `leniencies.py`. Do not edit the page by hand.

The tests compare convcalc with Keras 3.15 on TensorFlow: shapes, parameters, weights, names, tables, values and
refusals. Every test run compares convcalc with answers of Keras that are stored in `tests/golden`. `.ci/run` also asks
a live Keras about many thousands of random layers and models. A difference that is not on this page is a mistake in
convcalc.

## Differences on purpose

"""

_FOOT = """
`test_fuzz.py` checks that each of these differences still exists, and that the answers are equal without its cause.

## Not there yet

- Layers and models that are classes of a script's own are not followed (see
  [what a script may contain](../../convcalc/read/code/README.md)).
- Networks of `keras.applications` are read from Keras's configs and files, but not by their names inside a script.
- The functions of `keras.ops` that are no operations here are listed with the reasons by `convcalc layers --ops`.
- Vocabularies that `adapt` has learned stand beside the config in an archive. convcalc does not read them.
- A config does not state the parameters of custom layers. convcalc shows these numbers as unknown.
- A run gives no masks to nested models.
- The argument sets of Keras's own layer tests are compared too. `LEFT_OUT` in `test_layer_sets.py` names the sets that
  differ, with the reasons.
"""


def text() -> str:
    """The page as Markdown: a list item for each deliberate difference, between a head and a foot."""
    return _HEAD + "\n".join(_item(one.reason) for one in LENIENCIES) + "\n" + _FOOT


def _item(reason: str) -> str:
    """A reason as an item of a list."""
    return textwrap.fill(f"- {reason}.", 118, subsequent_indent="  ", break_on_hyphens=False)


if __name__ == "__main__":
    PAGE.write_text(text(), encoding="utf-8")
