"""The output folder that appears whole or not at all.

A run writes into a hidden folder beside the one it was asked for (``.june.partial-4711`` beside
``june``: the same file system, so that renaming is one step) and renames it into place when all is
written and on the disk. Whatever ends a run early, an error, Ctrl-C, a killed process or a power
cut, the folder asked for is as it was. What a killed process left is removed, or put back, by the
next run into the same place: the kernel's lock on a partial folder tells whether somebody still
writes there, also where process numbers are used again, as in containers. Two runs into one place
would throw one of them away after all its work: the second is refused at once.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import gettempdir

from pipeline.errors import AlongsideError, UsageError, is_full

MANIFEST = "manifest.json"
MANIFEST_KEY = "rows_read"  # other programs have manifests too; that of a run counts AIS rows
LET_GO_S = 2.0  # in which a process that was killed ends and lets go of its locks
FOLDER_OF = "alongside"  # and that of any other folder names the command that wrote it


@contextmanager
def whole_folder(out: Path, overwrite: bool, half: bool = False) -> Iterator[Path]:
    """A folder to write into that becomes `out` at the end, or vanishes on any error.

    Enter it before long work: it refuses at once what would fail at the end.

    Parameters
    ----------
    out : Path
        The folder asked for; folders above it are made.
    overwrite : bool
        Whether a former run in `out` may be replaced.
    half : bool
        Whether another folder, put in place after this one, belongs to it; see `both_or_again`.

    Yields
    ------
    Path
        An empty folder beside `out`.

    Raises
    ------
    UsageError
        `out` exists and `overwrite` is not given, or it is no former run; another run is writing
        it; or nothing can be written there.
    AlongsideError
        It could not be put in place, or something else came there in the meantime.
    """
    out = Path(os.path.realpath(out))  # a link to a folder stays, what it points to is replaced
    _stays(lambda: any(_held(other) for other in _partials(out)))  # which is told below
    _mend(out)
    _refuse(out, overwrite)
    partial = _beside(out, "partial")
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        partial.mkdir()
    except OSError as error:
        raise UsageError(f"{out}: cannot be written there: {error.strerror}") from None
    lock = _lock(partial)
    try:
        if any(_held(other) for other in _partials(out) if other != partial):
            raise UsageError(
                f"{out}: another run is writing it; wait until that has ended, or name another"
                " folder"
            )
        yield partial
        _to_disk(partial)
        if half:
            overwrite = overwrite or _is_half_done(out)
            _note(partial, out)
        try:
            _put_in_place(partial, out, overwrite)
        except BaseException:
            _half(out).unlink(missing_ok=True)
            raise
        if not half:
            _half(out).unlink(missing_ok=True)
    except Exception as error:  # all but a full disk is raised again as it is
        if is_full(error):
            raise AlongsideError(
                f"{out}: the disk is full ({error}); make room there and in {gettempdir()}, then"
                " run the same again: nothing was left behind"
            ) from error
        raise
    finally:
        shutil.rmtree(partial, ignore_errors=True)
        if lock is not None:
            os.close(lock)


@contextmanager
def both_or_again(out: Path) -> Iterator[None]:
    """Around all of a run that puts two folders in place, `out` first.

    No system renames two at once. What is killed between them leaves a note beside `out` that it is
    only half of what was asked for, so that the same command may replace it without being told to.
    """
    yield
    _half(Path(os.path.realpath(out))).unlink(missing_ok=True)


def _half(out: Path) -> Path:
    return out.parent / f".{out.name}.half-done"


def _note(folder: Path, out: Path) -> None:
    """Note beside `out` which run is half done once it stands there."""
    note = _half(out)
    note.write_text(_known_by(folder), encoding="ascii")
    _sync(note)


def _known_by(folder: Path) -> str:
    """What tells the run in a folder from any other: its manifest holds seconds of its stages."""
    try:
        return hashlib.sha256((folder / MANIFEST).read_bytes()).hexdigest()
    except OSError:
        return ""


def _is_half_done(out: Path) -> bool:
    note = _half(out)
    return note.is_file() and note.read_text(encoding="ascii") == _known_by(out)


def _beside(out: Path, what: str) -> Path:
    return out.with_name(f".{out.name}.{what}-{os.getpid()}")


def _refuse(out: Path, overwrite: bool) -> None:
    """Raise a UsageError where a run into `out` must not begin."""
    if not out.name:
        raise UsageError(f"{out}: name a folder of its own for the output")
    if not os.path.lexists(out):
        return
    if not out.is_dir():
        raise UsageError(f"{out}: is a file, and the output is a folder: name another one")
    if out.is_mount():
        raise UsageError(f"{out}: is a mounted volume; name a folder inside it")
    if not overwrite and not _is_half_done(out):
        raise UsageError(
            f"{out}: exists already; name another folder, or replace it with --overwrite"
        )
    if any(out.iterdir()) and not _is_former_run(out):
        raise UsageError(
            f"{out}: is no former run of alongside (it has no {MANIFEST} of one), so it is not"
            " overwritten; name another folder"
        )


def _is_former_run(folder: Path) -> bool:
    try:
        manifest = json.loads((folder / MANIFEST).read_bytes())
    except (OSError, ValueError):
        return False
    return isinstance(manifest, dict) and (MANIFEST_KEY in manifest or FOLDER_OF in manifest)


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Keep other runs from using a folder meanwhile; one that does not exist yet is nobody's.

    Raises
    ------
    UsageError
        Another run uses it.
    """
    if not folder.is_dir():
        yield
        return
    handle = _lock(folder)
    if handle is None and _stays(lambda: _held(folder)):
        raise UsageError(f"{folder}: another run uses it; wait until that has ended")
    handle = _lock(folder) if handle is None else handle
    try:
        yield
    finally:
        if handle is not None:
            os.close(handle)


