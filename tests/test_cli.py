"""The command line: status, what goes where, files, pipes, colors."""

from __future__ import annotations

import json
import os
import pty
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[1]
EXAMPLES = ROOT / "examples"
CONV = ("Conv1D(2, 4, use_bias=False)", "-s", "10,3")
CLEAN = {name: value for name, value in os.environ.items() if name not in ("NO_COLOR", "FORCE_COLOR", "COLUMNS")}


def convcalc(
    *arguments: str, cwd: Path = ROOT, stdin: str | None = None, **env: str
) -> subprocess.CompletedProcess[str]:
    """Runs the command line; standard input is empty unless given."""
    given: dict[str, Any] = {"stdin": subprocess.DEVNULL} if stdin is None else {"input": stdin}
    command = [sys.executable, "-m", "convcalc", *arguments]
    environment = {**CLEAN, "PYTHONPATH": str(ROOT), **env}
    return subprocess.run(command, cwd=cwd, env=environment, capture_output=True, text=True, **given)


def listens() -> None:
    """Lets a new process be interrupted, also where the tests themselves run in the background and cannot be."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def test_a_table_goes_to_standard_output() -> None:
    """A summary that works is all on standard output, with status 0."""
    done = convcalc("summary", *CONV)
    assert (done.returncode, done.stderr) == (0, "")
    assert "conv1d (Conv1D)" in done.stdout


@pytest.mark.parametrize(
    "arguments",
    [
        ("summary", "Conv1D(2, 4)", "-s", "ten"),
        ("summary", "nothing.yaml"),
        ("summary", "Conv1D(2)", "-s", "10,3"),
        ("summary", *CONV, "--style", "modern"),
        ("summary", *CONV, "-o", "no/such/folder/x.json"),
        ("run", *CONV, "--input", "missing.npy"),
        ("run", *CONV, "--weights", "[["),
        ("run", *CONV, "--layer", "conv2d"),
        ("run", "Conv1D(2, 4)"),
        ("run", "Conv2D(100000, 3)", "-s", "5000,5000,3"),
        ("explain", "Conv1D(2, 4)"),
        ("explain", *CONV, "--layer", "conv2d"),
        ("layers", "Conv4D"),
        ("sumary",),
        ("summary", "--frobnicate"),
    ],
    ids=" ".join,
)
@pytest.mark.parametrize("form", ["text", "json"])
def test_what_is_wrong_ends_with_status_2(arguments: tuple[str, ...], form: str) -> None:
    """A wrong command line or model gives one clear error on standard error, and nothing else."""
    done = convcalc(*arguments, *(("-f", "json") if form == "json" else ()))
    assert (done.returncode, done.stdout) == (2, "")
    assert "Traceback" not in done.stderr
    if form == "json":
        error = json.loads(done.stderr)["error"]
        assert set(error) >= {"code", "message", "file", "line", "column", "layer", "why", "help"}
    else:
        assert "error: " in done.stderr.partition("\n")[0]


@pytest.mark.parametrize(
    "options", [("--columns", "nmae"), ("--layer-range", "a", "b"), ("--line-length", "7", "--style", "keras3")]
)
def test_what_a_table_cannot_show_ends_with_status_2(options: tuple[str, ...]) -> None:
    """Options that a table cannot follow are errors too."""
    done = convcalc("summary", *CONV, *options)
    assert (done.returncode, done.stdout) == (2, "")
    assert "error: " in done.stderr.partition("\n")[0]


def test_several_models_make_one_json_line_each() -> None:
    """Models are summarised in order, one JSON object on a line."""
    done = convcalc("summary", "examples/conv1d.yaml", "examples/lenet.yaml", "-f", "json")
    assert [json.loads(line)["name"] for line in done.stdout.splitlines()] == ["sequential", "lenet"]


@pytest.mark.parametrize(
    "text",
    [
        (EXAMPLES / "conv1d.yaml").read_text(),
        '{"input": [10, 3], "layers": [{"Conv1D": {"filters": 2, "kernel_size": 4, "use_bias": false}}]}',
        "Input((10, 3)) | Conv1D(2, 4, use_bias=False)",
    ],
    ids=["yaml", "json", "inline"],
)
def test_standard_input_is_told_apart_by_content(text: str) -> None:
    """YAML, JSON and inline text all come through a pipe, with and without `-`."""
    for model in ((), ("-",)):
        done = convcalc("summary", *model, "-f", "csv", "--columns", "params", stdin=text)
        assert (done.stdout, done.stderr) == ("params\n24\n", "")


def test_model_yaml_is_the_default(tmp_path: Path) -> None:
    """Without a model, model.yaml in the current folder is read; without that, the ways to give one are shown."""
    assert "model.yaml" in convcalc("summary", cwd=tmp_path).stderr
    (tmp_path / "model.yaml").write_text((EXAMPLES / "conv1d.yaml").read_text())
    assert "conv1d (Conv1D)" in convcalc("summary", cwd=tmp_path).stdout


def test_output_file_takes_its_format_from_its_ending(tmp_path: Path) -> None:
    """`-o` writes the format that the file's ending names, and nothing to standard output."""
    done = convcalc("summary", *CONV, "-o", str(tmp_path / "s.json"))
    assert (done.returncode, done.stdout) == (0, "")
    assert json.loads((tmp_path / "s.json").read_text())["total_params"] == 24


