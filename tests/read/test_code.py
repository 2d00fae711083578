"""Keras code, against what real Keras makes of the same scripts (``golden/make_code.py``), and what is refused."""

from __future__ import annotations

import json
import random
from contextlib import suppress
from pathlib import Path

import pytest

from convcalc import summarize
from convcalc.errors import ConvcalcError, ReadError
from convcalc.read import load, read_script
from convcalc.read.code import syntax
from convcalc.read.code.reader import read_code
from convcalc.script import Code
from convcalc.source import Source

ROOT = Path(__file__).parents[2]
GOLDEN = json.loads((ROOT / "tests/golden/code.json").read_text())
SETUP = "from keras import Sequential\nfrom keras.layers import *\n"


def calls(text: str) -> str:
    """The layers of a script's model, as calls."""
    return repr([node.call for node in read_code(Code(Source("script.py", SETUP + text))).nodes])


def test_every_script_has_a_golden() -> None:
    """No script escapes the comparison."""
    scripts = [*(ROOT / "tests/read/code").glob("*.py"), *(ROOT / "examples").glob("*.py")]
    assert sorted(str(path.relative_to(ROOT)) for path in scripts) == sorted(GOLDEN)


@pytest.mark.parametrize("name", GOLDEN)
def test_script_gives_keras_model(name: str) -> None:
    """The summary is, to the last character, what executing the script with Keras prints."""
    assert summarize(load(ROOT / name)).text(style="keras3").split("\n") == GOLDEN[name].split("\n")


@pytest.mark.parametrize(
    ("text", "layers"),
    [
        ("model = Sequential([Dense(3)])", "[Dense(3)]"),
        ("a = [1, 2]\nm = Sequential([Dense(a[-1] * 2 ** 3)])\na[0] = x()", "[Dense(16)]"),
        ("m = Sequential()\nfor a, b in [(1, 2), (3, 4)]:\n    m.add(Dense(a + b))", "[Dense(3), Dense(7)]"),
        ("m = Sequential([Dense(1)])\nm.summary()\nm.add(Dense(2))", "[Dense(1)]"),
        ("a = Sequential([Dense(1)])\nb = Sequential([Dense(2)])\na.summary()", "[Dense(1)]"),
        ("a = Sequential([Dense(1)])\nb = Sequential([Dense(2)])", "[Dense(2)]"),
        ("if x():\n    y = 2\nelse:\n    z = 1\nm = Sequential([Dense(1)])", "[Dense(1)]"),
        ("while x():\n    train()\nm = Sequential([Dense(1)])", "[Dense(1)]"),
        ("m = Sequential([Dense(1)])\nm(data)\ny = m.predict(data)", "[Dense(1)]"),
        ("def show(m):\n    print(m)\nm = Sequential([Dense(1)])\nn = 3", "[Dense(1)]"),
        ("m = Sequential([Dense(1)])\nm.layers.pop()", "[Dense(1)]"),  # Keras gives a copy
        ("n = 10\nn //= 3\nm = Sequential([Dense(n)])", "[Dense(3)]"),
        ("d = {'units': 4}\nm = Sequential([Dense(d['units'])])", "[Dense(4)]"),
        ("m = Sequential([Dense(int(2.5 * 2), name=f'a{1 + 1}')])", "[Dense(5, name='a2')]"),
        ("m = Sequential([Dense(i) for i in range(1, 3)])", "[Dense(1), Dense(2)]"),
        ("n = 5\na = [n for n in (1, 2)]\nm = Sequential([Dense(n)])", "[Dense(5)]"),
        ("def f(n, m=2):\n    return n if n > 9 else f(n + m)\nm = Sequential([Dense(f(1))])", "[Dense(11)]"),
        ("def f(n):\n    if n > 9:\n        return 2\n    return n\nm = Sequential([Dense(f(10))])", "[Dense(2)]"),
        ("n = 1\nwhile n < 9:\n    n *= 2\n    if n == 4:\n        break\nm = Sequential([Dense(n)])", "[Dense(4)]"),
        ("n = 1\ndef f():\n    global n\n    n = 2\nf()\nm = Sequential([Dense(n)])", "[Dense(2)]"),
        ("def f(**k):\n    return Dense(**k)\nm = Sequential([f(units=2)])", "[Dense(units=2)]"),
        ("def f(*a):\n    return [Dense(n) for n in a if n % 2]\nm = Sequential(f(1, 2, 3))", "[Dense(1), Dense(3)]"),
        ("m = Sequential()\ndef more(m):\n    m.add(Dense(1))\n    return x()\ny = more(m)", "[Dense(1)]"),
        ("d = {}\nd['n'] = 4\nm = Sequential([Dense(d.get('n', 1))])", "[Dense(4)]"),
        ("a, *b = [1, 2, 3]\nm = Sequential([Dense(sum(b) if 2 in b else a)])", "[Dense(5)]"),
        ("n = 3\ndel n\nn = (lambda a, b=2: a * b)(4)\nm = Sequential([Dense(n)])", "[Dense(8)]"),
        ("def f():\n    yield 3\nm = Sequential([Dense(*f())])", "[Dense(3)]"),
        ("m = Sequential([Dense(len(range(10 ** 12)))])", "[Dense(1000000000000)]"),
        ("units = []\nunits.append(3)\nm = Sequential([Dense(units[0]), *[ReLU()]])", "[Dense(3), ReLU()]"),
    ],
)
def test_statement(text: str, layers: str) -> None:
    """What makes the model is followed, and what does not is passed over."""
    assert calls(text) == layers


