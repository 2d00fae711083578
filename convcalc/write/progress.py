"""How far a run is, on a terminal."""

from __future__ import annotations

import threading
from types import TracebackType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID

# Seconds after which it shows.
_AFTER = 1.0


class Bar:
    """A bar on standard error that shows once the work has taken a second, and is gone when it ends.

    It is told of each layer that is done, and counts the time meanwhile by itself.
    """

    def __init__(self) -> None:
        self._timer = threading.Timer(_AFTER, self._show)
        self._timer.daemon = True
        self._progress: Progress | None = None
        self._task: TaskID | None = None
        self._at: tuple[int, int | None, str] = (0, None, "")

    def __enter__(self) -> Bar:
        self._timer.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._timer.cancel()
        self._timer.join()
        if self._progress is not None:
            self._progress.stop()  # it has hidden the cursor

    def __call__(self, done: int, total: int, name: str) -> None:
        """Tells of a layer that is done."""
        self._at = done, total, name
        if self._progress is not None and self._task is not None:
            self._progress.update(self._task, completed=done, total=total, description=name)

    def _show(self) -> None:
        from rich.console import Console
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

        columns = BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(), TextColumn("{task.description}", markup=False)
        console = Console(stderr=True)
        shown = Progress(*columns, console=console, transient=True, redirect_stdout=False, redirect_stderr=False)
        done, total, name = self._at
        self._task = shown.add_task(name, completed=done, total=total)
        shown.start()
        self._progress = shown
