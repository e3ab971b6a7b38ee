"""``python -m pipeline`` is ``alongside``."""

import sys


def main() -> None:
    """Run the command line of this process."""
    try:
        from pipeline import cli

        cli.main()
    except KeyboardInterrupt:  # before a command has begun, which tells it itself
        print("error: interrupted; nothing was written", file=sys.stderr)
        sys.exit(130)


if __name__ == "__main__":
    main()
