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
from convcalc.layers import MODULES, find
from convcalc.read.detect import read_text
from convcalc.source import Source
from convcalc.stack.build import build
from convcalc.write import summarize
from tests.keras import page as differences

ROOT = Path(__file__).parents[1]


def _pages() -> dict[str, str]:
    """The text of each Markdown page of the repository, by its path; the changelog shows nothing to run."""
    paths = [path.relative_to(ROOT) for path in sorted(ROOT.rglob("*.md"))]
    own = [path for path in paths if not any(part.startswith(".") or part == "site-packages" for part in path.parts)]
    return {path.as_posix(): (ROOT / path).read_text(encoding="utf-8") for path in own if path.name != "CHANGELOG.md"}


def _blocks(language: str) -> list[tuple[str, str]]:
    """The blocks of code in a language, each with the path of its page."""
    fence = re.compile(rf"```{language}\n(.*?)```", re.DOTALL)
    return [(page, block) for page, text in PAGES.items() for block in fence.findall(text)]


PAGES = _pages()
README = PAGES["README.md"]
COMMANDS_SHOWN = [
    (page, part)
    for page, session in _blocks("console")
    for part in re.split(r"^(?=\$ )", session, flags=re.MULTILINE)
    if part
]
WITH_PYTHON = [page for page, text in PAGES.items() if ">>> " in text]


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


def _id(value: str) -> str:
    """A page's path, or a block's first line, as the name of a test."""
    return value.partition("\n")[0][:60]


def test_pages_are_found() -> None:
    """The README and the pages beside what they describe are all tested."""
    assert {"README.md", "convcalc/README.md", "examples/README.md", "tests/keras/README.md"} <= {*PAGES}


@pytest.mark.parametrize(("page", "part"), COMMANDS_SHOWN, ids=_id)
def test_session_prints_what_it_shows(page: str, part: str, shell: dict[str, str]) -> None:
    """Each command of a page, run in the top folder, prints exactly the lines below it."""
    command, _, shown = part.removeprefix("$ ").partition("\n")
    done = subprocess.run(["bash", "-c", f"{command} 2>&1"], cwd=ROOT, env=shell, capture_output=True, text=True)
    assert _without_blanks(done.stdout) == _without_blanks(shown)


def test_readme_opens_with_a_session() -> None:
    """A reader sees the tool at work before line 15."""
    assert "```console" in "\n".join(README.splitlines()[:14])


def test_readme_is_short() -> None:
    """The README has at most 9 KB: more belongs on a page beside what it describes."""
    assert len(README.encode()) <= 9 * 1024


@pytest.mark.parametrize(("page", "shown"), _blocks("yaml"), ids=_id)
def test_yaml_is_a_model(page: str, shown: str) -> None:
    """The YAML that a page shows is read as it is."""
    assert summarize(build(read_text(Source(page, shown)))).total_params


@pytest.mark.parametrize("page", WITH_PYTHON)
def test_python_is_true(page: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The Python examples of a page give what they show."""
    monkeypatch.chdir(ROOT)
    test = doctest.DocTestParser().get_doctest(PAGES[page], {}, page, page, 0)
    assert test.examples
    assert not doctest.DocTestRunner(optionflags=doctest.NORMALIZE_WHITESPACE).run(test).failed


def test_page_of_differences_is_current() -> None:
    """`python -m tests.keras.page` would write the page of the differences from Keras as it stands."""
    assert differences.PAGE.read_text(encoding="utf-8") == differences.text()


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


@pytest.mark.parametrize("page", PAGES)
def test_links_lead_to_files(page: str) -> None:
    """Each relative link of a page leads to a file or a folder."""
    links = re.findall(r"\]\((?!https?:|#)([^)#]+)", PAGES[page])
    assert not [link for link in links if not (ROOT / page).parent.joinpath(link).exists()]


@pytest.mark.parametrize("page", PAGES)
def test_every_page_is_linked(page: str) -> None:
    """A reader of the README finds each page: the README, or a page that the README links to, links to it."""
    assert page == "README.md" or f"]({page})" in README


def _without_blanks(text: str) -> str:
    """The text without blanks at line ends, which Markdown editors eat, and without a last empty line."""
    return "\n".join(line.rstrip() for line in text.rstrip().splitlines())
