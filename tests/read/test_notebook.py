"""Notebooks, code in documents, IPython's commands, Python 2, broken cells, and the encodings of files."""

from __future__ import annotations

import ast
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from convcalc import summarize
from convcalc.errors import ConvcalcError, ReadError
from convcalc.read import load
from convcalc.read.code.chunks import Left, cells
from convcalc.read.code.notebook import read_notebook
from convcalc.read.code.pasted import as_code
from convcalc.read.code.rewriting import Edit, Rewritten
from convcalc.read.contents import decoded
from convcalc.source import PartedSource, Source, Span

MODEL = "model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(3)])\n"


def code(*texts: str | list[str], **about: Any) -> dict[str, Any]:
    """A notebook of nbformat 4 with these cells of code, each below a cell of text."""
    made: list[dict[str, Any]] = []
    for text in texts:
        made.append({"cell_type": "markdown", "metadata": {}, "source": ["# text"]})
        made.append({"cell_type": "code", "execution_count": None, "metadata": {}, "outputs": [], "source": text})
    return {"cells": made, "metadata": about, "nbformat": 4, "nbformat_minor": 5}


def book(*texts: str | list[str], **about: Any) -> PartedSource:
    """The code of such a notebook."""
    return read_notebook(Source("n.ipynb", json.dumps(code(*texts, **about))))


def shown(text: str) -> str:
    """The statements of a text as Python writes them."""
    return "\n".join("LEFT" if isinstance(one, Left) else ast.unparse(one) for one in cells(Source("s", text))[0].body)


def params(path: Path, content: Any) -> int | None:
    """The parameters of the model in a file of this content."""
    path.write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")
    return summarize(load(path)).total_params


def test_formats_of_notebooks(tmp_path: Path) -> None:
    """Notebooks as Jupyter, Colab, VS Code and IPython of old write them."""
    jupyter = code(["import keras\n", "units = 3"], MODEL, kernelspec={"language": "python", "name": "python3"})
    colab = code("#@title Units\nunits = 3 #@param", MODEL, colab={"provenance": []}, kernelspec={"name": "python3"})
    colab["nbformat_minor"] = 0
    vscode = code("units = 3", "echo hello", MODEL, language_info={"name": "python"})
    vscode["cells"][3]["metadata"] = {"vscode": {"languageId": "shellscript"}}
    old = {
        "metadata": {"name": ""},
        "nbformat": 3,
        "nbformat_minor": 0,
        "worksheets": [
            {
                "cells": [
                    {"cell_type": "heading", "level": 1, "source": ["Model"]},
                    {"cell_type": "code", "input": ["import keras\n", "units = 3"], "language": "python"},
                    {"cell_type": "code", "input": MODEL, "language": "python", "collapsed": False},
                    {"cell_type": "raw", "source": "model = None"},
                ]
            }
        ],
    }
    for content in (jupyter, colab, vscode, old):
        assert params(tmp_path / "n.ipynb", content) == 15


def test_an_error_names_the_cell(tmp_path: Path) -> None:
    """An error points at the cell, counted as Jupyter counts cells of code, and at its own line."""
    path = tmp_path / "n.ipynb"
    path.write_text(json.dumps(code("units = int(input())", "!pip install keras", "\n" + MODEL.replace("3", "units"))))
    with pytest.raises(ConvcalcError) as caught:
        load(path)
    first, *rest = str(caught.value).split("\n")
    assert first == f"{path}:cell 3:2:65: error: units has no value that is known here [not-a-value]"
    assert rest[0] == "    2 | model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(units)])"
    assert rest[1] == "      |                                                                 ^^^^^"
    assert rest[2].startswith("  why   cell 1, line 1: ")
    found = caught.value.to_dict()
    assert (found["cell"], found["line"], found["column"]) == (3, 2, 65)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "n.ipynb:1:1: error: this is not JSON: Expecting value [bad-json]"),
        ('{"cells": [', "n.ipynb:1:12: error: this is not JSON: Expecting value [bad-json]"),
        ("[]", "error: n.ipynb is not a Jupyter notebook [bad-json]"),
        ('{"a": 1}', "error: n.ipynb is not a Jupyter notebook [bad-json]"),
        ('{"cells": 3}', "error: n.ipynb is not a Jupyter notebook [bad-json]"),
        ('{"cells": [3]}', "error: n.ipynb is not a Jupyter notebook [bad-json]"),
        ('{"worksheets": [{}]}', "error: n.ipynb is not a Jupyter notebook [bad-json]"),
        ('{"cells": [{"cell_type": "code", "source": 3}]}', "error: n.ipynb is not a Jupyter notebook [bad-json]"),
        ("[" * 100_000, "error: n.ipynb is not a Jupyter notebook [bad-json]"),
        (json.dumps(code("x <- 3", language_info={"name": "R"})), "error: n.ipynb is a notebook in R, which is not"),
    ],
)
def test_damaged_notebooks(text: str, message: str) -> None:
    """What is no notebook is refused in one line."""
    with pytest.raises(ReadError) as caught:
        as_code(Source("n.ipynb", text), ".ipynb")
    assert str(caught.value).startswith(message)


