"""Pooling beside the plain one that its kernel replaces; recurrent and attention layers beside PyTorch.

`python tests/bench/bench_layers.py`, and for PyTorch with ``--peer``, a Python that has it: one thread, medians of
processor time, both sides in turn, PyTorch in a process of its own. Ratios are the other's time over convcalc's.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

for name in ("OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "OMP_NUM_THREADS"):
    os.environ.setdefault(name, "1")
ROOT = Path(__file__).parents[2]
sys.path[:0] = [str(ROOT), str(Path(__file__).parent)]
import numpy as np  # noqa: E402
from measure import in_turn, timed  # noqa: E402

_ROUNDS = 5


class Pooled(NamedTuple):
    """A pooling layer: its kind, the input's size and channels, the window, its stride, the padding, zeros around."""

    kind: str
    size: int
    channels: int
    window: int
    stride: int
    padding: str = "valid"
    zeros: int = 0


class Timed(NamedTuple):
    """A recurrent or attention layer: its kind, the batch, the length of the sequences and of their vectors."""

    kind: str
    batch: int
    length: int
    size: int


# Of VGG16, ResNet50, Inception V3 and DenseNet.
POOLS = (
    *(Pooled("Max", *sizes, 2, 2) for sizes in ((224, 64), (112, 128), (56, 256), (28, 512), (14, 512))),
    Pooled("Max", 112, 64, 3, 2, zeros=1),
    *(Pooled("Max", *sizes, 3, 2) for sizes in ((147, 64), (71, 192), (35, 288), (17, 768))),
    *(Pooled("Average", *sizes, 3, 1, "same") for sizes in ((35, 192), (17, 768), (8, 1280))),
    *(Pooled("Average", *sizes, 2, 2) for sizes in ((56, 128), (28, 256), (14, 512))),
)
LAYERS = (
    *(
        Timed(kind, batch, 100, size)
        for kind in ("SimpleRNN", "LSTM", "GRU")
        for size in (64, 256)
        for batch in (1, 32)
    ),
    *(Timed("MultiHeadAttention", batch, length, 512) for length in (128, 512) for batch in (1, 8)),
)


def main() -> None:
    """Prints a line for each layer."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--peer", help="a Python with torch")
    given = parser.parse_args()
    for pool in POOLS:
        fast, plain = in_turn(*_pooling(pool))
        print(f"{plain / fast:6.2f}x  {fast * 1e3:9.3f} ms  {pool}")
    if given.peer:
        _beside(given.peer)


def _pooling(pool: Pooled) -> list[Callable[[], Any]]:
    """The kernel with the padding before it, and the two layers plainly."""
    import convcalc

    text = f"Input(({pool.size}, {pool.size}, {pool.channels})) | ZeroPadding2D({pool.zeros})"
    text += f" | {pool.kind}Pooling2D({pool.window}, {pool.stride}, '{pool.padding}')"
    compiled = convcalc.compile(convcalc.load(text))
    x = np.random.default_rng(0).standard_normal((1, pool.size, pool.size, pool.channels), np.float32)
    compiled(x)
    (group,) = compiled._program.groups
    kernel = compiled._program.kernel(group, {})
    assert kernel is not None
    out = np.empty([dim or 0 for dim in group.last.node.outputs[0]], np.float32)
    zeros, layer = (step.layer for step in group.steps)

    def plain() -> Any:
        return layer.apply([], zeros.apply([], x) if pool.zeros else x)

    return [partial(kernel, [x], out), plain]


def _beside(python: str) -> None:
    """The layers beside PyTorch's."""
    pipes: dict[str, Any] = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    with subprocess.Popen([python, __file__, "peer"], **pipes) as peer:
        assert peer.stdin
        assert peer.stdout
        for number, layer in enumerate(LAYERS):
            call = _compiled(layer)
            seconds: list[tuple[float, float]] = []
            for _ in range(_ROUNDS):
                print(number, file=peer.stdin, flush=True)
                seconds.append((timed(call), float(peer.stdout.readline())))
            own, other = map(statistics.median, zip(*seconds, strict=True))
            print(f"{other / own:6.2f}x  {own * 1e3:9.3f} ms  {layer}")
        peer.stdin.close()


def _compiled(layer: Timed) -> Callable[[], Any]:
    import convcalc

    options = f"num_heads: 8, key_dim: {layer.size // 8}, from: [x, x]"
    options = options if layer.kind == "MultiHeadAttention" else f"units: {layer.size}"
    text = f"inputs: {{x: [{layer.length}, {layer.size}]}}\nlayers:\n  - {{class: {layer.kind}, {options}}}\n"
    x = np.random.default_rng(0).standard_normal((layer.batch, layer.length, layer.size), np.float32)
    return partial(convcalc.compile(convcalc.load(text)), x)


def peer() -> None:
    """PyTorch's side: the seconds of the layer whose number comes on each line."""
    import torch

    torch.set_num_threads(1)
    names = {"SimpleRNN": "RNN", "MultiHeadAttention": "MultiheadAttention"}
    with torch.inference_mode():
        for line in sys.stdin:
            kind, batch, length, size = LAYERS[int(line)]
            heads = kind == "MultiHeadAttention"
            made = getattr(torch.nn, names.get(kind, kind))(size, 8 if heads else size, batch_first=True).eval()
            x = torch.randn(batch, length, size)
            print(timed(partial(made, x, x, x, need_weights=False) if heads else partial(made, x)), flush=True)


if __name__ == "__main__":
    peer() if sys.argv[1:] == ["peer"] else main()
