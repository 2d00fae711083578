"""ResNet50's summary from cold, from its JSON and from its `.keras`: convcalc beside Keras with TensorFlow.

`python tests/bench/bench_resnet50.py PYTHON`, where PYTHON is one that has Keras; by default the one that runs this.
Both sides print Keras's table, in turn, and so suffer alike from a busy machine.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

sys.path[:0] = [str(Path(__file__).parents[2]), str(Path(__file__).parent)]
from measure import cold, table  # noqa: E402

ROUNDS = 5
MAKE = """
import sys, keras
model = keras.applications.ResNet50(weights=None)
open(sys.argv[1], "w").write(model.to_json())
model.save(sys.argv[2])
"""
SHOW = {
    "json": "import sys, keras; keras.models.model_from_json(open(sys.argv[1]).read()).summary()",
    "keras": "import sys, keras; keras.models.load_model(sys.argv[1]).summary()",
}


def main() -> None:
    """Prints a table for each form of the file."""
    keras = (sys.argv[1:] or [sys.executable])[0]
    os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
    os.environ["PYTHONPATH"] = str(Path(__file__).parents[2])
    with tempfile.TemporaryDirectory() as folder:
        files = {ending: str(Path(folder, f"resnet50.{ending}")) for ending in SHOW}
        subprocess.run([keras, "-c", MAKE, *files.values()], check=True, capture_output=True)
        for ending, path in files.items():
            ours = [sys.executable, "-m", "convcalc", "summary", path]
            commands = {f"convcalc, .{ending}": ours, f"Keras, .{ending}": [keras, "-c", SHOW[ending], path]}
            print(table(cold(commands, ROUNDS), f"convcalc, .{ending}"), end="\n\n")


if __name__ == "__main__":
    main()
