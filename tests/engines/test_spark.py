"""The same bytes from a cluster of two executors, one of which is ended in mid-run."""

from __future__ import annotations

import threading
from contextlib import suppress

import psutil
import pytest

from pipeline import engines
from tests.engines.conftest import run, same

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def spark():
    pytest.importorskip("pyspark", reason="Spark is not installed: pip install 'alongside[spark]'")
    from pipeline.engines.spark import connect

    cluster = connect("local-cluster[2,1,1024]")
    yield cluster
    cluster.session.stop()


def executors() -> list[psutil.Process]:
    """The executors that this test's cluster runs."""
    found = []
    for process in psutil.Process().children(recursive=True):
        with suppress(psutil.Error):  # it may end while it is looked at
            if any("CoarseGrainedExecutorBackend" in word for word in process.cmdline()):
                found.append(process)
    return found


@pytest.mark.parametrize("ended", [False, True], ids=["undisturbed", "an executor ended"])
def test_the_same_bytes_on_spark(spark, ended, root, tmp_path, small_parts):
    gone: list[int] = []
    over = threading.Event()

    def end_one() -> None:
        while not over.wait(0.05):
            cleaned = list(tmp_path.glob(".spark.partial-*/.scratch/fixes-*.arrow"))
            if cleaned and (running := executors()):
                running[0].kill()
                gone.append(running[0].pid)
                return

    if ended:
        threading.Thread(target=end_one, daemon=True).start()
    found = run([root / "sample_ais"], tmp_path / "spark", engine=spark)
    over.set()
    assert len(gone) == ended
    same(found, run([root / "sample_ais"], tmp_path / "local", engine=engines.Local(1)))
