"""Tables of drawn graphs under drawn options: those that Keras 3 and tf.keras 2 print, to the last character."""

from __future__ import annotations

import json
import os
from typing import Any

import pytest

keras = pytest.importorskip("keras", reason="the live comparison needs keras and tensorflow-cpu")
tf_keras = pytest.importorskip("tf_keras", reason="the comparison with tf.keras 2 needs tf_keras")

from convcalc import load, summarize  # noqa: E402
from tests.golden.make_graphs import printed  # noqa: E402
from tests.keras.graphs import Drawing, options  # noqa: E402

pytestmark = [pytest.mark.keras, pytest.mark.filterwarnings("ignore")]

COUNT = int(os.environ.get("CONVCALC_FUZZ", 2000)) // 20
SEED = int(os.environ.get("CONVCALC_SEED", 0))


def differs(package: Any, style: str, seed: int) -> str | None:
    """What is wrong with our table of the model of a seed, as it comes from its config; None for nothing."""
    package.backend.clear_session()
    text = Drawing(package, seed).model().to_json()
    model = package.models.model_from_json(text)
    given = options(seed, [layer.name for layer in model.layers])
    try:
        expected = printed(model, **given).rstrip()
    except ValueError as error:
        expected = f"refused: {error}"
    try:
        ours = summarize(load(json.loads(text))).text(style=style, **given).rstrip()
    except Exception as error:
        ours = f"refused: {error!r}"
    if ours == expected or ours[:8] == expected[:8] == "refused:":
        return None
    return f"seed {seed}, {given}\nconvcalc\n{ours}\nkeras\n{expected}"


@pytest.mark.parametrize(("package", "style"), [(keras, "keras3"), (tf_keras, "keras2")], ids=["keras3", "keras2"])
def test_tables_of_drawn_graphs(package: Any, style: str) -> None:
    """Order, nesting, connections, flags, cuts and totals are Keras's."""
    wrong = [text for seed in range(SEED, SEED + COUNT) if (text := differs(package, style, seed))]
    assert not wrong, f"{len(wrong)} of {COUNT}\n" + "\n".join(wrong[:2])
