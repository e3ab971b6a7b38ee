"""Small files that users bring, read whole: settings, caps, lists."""

from __future__ import annotations

from pathlib import Path

from pipeline.errors import UsageError


def read_whole(path: Path, most_bytes: int, called: str = "the file") -> bytes:
    """What a file holds.

    Parameters
    ----------
    path : Path
        The file.
    most_bytes : int
        A longer one is another file than the one that was meant, and might fill the memory.

    called : str
        What messages call it.

    Raises
    ------
    UsageError
        It is missing, unreadable or too long, or no file: a pipe would be waited on for ever, and
        a device may have no end.
    """
    try:
        if path.exists() and not path.is_file():
            what = "a folder" if path.is_dir() else "a pipe or a device: write it to a file first"
            raise UsageError(f"{path}: {called} cannot be read: no file but {what}")
        size = path.stat().st_size
        if size > most_bytes:
            raise UsageError(
                f"{path}: {size >> 10:,} KB long, and at most {most_bytes >> 10:,} KB are read"
            )
        return path.read_bytes()
    except OSError as error:
        raise UsageError(f"{path}: {called} cannot be read: {error.strerror}") from error
    except ValueError as error:  # a zero byte in its name
        raise UsageError(f"{path}: {called} cannot be read: {error}") from error
