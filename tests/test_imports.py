"""The rooms of the house: imports point up one list, no circles, files are small, a cold start is light."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[1] / "convcalc"
# Each room may import the rooms above it, and itself.
ROOMS = (
    "sizes", "source", "errors", "script", "files", "lazy", "compute", "declare", "layers", "applications", "stack",
    "summary", "execute", "tools", "read", "write", "cli", "__main__",
)  # fmt: skip
FILES = sorted(PACKAGE.rglob("*.py"))


def room(path: Path) -> str:
    """The room a file is in: its module, or its folder, below the package."""
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def imported(tree: ast.AST) -> Iterator[str]:
    """The rooms that a file imports from."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module == "convcalc":
            yield from (alias.name for alias in node.names if not alias.name.startswith("__"))
        elif isinstance(node, ast.ImportFrom) and (node.module or "").startswith("convcalc."):
            yield (node.module or "").split(".")[1]
        elif isinstance(node, ast.Import):
            yield from (alias.name.split(".")[1] for alias in node.names if alias.name.startswith("convcalc."))


def test_every_file_has_its_room() -> None:
    """The list of rooms is the package's own."""
    assert {room(path) for path in FILES} == {*ROOMS, "__init__"}


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_imports_point_up(path: Path) -> None:
    """A file imports only from rooms above its own."""
    here = room(path)
    if here == "__init__":
        return
    for there in imported(ast.parse(path.read_text(encoding="utf-8"))):
        assert ROOMS.index(there) <= ROOMS.index(here), f"{here} imports {there}"


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_files_and_functions_are_small(path: Path) -> None:
    """No file has over 400 lines, and no function over 30 lines of code below its docstring."""
    text = path.read_text(encoding="utf-8")
    assert len(text.splitlines()) <= 400
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef):
            body = node.body[1:] if ast.get_docstring(node) and len(node.body) > 1 else node.body
            length = (body[-1].end_lineno or 0) - body[0].lineno + 1
            assert length <= 30, f"{node.name} has {length} lines"


def test_there_are_few_rooms() -> None:
    """A newcomer can keep the rooms in mind: there are at most 18."""
    assert len(ROOMS) <= 18


def test_no_name_is_in_two_rooms() -> None:
    """A file's name says which file is meant: no two rooms have a file of one name."""
    homes: dict[str, set[str]] = {}
    for path in FILES:
        homes.setdefault(path.name, set()).add(room(path))
    assert not {name: rooms for name, rooms in homes.items() if len(rooms) > 1 and name != "__init__.py"}


def module_of(path: Path) -> str:
    """The dotted name under which a file is imported."""
    return ".".join(path.relative_to(PACKAGE.parent).with_suffix("").parts).removesuffix(".__init__")


MODULES = {module_of(path): path for path in FILES}


def imports_at_load(path: Path) -> Iterator[str]:
    """The modules of the package that a file imports while it is loaded: those above all functions."""
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.ImportFrom) and node.module:
            inside = [f"{node.module}.{alias.name}" for alias in node.names]
            yield from ({node.module, *inside} & {*MODULES}) - {module_of(path)}


def test_nothing_goes_in_circles() -> None:
    """No module imports itself by way of others while it is loaded."""
    # A package's own file may be reached from its modules: `from convcalc.read import detect` asks for detect alone.
    edges = {
        name: {one for one in imports_at_load(path) if not name.startswith(f"{one}.")} for name, path in MODULES.items()
    }
    while free := {name for name, needed in edges.items() if not needed}:
        edges = {name: needed - free for name, needed in edges.items() if name not in free}
    assert not edges


CLASSES = {
    node.name: ([base.id for base in node.bases if isinstance(base, ast.Name)], path)
    for path in FILES
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
    if isinstance(node, ast.ClassDef)
}


def depth(name: str) -> int:
    """How many classes of the package stand above a class, itself included."""
    return 1 + max((depth(base) for base in CLASSES[name][0] if base in CLASSES and base != name), default=0)


def test_inheritance_is_shallow() -> None:
    """A layer is a kind of a family of layers, and no class has more above it than that."""
    assert not {name: depth(name) for name in CLASSES if depth(name) > 1 + 3}


def test_no_method_waits_for_a_descendant() -> None:
    """A class works by itself: what only its descendants could do is no method of it."""
    waiting = [path.name for path in FILES if "raise NotImplementedError" in path.read_text(encoding="utf-8")]
    assert not waiting


HEAVY = ("numpy", "rich", "inspect", "dataclasses")


def loaded(code: str) -> set[str]:
    """The heavy modules that a fresh interpreter has loaded after ``code``."""
    script = f"import sys\n{code}\nprint(*(name for name in {HEAVY!r} if name in sys.modules))"
    run = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, cwd=PACKAGE.parent, check=True)
    return set(run.stdout.split())


def test_import_is_light() -> None:
    """`import convcalc` loads neither NumPy nor rich, nor what dataclasses need."""
    assert not loaded("import convcalc")


def test_summary_is_light() -> None:
    """Nor does the summary of a stack in numbers, from text to a dict."""
    model = "convcalc.load('Conv2D(4, 3) | Flatten | Dense(2)', input_shape=(9, 9, 1))"
    assert not loaded(f"import convcalc; convcalc.summarize({model}).to_dict()")
