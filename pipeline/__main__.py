"""``python -m pipeline`` is ``alongside``."""

from pipeline.cli import main

if __name__ == "__main__":
    main()
