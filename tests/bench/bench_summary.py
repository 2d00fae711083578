"""`convcalc summary` from cold beside bare imports and beside Keras: `python tests/bench/bench_summary.py`.

Keras is measured where it can be imported: run this with a Python that has both, or name one that has
Keras as the argument.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from pathlib import Path

sys.path[:0] = [str(Path(__file__).parents[2]), str(Path(__file__).parent)]
from measure import cold, table  # noqa: E402

TWENTY = """\
input: [64, 64, 3]
layers:
  - repeat: 4
    layers:
      - Conv2D: {filters: 16, kernel_size: 3, padding: same}
      - BatchNormalization
      - ReLU
      - MaxPooling2D: 2
  - Flatten
  - Dense: 64
  - Dropout: 0.5
  - Dense: 10
"""
KERAS = """
import keras
from keras import layers as kl
block = lambda: [kl.Conv2D(16, 3, padding="same"), kl.BatchNormalization(), kl.ReLU(), kl.MaxPooling2D(2)]
layers = [layer for _ in range(4) for layer in block()]
layers += [kl.Flatten(), kl.Dense(64), kl.Dropout(0.5), kl.Dense(10)]
keras.Sequential([keras.Input((64, 64, 3)), *layers]).summary()
"""


def main() -> None:
    """Prints the tables."""
    python, keras = sys.executable, (sys.argv[1:] or [sys.executable])[0]
    summary = [python, "-m", "convcalc", "summary"]
    with tempfile.TemporaryDirectory() as folder:
        yaml, large, thousand = (Path(folder, name) for name in ("20.yaml", "100000.json", "1000.yaml"))
        yaml.write_text(TWENTY)
        conv = {"Conv2D": {"filters": 8, "kernel_size": 3, "padding": "same"}}
        large.write_text(json.dumps({"input": [32, 32, 8], "layers": [conv] * 100_000}))
        thousand.write_text("input: [32, 32, 8]\nlayers:\n" + "  - Conv2D(8, 3, padding='same')\n" * 1000)
        commands = {
            "import click, yaml": [python, "-c", "import click, yaml"],
            "summary -f json, 20 layers of YAML": [*summary, str(yaml), "-f", "json"],
            "summary, its table": [*summary, str(yaml)],
        }
        if not subprocess.run([keras, "-c", "import keras"], capture_output=True).returncode:
            commands["Keras: build and summary()"] = [keras, "-c", KERAS]
        print(table(cold(commands, 9), "import click, yaml"), end="\n\n")
        large_commands = {
            "summary, 1,000 rows": [*summary, str(thousand)],
            "summary -f json, 100,000 layers of JSON": [*summary, str(large), "-f", "json"],
        }
        print(table(cold(large_commands, 3), "summary, 1,000 rows"))


if __name__ == "__main__":
    main()