@pytest.mark.parametrize(
    "text",
    [
        "m = Sequential()\nif x():\n    m.add(Dense(1))",
        "m = Sequential()\ndef more(m):\n    m.add(Dense(x()))\nmore(m)",
        "from blocks import more\nm = Sequential()\nmore(m)",
        "m = Sequential()\nx = more(m, 3)",
        "m = Sequential()\nfor i in x():\n    m.add(Dense(1))",
        "m = Sequential()\nfor i in range(3):\n    if i > x():\n        break\n    m.add(Dense(1))",
        "a = [Dense(1)]\nwhile x():\n    a.append(Dense(2))\nm = Sequential(a)",
        "m = Sequential()\nm.add(Dense(x()))",
        "n = 3\nif x():\n    n = 4\nm = Sequential([Dense(n)])",
        "n = 3\nfor i in x():\n    n += 1\nm = Sequential([Dense(n)])",
        "m = Sequential([Dense(1)])\nm.pop(x())",
        "l = Dense(1)\nl.units = 4\nm = Sequential([l])",
        "import other as np\nm = Sequential([Dense(np.pi)])",
        "class Dense:\n    pass\nm = Sequential([Dense(1)])",
        "a = [1]\na = [a, a]\n" + "a = [a, a]\n" * 60 + "m = Sequential([Dense(a)])",
        "a = 'x'\n" + "a = a + a\n" * 60 + "m = Sequential([Dense(1, name=a)])",
        "m = Sequential()\nm.add(m)",
        "def f(n):\n    return f(n)\nm = Sequential([Dense(f(1))])",
        "def f(n):\n    return f(n - 1) + f(n - 2)\nm = Sequential([Dense(f(9))])",
        "n = 1\nwhile n > 0:\n    n += 1\nm = Sequential([Dense(n)])",
        "def f(n):\n    if x():\n        return 1\n    return n\nm = Sequential([Dense(f(2))])",
        "n = 1\ndef f():\n    global n\n    n = x()\nf()\nm = Sequential([Dense(n)])",
        "def f(a):\n    return a\nm = Sequential([Dense(f(1, 2))])",
        "class A:\n    n = x()\nm = Sequential([Dense(A.n)])",
        "m = Sequential([Dense(1, name='{:99999999999}'.format(1))])",
    ],
)
def test_what_is_not_known_is_refused(text: str) -> None:
    """A model that the script makes in ways that are not followed is an error, never a guess."""
    with pytest.raises(ReadError):
        calls(text)


def test_too_large() -> None:
    """A script has a stated size."""
    with pytest.raises(ReadError) as caught:
        read_code(Code(Source("s.py", "#" * (syntax.MOST_CHARACTERS + 1))))
    assert caught.value.code == "too-large"


@pytest.mark.parametrize("nested", ["-" * 100_000 + "1", "(" * 300 + ")" * 300, "x" + ".x" * 50_000])
def test_deep_nesting(nested: str) -> None:
    """However deep an expression is nested, there is an error and no crash."""
    with pytest.raises(ReadError):
        calls(f"m = Sequential([Dense({nested})])")


def test_recursion_that_nobody_knows_the_end_of() -> None:
    """A function that calls itself twice behind a condition that is not known is not followed into all its calls."""
    text = (
        "def tree(x, n):\n    if n == 0 or n == size:\n        return x\n"
        "    return Add()([tree(x, n - 1), tree(x, n - 1)])\n"
    )
    with pytest.raises(ConvcalcError) as caught:
        load(f"import keras\nfrom keras.layers import *\n{text}i = Input((4,))\nm = keras.Model(i, tree(i, 40))")
    assert caught.value.code == "not-a-value"
    assert "size" in str(caught.value)


def test_inline_code() -> None:
    """A text with statements is code, wherever it comes from; line breaks alone make a stack."""
    assert isinstance(read_script("from keras import *\nm = Sequential([Flatten()])"), Code)
    assert isinstance(read_script("m = Sequential([Flatten()])"), Code)
    assert repr(read_script("Flatten()\nDense(\n units=1)").layers) == "[Flatten(), Dense(units=1)]"
    assert repr(read_script("# import\nlayers:\n- Flatten()\n").layers) == "[Flatten()]"


@pytest.mark.parametrize("name", GOLDEN)
def test_damaged_scripts(name: str) -> None:
    """A script with parts missing is read or refused; nothing else happens."""
    text = (ROOT / name).read_text()
    rng = random.Random(name)
    for _ in range(60):
        start = rng.randrange(len(text))
        with suppress(ConvcalcError):
            load("import keras\n" + text[:start] + text[start + rng.randrange(1, 40) :])
