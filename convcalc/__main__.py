"""The command line: ``convcalc`` and ``python -m convcalc``."""

from __future__ import annotations

import sys


def main() -> None:
    """Runs the command line and exits with its status."""
    import gc

    from convcalc.cli import run

    gc.disable()  # a command ends before cycles add up; searching a large model for them doubles its time
    sys.exit(run(sys.argv[1:]))


if __name__ == "__main__":
    main()