@pytest.mark.parametrize(
    ("text", "python"),
    [
        ("%matplotlib inline\nx = 1", "pass\nx = 1"),
        ("if x:\n    %load_ext a\n    !pip install it's (\ny = 1", "if x:\n    pass\n    pass\ny = 1"),
        ("!pip install a \\\n  b\nx = 1", "pass\nx = 1"),
        ("files = !ls\nx = %timeit -o f(x)\ny = 1", "files = get_ipython()\nx = get_ipython()\ny = 1"),
        ("%time model.fit(x)\nh = %time f(x)", "model.fit(x)\nh = f(x)"),
        ("%timeit f(x)", "pass"),
        ("model?\n?model\nmodel.fit??\n%time?\nx = 1", "pass\npass\npass\npass\nx = 1"),
        ("%run helpers.py\n%run other.ipynb", "from helpers import *\npass"),
        ("%store -r a b", "a = b = get_ipython()"),
        ("x = (7\n% 4)\ny = '''\n%matplotlib\n!ls\nz?\n'''", "x = 7 % 4\ny = '\\n%matplotlib\\n!ls\\nz?\\n'"),
        ("%%time\nx = 1\n%matplotlib", "x = 1\npass"),
        ("# above\n%%time\nx = 1", "x = 1"),
        ("%%capture out\n%%time\nx = 1", "out = get_ipython()\npass\nx = 1"),
        ("%%bash\nls -l\nx = 1", ""),
        ("%%writefile a.py\nx = 1", ""),
        ("%%html\n<b>", ""),
        ("%%cython\ndef f(int x):\n    return x", "LEFT"),
        ("pip install keras", ""),
        ("  x = 1\n  if x:\n    y = 2", "x = 1\nif x:\n    y = 2"),
        ("x = await f()\nasync with a as b:\n    pass", "x = await f()\nasync with a as b:\n    pass"),
        (">>> for x in y:\n...     f(x)\n...\n3 apples\n>>> z = 1", "for x in y:\n    f(x)\nz = 1"),
        ("In [1]: x = 1\n   ...: y = 2\nOut[1]: it's", "x = 1\ny = 2"),
        ("x\u00a0=\u00a0f(\u201ca\u00a0b\u201d)\ny = 'a\u00a0b'", "x = f('a b')\ny = 'a\\xa0b'"),
    ],
)
def test_ipython(text: str, python: str) -> None:
    """IPython's own lines give way to Python that means the same to a reader of models."""
    assert shown(text) == python


def test_timeit_binds_nothing() -> None:
    """The cell of %%timeit is the body of a function, as in IPython."""
    source = book("import keras\nn = 3", "%%timeit\nn = 5", MODEL.replace("(3)", "(n)"))
    assert [type(one).__name__ for one in cells(source)[1].body] == ["FunctionDef", "Expr"]


@pytest.mark.parametrize(
    ("text", "python"),
    [
        ("print 'a %d' % n; y = 1", "(0, 'a %d' % n)\ny = 1"),
        ("if x: print x\nelse: print >>f, x,", "if x:\n    (0, x)\nelse:\n    (0, f, x)"),
        ("print 1\nprint\nprint(2)", "(0, 1)\nprint\nprint(2)"),
        ("exec 'x = 1' in d", "exec('x = 1' in d)"),
        ("try:\n    f()\nexcept (A, B), e:\n    raise C, 'd'", "try:\n    f()\nexcept (A, B) as e:\n    raise C"),
        ("x = 0777 + 10L + 0xFFL\nprint x", f"x = {0o777} + 10 + 255\n(0, x)"),
        ("x = `y` if a <> b else ur'c'", "x = repr(y) if a != b else 'c'"),
        ("if x:\n        f()\n\tg()\nprint x", "if x:\n    f()\n    g()\n(0, x)"),
    ],
)
def test_python2(text: str, python: str) -> None:
    """Statements of Python 2 are read."""
    assert shown(text) == python
    assert cells(Source("s", text))[0].is_old


