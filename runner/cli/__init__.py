"""The command `reel`: the only place that prints, asks and exits."""

from __future__ import annotations


def main() -> int:
    """Run `reel` with the arguments of this process; the answer is the exit status."""
    import sys

    from runner.cli.app import reel
    from runner.cli.ending import run

    return run(reel, sys.argv[1:])
