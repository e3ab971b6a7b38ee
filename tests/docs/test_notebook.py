from __future__ import annotations

import os

import nbformat
from nbclient import NotebookClient

from pipeline.config import Config
from tests.conftest import ROOT
from tests.desk.conftest import full_run

NOTEBOOK = ROOT / "docs" / "notebook.ipynb"


def test_every_cell_of_the_notebook_runs(tmp_path, monkeypatch):
    full_run(tmp_path / "runs" / "sample", Config())
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")]))
    monkeypatch.setenv("MPLBACKEND", "agg")
    notebook = nbformat.read(NOTEBOOK, as_version=4)
    client = NotebookClient(notebook, timeout=120, resources={"metadata": {"path": str(tmp_path)}})
    client.execute()
    outputs = [output for cell in notebook.cells for output in cell.get("outputs", [])]
    printed = "".join(output.get("text", "") for output in outputs)
    assert "33% laden: " in printed
    assert any("transfer" in str(output.get("data", "")) for output in outputs)


def test_the_notebook_is_kept_without_outputs():
    notebook = nbformat.read(NOTEBOOK, as_version=4)
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    assert all(not cell.outputs and cell.execution_count is None for cell in code)