def test_python2_divides_whole_numbers(tmp_path: Path) -> None:
    """10 / 4 is 2 in Python 2, which a script shows by its print, unless it asks for the division of Python 3."""
    text = "import keras\nn = 10\nprint n\n" + MODEL.replace("(3)", "(n / 4)")
    assert params(tmp_path / "a.py", text) == 10
    with pytest.raises(ConvcalcError):
        params(tmp_path / "a.py", "from __future__ import division\n" + text)


def test_places_survive_rewriting() -> None:
    """Behind a command, a name of other letters and Python 2 the places are still those of the text."""
    text = "%time é = f(x)\nx = !ls\nprint `é`, where\n  \n"
    names = {node.id: node for one in cells(Source("s", text))[0].body for node in ast.walk(one) if hasattr(node, "id")}
    for name in ("é", "f", "where"):
        node = names[name]
        line = text.split("\n")[node.lineno - 1].encode()
        assert line[node.col_offset : node.end_col_offset].decode() == name


def test_broken_cells_leave_others_alone(tmp_path: Path) -> None:
    """A cell that is not Python is left out as far as need be, and what it may have changed is not known."""
    source = book("import keras", "units = 3\nif x\n    units = 4\nother = 5", MODEL)
    made = cells(source)
    assert [bool(cell.error) for cell in made] == [False, True, False]
    assert made[1].lost == ["units"]
    assert [ast.unparse(one) for one in made[1].body if not isinstance(one, Left)] == ["units = 3", "other = 5"]
    error = made[1].error
    assert error is not None
    assert error.lineno == source.text.split("\n").index("if x") + 1
    path = tmp_path / "n.ipynb"
    assert params(path, code("import keras", "def half(x:\n    pass", MODEL)) == 15
    assert "cell 2:1" in "".join(load(path).notes)
    broken = "model.add(keras.layers.Dense(2)\nx = 3"
    for texts in ((MODEL, broken), (MODEL + broken,), (MODEL, "model = ]"), (MODEL, "for model in ]:\n  pass")):
        with pytest.raises(ConvcalcError):
            params(path, code(*texts))


def test_a_script_that_is_not_python(tmp_path: Path) -> None:
    """A script is read around code that is not Python, with a note; without a model Python's own message is given."""
    path = tmp_path / "a.py"
    assert params(path, MODEL + "def f(:\n    pass\n") == 15
    assert "a.py:2:7: this is not Python 3 and is left out (" in load(path).notes[-1]
    path.write_text(MODEL.replace("])", ""))
    with pytest.raises(ReadError) as caught:
        load(path)
    assert caught.value.code == "bad-syntax"


MARKDOWN = f"""# A model

```bash
pip install keras
```

- with code:

  ```python
  import keras
  ```

~~~ {{.python .numbered}}
{MODEL}~~~

```
Epoch 1/10
```

```
model.add(keras.layers.Dense(2))
```
"""
REST = f"""A model
=======

.. code-block:: python
   :linenos:

   import keras

.. code-block:: yaml

   model: 3

So::

    {MODEL}
Then:

>>> model.add(
...     keras.layers.Dense(2))
"""
OLD_MARKDOWN = f"""A model:

    import keras
    {MODEL}
1. And then

    not code, but an item

Text.

    model.add(keras.layers.Dense(2))
"""
TEXT = f"""Keras makes it easy: take

>>> import keras
>>> {MODEL}
and go on with

>>> model.add(keras.layers.Dense(2))
>>> model.count_params()
23
"""


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.md", MARKDOWN),
        ("a.txt", MARKDOWN),
        ("a.rst", REST),
        ("a.txt", REST),
        ("a.md", OLD_MARKDOWN),
        ("a.txt", TEXT),
    ],
)
def test_documents(tmp_path: Path, name: str, text: str) -> None:
    """The code of a document is its blocks, in whatever way it marks them."""
    assert params(tmp_path / name, text) == 23


