"""Bytes to a file, gzipped where its name says so; the same bytes every time."""

from __future__ import annotations

import gzip
from pathlib import Path


def write_bytes(file: Path, content: bytes) -> None:
    """Write `content`; gzip without a time stamp or a name where `file` ends in `.gz`."""
    if file.suffix == ".gz":
        content = gzip.compress(content, compresslevel=9, mtime=0)
    file.write_bytes(content)