def test_a_failed_write_leaves_the_old_file(tmp_path: Path) -> None:
    """When a model is wrong, the output file stays as it was."""
    old = tmp_path / "s.json"
    old.write_text("old")
    assert convcalc("summary", "Conv1D(2, 40)", "-s", "10,3", "-o", str(old)).returncode == 2
    assert old.read_text() == "old"
    assert list(tmp_path.iterdir()) == [old]


def test_run_writes_arrays(tmp_path: Path) -> None:
    """`run -o` writes what the JSON shows."""
    import numpy as np

    assert convcalc("run", *CONV, "-o", str(tmp_path / "y.npy")).stdout == ""
    shown = convcalc("run", *CONV, "-f", "json")
    values = json.loads(shown.stdout)["outputs"][0]["values"]
    np.testing.assert_array_equal(np.load(tmp_path / "y.npy"), np.array(values, "float32"))


@pytest.mark.parametrize(
    ("options", "env", "threads"),
    [([], {}, "1"), ([], {"OPENBLAS_NUM_THREADS": "2"}, "2"), (["--threads", "3"], {}, "1")],
)
def test_run_limits_threads_before_numpy_is_loaded(options: list[str], env: dict[str, str], threads: str) -> None:
    """NumPy's own products run in one thread, or in as many as the environment says; --threads shares out blocks."""
    code = (
        "import os, sys; import convcalc.cli; assert 'numpy' not in sys.modules;"
        "convcalc.cli.run(sys.argv[1:]); print(os.environ['OPENBLAS_NUM_THREADS'])"
    )
    unset = {name: value for name, value in CLEAN.items() if not name.endswith("_NUM_THREADS")}
    command = [sys.executable, "-c", code, "run", *CONV, *options]
    done = subprocess.run(command, cwd=ROOT, env={**unset, **env}, capture_output=True, text=True)
    assert done.stdout.splitlines()[-1] == threads


def test_run_notes_what_json_cannot_hold() -> None:
    """NaN becomes null in valid JSON, and a note on standard error says so."""
    done = convcalc("run", "Activation('exponential')", "-s", "2", "--input", "[[1000, 0]]", "-f", "json")
    assert json.loads(done.stdout)["outputs"][0]["values"] == [[None, 1.0]]
    assert done.stderr.startswith("note:")


def test_a_closed_pipe_ends_quietly() -> None:
    """`convcalc … | head` says nothing about the closed pipe."""
    layers = " | ".join(["Conv1D(8, 3, padding='same')"] * 400)
    command = f'{sys.executable} -m convcalc summary "$0" -s 10,3 | head -1'
    done = subprocess.run(["bash", "-c", command, layers], cwd=ROOT, capture_output=True, text=True)
    assert (done.stdout, done.stderr) == ('Model: "sequential"\n', "")


