"""The compute core beside PyTorch, ONNX Runtime, TensorFlow and Keras: `python tests/bench/bench_run.py`.

Installs them into an environment of its own, for as long as it runs, or in ``--venv`` for longer; or uses the Pythons
that ``--peers`` and ``--keras`` name. Both sides run in turn, each in a process of its own: medians of processor time
for one thread, of wall time for more. Ratios are the other's time over convcalc's: above 1, convcalc is ahead.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import venv
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import IO, Any, NamedTuple

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
sys.path[:0] = [str(ROOT), str(HERE)]
import network  # noqa: E402
import numpy as np  # noqa: E402
from measure import cold, table  # noqa: E402

# How far outputs may be apart, of the largest.
_NEAR = 1e-3
_LAYER = "input: [{0}, {0}, {1}]\nlayers:\n  - Conv2D({2}, {3}, padding='same', activation='relu')\n"
# Height and width, channels, filters.
_THREE = ((224, 64, 64), (112, 128, 128), (56, 64, 64), (56, 256, 256), (28, 512, 512), (14, 512, 512))
_ONE = ((56, 64, 256), (56, 256, 64), (28, 512, 128), (14, 1024, 256), (7, 2048, 512), (112, 16, 96), (14, 576, 96))
_KERAS = """
import keras, numpy
x = numpy.ones((1, 224, 224, 3), "float32")
print(keras.applications.{}(weights=None).predict(x, verbose=0))
"""
_ONCE = "import sys; sys.path.insert(0, {!r}); import worker; worker.once({!r}, {!r})"
_APPLICATIONS = {"resnet50": "ResNet50", "vgg16": "VGG16", "mobilenetv2": "MobileNetV2"}


class Case(NamedTuple):
    """A row of a table: what it is called, the model, and the batch."""

    name: str
    model: str
    batch: int = 1


LAYERS = [
    Case(f"{size}x{size} {taps}x{taps} {channels}->{filters}", _LAYER.format(size, channels, filters, taps))
    for taps, layers in ((3, _THREE), (1, _ONE))
    for size, channels, filters in layers
]
NETWORKS = [
    Case("VGG16", str(ROOT / "examples/vgg16.yaml")),
    Case("ResNet50", str(ROOT / "examples/resnet50.yaml")),
    Case("ResNet50, batch 8", str(ROOT / "examples/resnet50.yaml"), 8),
    Case("MobileNetV2", str(ROOT / "examples/mobilenetv2.yaml")),
]


def main() -> None:
    """Prints the tables."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    tables = {"layers": _layers, "networks": _networks, "cold": _cold, "memory": _memory}
    parser.add_argument("tables", nargs="*", help=f"of {', '.join(tables)}; all")
    parser.add_argument("--peers", help="a Python with torch, onnx and onnxruntime")
    parser.add_argument("--keras", help="a Python with keras and tensorflow")
    parser.add_argument("--venv", help="the folder of the environment to make, or to use again")
    parser.add_argument("--rounds", type=int, default=11)
    parser.add_argument("--threads", type=int, nargs="*", default=[1, 2])
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        if not (given.peers and given.keras):
            made = _environment(Path(given.venv or Path(folder, "venv")))
            given.peers, given.keras = given.peers or made, given.keras or made
        given.folder = Path(folder)
        for name in given.tables or tables:
            tables[name](given)


def _environment(folder: Path) -> str:
    """The Python of an environment with the peers, made where there is none."""
    python = folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    if not python.exists():
        venv.create(folder, with_pip=True)
    subprocess.run([python, "-m", "pip", "install", "-q", "-r", HERE / "requirements.txt"], check=True)
    return str(python)


def _layers(given: argparse.Namespace) -> None:
    for threads in given.threads:
        _title("layers", threads)
        names = ("convcalc", "torch", "onnxruntime", "tensorflow")
        _print_rows(LAYERS, _measured(given, LAYERS, names, threads))


def _networks(given: argparse.Namespace) -> None:
    for threads in given.threads:
        names = ("convcalc", "torch", "onnxruntime", "tensorflow", "keras")
        _title("networks", threads)
        for case in NETWORKS:
            _print_rows([case], _measured(given, [case], names, threads))


def _title(what: str, threads: int) -> None:
    load = os.getloadavg()[0]
    time = "processor" if threads == 1 else "wall"
    print(
        f"\n{what}, {threads} thread{'s' * (threads > 1)}: milliseconds ({time}), and ratios; load average {load:.1f}"
    )


def _print_rows(cases: Sequence[Case], times: dict[str, list[float]]) -> None:
    peers = list(times)[1:]
    for number, case in enumerate(cases):
        own = times["convcalc"][number]
        each = (f"{name} {times[name][number] * 1e3:.2f} ({times[name][number] / own:.2f}x)" for name in peers)
        print(f"{case.name:<24} {own * 1e3:9.2f}  {'  '.join(each)}", flush=True)


