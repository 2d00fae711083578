"""How long code takes to read: a script of 1,000 lines beside Python's own parser, and code without an end.

Run with convcalc's interpreter: `python tests/bench/bench_read.py`. Both sides run in turn; the figures are medians.
"""

from __future__ import annotations

import ast
import contextlib
import statistics
import time
from collections.abc import Callable

from convcalc import load
from convcalc.errors import ConvcalcError

ROUNDS = 7
HEAD = "import numpy as np\nimport keras\nfrom keras import layers, Input, Model, Sequential\n"
BLOCK = '''
def block_{k}(x, filters={n}, stride=1):
    """A residual block."""
    shortcut = x
    x = layers.Conv2D(filters, 3, strides=stride, padding="same")(x)
    x = layers.BatchNormalization()(x)
    x = layers.Activation("relu")(x)
    if stride != 1 or shortcut.shape[-1] != filters:
        shortcut = layers.Conv2D(filters, 1, strides=stride)(shortcut)
    x = layers.add([x, shortcut])
    return layers.Activation("relu")(x)


def plot_{k}(history):
    plt.figure(figsize=(10, 5))
    for name, values in history.items():
        plt.plot(range(len(values)), values, label=name)
    plt.show()


config_{k} = {{"batch": 32, "epochs": {k}, "sizes": [1, 2, 3]}}
steps_{k} = config_{k}["batch"] * sum(config_{k}["sizes"])
'''
ENDLESS = {
    "a loop that makes layers": "x = Input((3,))\nwhile True:\n    x = layers.Dense(3)(x)\n",
    "a loop that makes models": "while True:\n    m = Sequential([Input((3,)), layers.Dense(3)])\n",
    "a loop that counts": "n = 0\nwhile True:\n    n += 1\nm = Sequential([Input((3,)), layers.Dense(n)])\n",
    "calls that double": "def f(n):\n    if n < 2:\n        return 1\n    return f(n - 1) + f(n - 2)\n"
    "m = Sequential([Input((3,)), layers.Dense(f(40))])\n",
    "a tree of layers": "def tree(x, n):\n    if n == 0:\n        return layers.Dense(2)(x)\n"
    "    return layers.Add()([tree(x, n - 1), tree(x, n - 1)])\ni = Input((3,))\nm = Model(i, tree(i, 30))\n",
}


def script() -> str:
    """About 1,000 lines: blocks of a network, plots, configurations, and a model of five of the blocks."""
    text = HEAD + "".join(BLOCK.format(k=k, n=8 + k % 8) for k in range(45))
    calls = "".join(f"x = block_{k}(x)\n" for k in range(5))
    return f"{text}i = x = Input((64, 64, 3))\n{calls}m = Model(i, layers.Dense(10)(x))\nm.summary()\n"


def seconds(work: Callable[[], object]) -> float:
    """How long a call takes; an error of convcalc's ends it, too."""
    begin = time.perf_counter()
    with contextlib.suppress(ConvcalcError):
        work()
    return time.perf_counter() - begin


def main() -> None:
    """Prints the figures."""
    text = script()
    load(text)  # imports
    ours, theirs = [], []
    for _ in range(ROUNDS):
        ours.append(seconds(lambda: load(text)))
        theirs.append(seconds(lambda: ast.parse(text)))
    mine, parser = statistics.median(ours), statistics.median(theirs)
    print(f"{text.count(chr(10)):,} lines: {mine:.3f} s, Python's parser {parser:.3f} s, ratio {mine / parser:.1f}")
    for name, code in ENDLESS.items():
        print(f"{name}: {seconds(lambda code=code: load(HEAD + code)):.2f} s until it is refused")


if __name__ == "__main__":
    main()
