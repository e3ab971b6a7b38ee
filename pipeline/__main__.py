"""``python -m pipeline`` is ``alongside``."""

import sys

from pipeline._starting import INTERRUPTED, TOLD
from pipeline._watching import watched
from pipeline.errors import Ended


def main() -> None:
    """Run the command line, watched."""
    watched(work)


def work() -> None:
    """Run the command line of this process."""
    try:
        from pipeline import cli

        cli.main()
    except (KeyboardInterrupt, Ended) as end:  # before a command has begun, which tells it itself
        print(f"error: {end if isinstance(end, Ended) else TOLD}", file=sys.stderr)
        sys.exit(end.code if isinstance(end, Ended) else INTERRUPTED)


if __name__ == "__main__":
    main()
