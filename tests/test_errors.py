"""A model for every error code that loading can raise, and the whole text of the error: ``errors/<code>*.err``.

``python tests/test_errors.py`` writes the texts anew; each is to be read by a person before it is committed.
"""

from __future__ import annotations

import re
import subprocess
import sys
from contextlib import chdir
from pathlib import Path

import pytest

from convcalc.errors import ConvcalcError
from convcalc.read import load
from convcalc.read.detect import default_model

FOLDER = Path(__file__).parent / "errors"
CASES = sorted(path for path in FOLDER.iterdir() if path.suffix in (".yaml", ".json", ".py", ".txt"))


def said(case: Path) -> str:
    """What loading the case says; a ``.txt`` holds what is given in a file's place, nothing when it is empty."""
    text = case.read_text(encoding="utf-8").removesuffix("\n") if case.suffix == ".txt" else case.name
    with chdir(FOLDER), pytest.raises(ConvcalcError) as caught:
        load(text or default_model())
    return f"{caught.value}\n"


@pytest.mark.parametrize("case", CASES, ids=lambda path: path.stem)
def test_whole_text(case: Path) -> None:
    """An error says exactly this: what, where, why, help."""
    assert said(case) == case.with_suffix(".err").read_text(encoding="utf-8")


@pytest.mark.parametrize("case", CASES, ids=lambda path: path.stem)
def test_code_is_in_the_text(case: Path) -> None:
    """A case is named after the code that it provokes, first of all."""
    code = case.stem.partition("--")[0]
    assert re.findall(r"error: .*\[([a-z0-9-]+)\]$", said(case), re.MULTILINE)[0] == code


def test_without_the_c_parser() -> None:
    """PyYAML's own parser, where its C parser is missing, leads to the same texts."""
    cases = [case for case in CASES if case.suffix == ".yaml"]
    script = "import yaml; del yaml.CSafeLoader; from tests.test_errors import *; print(*map(said, CASES), sep='')"
    script = script.replace("CASES", f"(FOLDER / name for name in {[case.name for case in cases]})")
    done = subprocess.run([sys.executable, "-c", script], cwd=FOLDER.parent.parent, capture_output=True, text=True)
    assert done.stdout.removesuffix("\n") == "".join(case.with_suffix(".err").read_text("utf-8") for case in cases)


if __name__ == "__main__":
    for one in CASES:
        one.with_suffix(".err").write_text(said(one), encoding="utf-8")
        sys.stdout.write(f"== {one.name}\n{said(one)}")