@pytest.mark.parametrize(
    "text", [MARKDOWN, TEXT, json.dumps(code("import keras", MODEL + "model.add(keras.layers.Dense(2))"))]
)
def test_pasted_documents(text: str) -> None:
    """A document or a notebook in the place of a file is told by its content."""
    assert summarize(load(text)).total_params == 23


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.txt", MODEL + "model.add(keras.layers.Dense(2))\n"),
        ("a.txt", f'"""Text.\n\n```\nx = 1\n```\n"""\nimport keras\n{MODEL}model.add(keras.layers.Dense(2))\n'),
        ("a.txt", "input: [4]\nlayers:\n  - Dense: 3\n\n    \n  - Dense(2)\n"),
        ("a.txt", "Input((4,)) | Dense(3) | Dense(2)"),
    ],
)
def test_texts_that_are_no_documents(tmp_path: Path, name: str, text: str) -> None:
    """A script, a stack in YAML and a chain are read as before, also from a .txt."""
    assert params(tmp_path / name, text) == 23


def test_a_document_without_code(tmp_path: Path) -> None:
    """A page without Python says how to mark it."""
    with pytest.raises(ReadError, match="has no block of Python code"):
        params(tmp_path / "a.md", "# Title\n\n```yaml\nlayers: []\n```\n")


def test_encodings() -> None:
    """The encoding that one of the first two lines names is kept to; a mark of UTF-8 counts more."""
    gbk = '# -*- coding: gbk -*-\nx = "中文"\n'
    assert decoded("a.py", gbk.encode("gbk")).text == gbk
    latin = "#!/usr/bin/python\n# vim: set fileencoding=latin-1 :\nx = 'é'"
    assert decoded("a.py", latin.encode("latin-1")).text == latin
    assert decoded("a.py", ("\ufeff" + gbk).encode("utf-8")).text == gbk
    late = "x = 1\n# coding: klingon\n"
    assert decoded("a.py", late.encode()).text == late


@pytest.mark.parametrize("word", ["klingon", "rot13", "hex", "punycode", "utf-16", "unicode_escape"])
def test_unknown_encodings(word: str) -> None:
    """An encoding that is no encoding of a text is named."""
    with pytest.raises(ReadError, match=f"there is no encoding '{word}'") as caught:
        decoded("a.py", f"# coding: {word}\n".encode())
    assert str(caught.value).startswith("a.py:1:11: error: ")


def test_bytes_of_another_encoding() -> None:
    """A byte that is not of the encoding is shown, with the encoding's name."""
    with pytest.raises(ReadError) as caught:
        decoded("a.py", b'# coding: gbk\nx = "\x81"\n')
    assert str(caught.value).startswith("a.py:2:6: error: the byte 0x81 is not gbk [not-utf8]\n")


@given(st.lists(st.text(st.sampled_from("ab=1é \t\n%!?:()'\"#\\")), max_size=6))
def test_offsets_map_back(texts: list[str]) -> None:
    """Every place of every cell prints the line of the cell that it stands in."""
    source = book(*texts)
    for number, (text, (start, end)) in enumerate(zip(texts, source.parts, strict=True), 1):
        assert source.text[start:end] == text
        lines = text.split("\n")
        for at in range(len(text)):
            span = Span(source, start + at, start + at + 1)
            assert span.cell == number
            assert span.line == text.count("\n", 0, at) + 1
            assert source.line_at(start + at) == lines[span.line - 1]
    for cell in cells(source):
        for one in cell.body:
            assert 1 <= one.lineno <= source.text.count("\n") + 1


@given(st.text("ab\n", max_size=20), st.data())
def test_edits_map_back(text: str, data: st.DataObject) -> None:
    """Text that no edit touches keeps its place."""
    cuts = sorted(data.draw(st.sets(st.integers(0, len(text)), max_size=6)))
    pairs = list(zip(cuts[::2], cuts[1::2], strict=False))
    edits = [Edit(a, b, "x" * data.draw(st.integers(0, 4)) + "\n" * text.count("\n", a, b)) for a, b in pairs]
    new = Rewritten(text).edited(edits)
    for at, mark in enumerate(new.text):
        if mark not in "x\n":
            assert text[new.back(at)] == mark
            assert new.back(at + 1, True) == new.back(at) + 1