def _measured(
    given: argparse.Namespace, cases: Sequence[Case], names: Sequence[str], threads: int
) -> dict[str, list[float]]:
    """Median seconds of every case by engine."""
    folders = [_written(given, case) for case in cases]
    with ExitStack() as stack:
        workers = {name: stack.enter_context(_worker(given, name, folders, threads)) for name in names}
        for folder in folders:
            _check(folder, names)
        return {
            name: [statistics.median(column) for column in columns]
            for name, columns in _rounds(workers, len(cases), given.rounds, wall=threads > 1).items()
        }


def _written(given: argparse.Namespace, case: Case) -> Path:
    """The folder of a case's network."""
    folder: Path = given.folder / case.name.replace(">", "").replace(" ", "_")
    if not folder.exists():
        network.write(case.model, case.batch, folder)
        code = f"import sys, pathlib; sys.path.insert(0, {str(HERE)!r}); import peers"
        subprocess.run([given.peers, "-c", f"{code}; peers.write_onnx(pathlib.Path({str(folder)!r}))"], check=True)
    return folder


@contextmanager
def _worker(
    given: argparse.Namespace, engine: str, folders: Sequence[Path], threads: int
) -> Iterator[subprocess.Popen[str]]:
    """An engine's process, ready."""
    command = [_python(given, engine), str(HERE / "worker.py"), engine, str(threads), *map(str, folders)]
    pipes: dict[str, Any] = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.DEVNULL}
    with subprocess.Popen(command, **pipes, text=True, env=_limited(engine, threads)) as process:
        _ask(process, "")
        yield process
        _pipe(process.stdin).close()


def _python(given: argparse.Namespace, engine: str) -> str:
    pythons = {"convcalc": sys.executable, "torch": given.peers, "onnxruntime": given.peers}
    return str(pythons.get(engine, given.keras))


def _limited(engine: str, threads: int) -> dict[str, str]:
    """The environment: convcalc shares out blocks by itself, whose products run in one thread."""
    inside = 1 if engine == "convcalc" else threads
    names = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS")
    return {**os.environ, **dict.fromkeys(names, str(inside)), "TF_CPP_MIN_LOG_LEVEL": "3"}


def _ask(process: subprocess.Popen[str], line: str) -> str:
    """The answer to a line."""
    if line:
        print(line, file=_pipe(process.stdin), flush=True)
    answer = _pipe(process.stdout).readline()
    if not answer:
        sys.exit(f"failed: {process.args}")
    return answer


def _pipe(pipe: IO[str] | None) -> IO[str]:
    assert pipe is not None
    return pipe


def _check(folder: Path, names: Sequence[str]) -> None:
    """Ends the measurement where outputs differ."""
    own = np.load(folder / "convcalc.npy")
    for name in names:
        apart = np.abs(np.load(folder / f"{name}.npy") - own).max() / np.abs(own).max()
        if not apart <= _NEAR:
            sys.exit(f"{folder.name}: {name} differs by {apart:.1e} of the largest output")


def _rounds(
    workers: dict[str, subprocess.Popen[str]], cases: int, rounds: int, *, wall: bool
) -> dict[str, list[list[float]]]:
    seconds: dict[str, list[list[float]]] = {name: [[] for _ in range(cases)] for name in workers}
    for _ in range(rounds):
        for number in range(cases):
            for name, worker in workers.items():
                seconds[name][number].append(float(_ask(worker, str(number)).split()[wall]))
    return seconds


def _cold(given: argparse.Namespace) -> None:
    print("\nwhole commands from cold, random weights on ones")
    os.environ.update(PYTHONPATH=str(ROOT), TF_CPP_MIN_LOG_LEVEL="3")
    for name, application in _APPLICATIONS.items():
        run = ["-m", "convcalc", "run", str(ROOT / f"examples/{name}.yaml"), "--weights", "random"]
        commands = {
            f"convcalc run {name}.yaml": [sys.executable, *run],
            f"Keras, {application}": [given.keras, "-c", _KERAS.format(application)],
        }
        print(table(cold(commands, max(given.rounds // 3, 1)), next(iter(commands))), end="\n\n", flush=True)


def _memory(given: argparse.Namespace) -> None:
    print("\nwhole processes that compute once: MiB at the peak")
    for case in (case for case in NETWORKS if case.batch == 1):
        folder = str(_written(given, case))
        names = ("convcalc", "onnxruntime", "torch")
        commands = {
            f"{case.name}, {name}": [_python(given, name), "-c", _ONCE.format(str(HERE), name, folder)]
            for name in names
        }
        print(table(cold(commands, 1), f"{case.name}, convcalc"), end="\n\n", flush=True)


if __name__ == "__main__":
    main()
