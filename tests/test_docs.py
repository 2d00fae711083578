"""The documentation is true: its sessions run and print what they show."""

from __future__ import annotations

import doctest
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from convcalc.cli import COMMANDS
from convcalc.declare.layer import Layer
from convcalc.layers import MODULES, find
from convcalc.read.detect import read_text
from convcalc.source import Source
from convcalc.stack.build import build
from convcalc.write import summarize

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
SESSIONS = re.findall(r"```console\n(.*?)```", README, re.DOTALL)
COMMAND_LINES = [part for session in SESSIONS for part in re.split(r"^(?=\$ )", session, flags=re.MULTILINE) if part]


@pytest.fixture
def shell(tmp_path: Path) -> dict[str, str]:
    """An environment in which `convcalc` is this checkout's, and nothing of the user's own shows."""
    script = tmp_path / "convcalc"
    script.write_text(f'#!/bin/sh\nexec {shlex.quote(sys.executable)} -m convcalc "$@"\n')
    script.chmod(0o755)
    path = f"{tmp_path}{os.pathsep}{os.environ['PATH']}"
    kept = {key: os.environ[key] for key in ("SYSTEMROOT", "TMPDIR") if key in os.environ}
    own = {"PATH": path, "PYTHONPATH": str(ROOT), "HOME": str(tmp_path), "PYTHONIOENCODING": "utf-8"}
    return {**kept, **own, "LANG": "C.UTF-8", "TMPDIR": str(tmp_path)}


@pytest.mark.parametrize("part", COMMAND_LINES, ids=lambda part: part.partition("\n")[0][:60])
def test_readme_session_prints_what_it_shows(part: str, shell: dict[str, str]) -> None:
    """Each command of the README prints exactly the lines below it."""
    command, _, shown = part.removeprefix("$ ").partition("\n")
    done = subprocess.run(["bash", "-c", f"{command} 2>&1"], cwd=ROOT, env=shell, capture_output=True, text=True)
    assert _without_blanks(done.stdout) == _without_blanks(shown)


def test_readme_opens_with_a_session() -> None:
    """A reader sees the tool at work before line 15."""
    assert "```console" in "\n".join(README.splitlines()[:14])


def test_readme_yaml_is_a_model() -> None:
    """The YAML that the README shows is read as it is."""
    for shown in re.findall(r"```yaml\n(.*?)```", README, re.DOTALL):
        assert summarize(build(read_text(Source("README.md", shown)))).total_params


def test_readme_python_is_true(monkeypatch: pytest.MonkeyPatch) -> None:
    """The Python examples of the README give what they show."""
    monkeypatch.chdir(ROOT)
    test = doctest.DocTestParser().get_doctest(README, {}, "README", "README.md", 0)
    assert test.examples
    assert not doctest.DocTestRunner(optionflags=doctest.NORMALIZE_WHITESPACE).run(test).failed


@pytest.mark.parametrize("command", COMMANDS)
def test_command_help_has_an_example(command: str, shell: dict[str, str]) -> None:
    """`--help` of every command shows how it is used."""
    help = subprocess.run(
        ["bash", "-c", f"convcalc {command} --help"], env=shell, capture_output=True, text=True
    ).stdout
    assert re.search(rf"Examples?:\n\s+.*convcalc {command}", help)


@pytest.mark.parametrize("command", COMMANDS)
def test_readme_mentions_every_command(command: str) -> None:
    """The README shows every command at work."""
    assert f"convcalc {command}" in README


@pytest.mark.parametrize("kind", sorted(set(MODULES)))
def test_every_layer_is_documented(kind: str) -> None:
    """Every kind has a first line, a sample and a doc for each argument."""
    layer = find(kind)
    assert ">>> " in (layer.__doc__ or "")
    assert all(argument.doc for argument in layer.accepted.values())


def test_every_readme_link_to_a_file_exists() -> None:
    """Relative links of the README lead somewhere."""
    links = re.findall(r"\]\((?!https?:|#)([^)#]+)", README)
    assert not [link for link in links if not (ROOT / link).exists()]
    assert Layer.kinds


def _without_blanks(text: str) -> str:
    """The text without blanks at line ends, which Markdown editors eat, and without a last empty line."""
    return "\n".join(line.rstrip() for line in text.rstrip().splitlines())
