"""A reader loads what its format needs, and no more."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent


@pytest.mark.parametrize(
    ("model", "unloaded"),
    [
        ("- Flatten\\n- Conv1D: {filters: 2}", ["ast", "json", "numpy", "convcalc.read.inline.chain"]),
        ("Conv1D(2, 4)", ["yaml", "json", "numpy"]),
        ('[\\"Flatten\\"]', ["yaml", "ast", "numpy"]),
    ],
)
def test_nothing_heavy(model: str, unloaded: list[str]) -> None:
    """YAML without calls needs no parser of Python's, and inline text none of YAML's."""
    script = f'import sys; from convcalc.read import read_script; read_script("{model}"); print(*sys.modules)'
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True)
    assert not set(unloaded) & set(done.stdout.split())
