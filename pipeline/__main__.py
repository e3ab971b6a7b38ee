"""``python -m pipeline`` is ``alongside``."""

import sys

if __name__ == "__main__":
    try:
        from pipeline.cli import main

        main()
    except KeyboardInterrupt:  # before a command has begun, which tells it itself
        sys.exit(130)
