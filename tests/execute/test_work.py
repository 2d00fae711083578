"""The time of a run, estimated before it starts."""

from __future__ import annotations

import os
import pty
import signal
import subprocess
import sys
import time

import pytest

import convcalc
from convcalc.cli import run as main
from convcalc.errors import RunError
from convcalc.execute.plan import work
from tests.test_cli import CLEAN, ROOT, listens
from tests.test_cli import convcalc as command

HUGE = "Dense(10**6) | Dense(10**6)"


def test_hours_of_work_are_refused_at_once() -> None:
    """A run that would take hours is refused within seconds, and says how much work it is."""
    start = time.monotonic()
    done = command("run", HUGE, "-s", "10")
    assert time.monotonic() - start < 30
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.split("\n") == [
        "error: the run takes about 1.4 hours [too-long]",
        "  why   1,000,010,000,000 random values are to be drawn, "
        "and 1,000,010,000,000 multiply-accumulates to be made for each sample",
        "  help  make the model, the input or the batch smaller; --force (force=True) runs it all the same",
        "",
    ]


@pytest.mark.parametrize("options", [{"force": True}, {"weights": "ones"}])
def test_a_run_is_told_its_time_before_it_starts(options: dict[str, object]) -> None:
    """``expect`` gets the seconds before anything is computed; equal weights take no time to draw."""

    class ToldError(Exception):
        """Ends the run."""

    def expect(seconds: float) -> None:
        raise ToldError(seconds)

    with pytest.raises(ToldError) as caught:
        convcalc.run(convcalc.load(HUGE, input_shape=(10,)), expect=expect, **{"force": True, **options})  # type: ignore[arg-type]
    assert (caught.value.args[0] > work.ABSURD) == ("weights" not in options)


def test_what_takes_long_grows_with_the_work() -> None:
    """A larger batch, random weights and an orthogonal matrix take longer; more threads less."""
    told: list[float] = []

    def seconds(model: str = "Dense(50)", **options: object) -> float:
        convcalc.run(convcalc.load(model, input_shape=(40,), batch_size=options.pop("batch_size", 1)),  # type: ignore[arg-type]
                     expect=told.append, **options)  # type: ignore[arg-type]  # fmt: skip
        return told[-1]

    plain = seconds()
    assert plain < seconds(batch_size=7)
    assert seconds(weights="ones") < plain < seconds("Dense(50, kernel_initializer='orthogonal')")
    assert seconds(threads=2) == plain / 2


def test_absurd_work_is_refused_unless_forced(monkeypatch: pytest.MonkeyPatch) -> None:
    """The limit holds for the library too; ``force`` runs all the same."""
    stack = convcalc.load("Dense(3)", input_shape=(4,))
    monkeypatch.setattr(work, "ABSURD", 0)
    with pytest.raises(RunError) as caught:
        convcalc.run(stack)
    assert caught.value.code == "too-long"
    assert convcalc.run(stack, force=True).outputs[0].shape == (1, 3)


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (61, "61 seconds"),
        (100, "2 minutes"),
        (5000, "1.4 hours"),
        (200_000, "2.3 days"),
        (1e10, "317 years"),
        (12, "12 seconds"),
    ],
)
def test_times_are_shown_in_the_unit_that_suits_them(seconds: float, text: str) -> None:
    """Seconds and minutes are whole, hours and days have a decimal."""
    assert work.show(seconds) == text


def test_a_long_run_is_announced(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """The command says on standard error how long a run takes, and `--strict` does not mind."""
    monkeypatch.setattr(work, "LONG", 0)
    assert main(["run", "Dense(3)", "-s", "4", "--strict"]) == 0
    assert capsys.readouterr().err == "time: the run takes about 0 seconds\n"


def test_a_bar_shows_while_one_layer_takes_long() -> None:
    """On a terminal a bar and the time show before the first layer is done."""
    screen, terminal = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "convcalc", "run", HUGE, "-s", "10", "--force"],
        env={**CLEAN, "TERM": "xterm-256color", "PYTHONPATH": str(ROOT)}, stdout=subprocess.DEVNULL, stderr=terminal,
        preexec_fn=listens,
    )  # fmt: skip
    shown = b""
    while b"0:00:0" not in shown:
        shown += os.read(screen, 10_000)
    process.send_signal(signal.SIGINT)
    assert process.wait(timeout=60) == 130
    assert b"time: the run takes about 1.4 hours" in shown
