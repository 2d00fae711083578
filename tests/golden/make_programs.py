"""Draws programs, executes them with real Keras, and keeps them in programs.json.xz with the tables that they show.

Run with an interpreter that has Keras and TensorFlow: `python -m tests.golden.make_programs`.
"""

from __future__ import annotations

import json
import lzma
from pathlib import Path

from tests.keras.executed import executed
from tests.keras.programs import draw

HERE = Path(__file__).parent
# Seeds far from the seeds that the comparison with live Keras begins with.
SEEDS = range(50_000, 50_100)


def main() -> None:
    """Writes the programs that Keras executes."""
    texts = [draw(seed) for seed in SEEDS]
    told = [[text, table] for text in texts if (table := executed(text)) is not None]
    (HERE / "programs.json.xz").write_bytes(lzma.compress(json.dumps(told).encode()))


if __name__ == "__main__":
    main()
