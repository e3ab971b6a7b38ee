"""A second process that does part of a command's work meanwhile, on another processor.

What a run's folder needs of scikit-learn and Matplotlib is little; importing them takes as long as
all else that is written. The other process imports them while this one still computes. It is no
child of `multiprocessing`, which would run a caller's script once more; this file runs alone there.
"""

from __future__ import annotations

import pickle
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager, suppress
from importlib import import_module
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType
from typing import IO, ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")

FOR_A_FOLDER = (
    "sklearn.cluster",
    "matplotlib.figure",
    "matplotlib.backends.backend_agg",
    "pyogrio",
)
"""What the files of a run use there, in the order in which they do."""


class Helper:
    """The other process; from `helper`.

    Parameters
    ----------
    child : subprocess.Popen
        What runs this file.
    """

    def __init__(self, child: subprocess.Popen[bytes]) -> None:
        if child.stdin is None or child.stdout is None:
            raise ValueError("its standard input and output must be pipes")
        self._child, self._to, self._from = child, child.stdin, child.stdout
        self._thread = ThreadPoolExecutor(max_workers=1)  # talks to it, one piece after the other
        self._over = False

    def begin(self, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        """Have a function of a module called there.

        Parameters
        ----------
        function : callable
            Of a file that needs nothing of the package to be imported: it alone is read there.
        *args, **kwargs
            What can be pickled, as can the result.

        Returns
        -------
        Future
            Where it fails over there, its result waits for a second try in this process, which
            raises here what there is to be raised.
        """
        where = function.__code__.co_filename, function.__name__

        def there() -> T:
            try:
                _send(self._to, (*where, args, kwargs))
                done, result = pickle.load(self._from)  # noqa: S301 - our own process
            except (OSError, EOFError, pickle.UnpicklingError):  # it ended
                done = False
            if not done and self._over:
                raise InterruptedError
            return result if done else function(*args, **kwargs)

        return self._thread.submit(there)

    def _end(self) -> None:
        self._over = True
        self._child.kill()
        self._thread.shutdown(cancel_futures=True)
        with suppress(OSError):  # what it never read
            self._to.close()


@contextmanager
def helper(modules: Sequence[str]) -> Iterator[Helper]:
    """Start the other process, and end it with what it has not begun.

    Parameters
    ----------
    modules : sequence of str
        What it imports at once, in this order.
    """
    command = [sys.executable, "-P", __file__, *modules]
    with subprocess.Popen(  # noqa: S603 - this file
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        process_group=0,  # Ctrl-C is for this process, which then ends the other
    ) as child:
        other = Helper(child)
        try:
            yield other
        finally:
            other._end()


def _send(pipe: IO[bytes], what: object) -> None:
    pipe.write(pickle.dumps(what))
    pipe.flush()


def _module(file: str) -> ModuleType:
    """A file as a module of its own, without the package it stands in."""
    spec = spec_from_file_location(Path(file).stem, file)
    if spec is None or spec.loader is None:
        raise ImportError(file)
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def _main() -> None:
    """Do what comes on standard input; whether it could be done, and the result, go to output."""
    answers, sys.stdout = sys.stdout.buffer, sys.stderr  # what a library prints is no answer
    for module in sys.argv[1:]:
        import_module(module)
    while True:
        try:
            file, name, args, kwargs = pickle.load(sys.stdin.buffer)  # noqa: S301 - from `begin`
        except EOFError:
            return
        try:
            answer = (True, getattr(_module(file), name)(*args, **kwargs))
        except Exception:  # whatever it is: the asker tries again and raises it with a trace
            answer = (False, None)
        _send(answers, answer)


if __name__ == "__main__":
    _main()