def _lock(folder: Path) -> int | None:
    """Lock a folder; its lock ends with the process. None where another process holds it.

    Also None on a file system that locks no folders: what is left there is never taken for stale.
    """
    try:
        return _locked(folder)
    except OSError:
        return None


def _locked(folder: Path) -> int:
    handle = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(handle)
        raise
    return handle


def _stays(busy: Callable[[], bool]) -> bool:
    """Whether something is still so when a killed process has had time to end."""
    until = time.monotonic() + LET_GO_S
    while busy():
        if time.monotonic() > until:
            return True
        time.sleep(0.05)
    return False


def _held(folder: Path) -> bool:
    """Whether another process surely holds the lock of a folder."""
    try:
        os.close(_locked(folder))
    except BlockingIOError:
        return True
    except OSError:  # gone by now, or on a file system that locks no folders
        return False
    return False


def _partials(out: Path) -> list[Path]:
    return sorted(out.parent.glob(f".{_literal(out.name)}.partial-*"))


def _mend(out: Path) -> None:
    """Undo what killed runs left beside `out`."""
    for aside in sorted(out.parent.glob(f".{_literal(out.name)}.replaced-*")):
        # Killed between the two renames: the former run is put back. After them: it had its day.
        if os.path.lexists(out):
            shutil.rmtree(aside, ignore_errors=True)
        else:
            aside.rename(out)
    if _half(out).exists() and not _is_half_done(out):  # killed before it was put in place
        _half(out).unlink(missing_ok=True)
    for partial in _partials(out):
        lock = _lock(partial)
        if lock is not None:
            shutil.rmtree(partial, ignore_errors=True)
            os.close(lock)


def _literal(name: str) -> str:
    """`name` as a glob that matches it alone."""
    return "".join(f"[{letter}]" if letter in "*?[" else letter for letter in name)


def _to_disk(folder: Path) -> None:
    """Have all under `folder` on the disk before its name says that it is whole."""
    for path in [*folder.rglob("*"), folder]:
        _sync(path)


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    except OSError:
        if not path.is_dir():  # some network file systems sync files only
            raise
    finally:
        os.close(handle)


def _put_in_place(partial: Path, out: Path, overwrite: bool) -> None:
    """Rename `partial` to `out`; what was there goes aside first, and is removed last."""
    aside = _beside(out, "replaced")
    try:
        _refuse(out, overwrite)  # hours may have passed since it was asked first
        try:
            if out.exists():
                out.rename(aside)
            partial.rename(out)
        except BaseException:  # Ctrl-C between the two, too
            if aside.exists() and not os.path.lexists(out):
                aside.rename(out)
            raise
    except UsageError as error:
        raise AlongsideError(f"{error} (it came while this run was working)") from None
    except OSError as error:
        raise AlongsideError(f"{out}: cannot be put in place: {error.strerror}") from None
    _sync(out.parent)
    shutil.rmtree(aside, ignore_errors=True)