def test_an_interrupt_ends_with_status_130() -> None:
    """Ctrl-C during a run ends without a traceback, with status 130."""
    command = [sys.executable, "-m", "convcalc", "run", "examples/vgg16.yaml", "--batch-size", "64", "--force"]
    pipes: dict[str, Any] = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    process = subprocess.Popen(command, cwd=ROOT, preexec_fn=listens, **pipes)
    assert process.stderr
    assert process.stderr.readline().startswith("time: ")  # the run is about to begin
    process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=60)
    assert process.returncode == 130
    assert "Traceback" not in said


@pytest.mark.parametrize(
    ("options", "env", "colored"),
    [
        ((), {}, False),
        ((), {"FORCE_COLOR": "1"}, True),
        (("--color",), {}, True),
        (("--no-color",), {"FORCE_COLOR": "1"}, False),
        ((), {"FORCE_COLOR": "1", "NO_COLOR": "1"}, False),
    ],
)
def test_colors_are_as_asked(options: tuple[str, ...], env: dict[str, str], colored: bool) -> None:
    """A pipe gets no colors unless asked; NO_COLOR wins over FORCE_COLOR, an option over both."""
    assert ("\x1b[" in convcalc("summary", *CONV, *options, **env).stdout) == colored


@pytest.mark.parametrize(
    ("env", "colored"),
    [
        ({"TERM": "xterm-256color"}, True),
        ({"TERM": "dumb"}, False),
        ({"TERM": "unknown"}, False),
        ({"TERM": "dumb", "FORCE_COLOR": "1"}, True),
        ({"TERM": "xterm-256color", "NO_COLOR": "1"}, False),
    ],
)
def test_a_terminal_gets_colors(env: dict[str, str], colored: bool) -> None:
    """On a terminal the table is colored, unless the terminal is a dumb one, or NO_COLOR is set."""
    screen, terminal = pty.openpty()
    command = [sys.executable, "-m", "convcalc", "summary", *CONV]
    subprocess.run(command, cwd=ROOT, env={**CLEAN, **env}, stdout=terminal, stdin=terminal)
    assert (b"\x1b[" in os.read(screen, 100_000)) == colored


def test_a_long_run_shows_its_progress() -> None:
    """On a terminal's standard error a run of over a second shows a bar, and gives the cursor back after Ctrl-C."""
    screen, terminal = pty.openpty()
    command = [sys.executable, "-m", "convcalc", "run", "examples/vgg16.yaml", "--batch-size", "16", "--force"]
    environment = {**CLEAN, "TERM": "xterm-256color"}
    pipes: dict[str, Any] = {"stdout": subprocess.DEVNULL, "stderr": terminal}
    process = subprocess.Popen(command, cwd=ROOT, env=environment, preexec_fn=listens, **pipes)
    shown = b""
    while b"max_pooling2d" not in shown:  # the bar names the layer that is done
        shown += os.read(screen, 10_000)
    process.send_signal(signal.SIGINT)
    assert process.wait(timeout=60) == 130
    while b"\x1b[?25h" not in shown:  # shows the cursor
        shown += os.read(screen, 10_000)
    assert "━".encode() in shown


def test_input_options_replace_what_the_model_says() -> None:
    """`-s`, `--batch-size`, `--no-bias` and `--data-format` change the model that is read."""
    done = convcalc("summary", "examples/mnist.yaml", "-s", "3x30x40", "--batch-size", "4", "--no-bias",
                    "--data-format", "channels_first", "-f", "json")  # fmt: skip
    summary = json.loads(done.stdout)
    assert summary["inputs"][0]["shape"] == [4, 3, 30, 40]
    assert summary["layers"][0]["output_shape"] == [4, 16, 26, 36]
    assert [weight["name"] for layer in summary["layers"] for weight in layer["weights"]] == ["kernel", "kernel"]
