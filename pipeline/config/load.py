"""Reads a configuration: the defaults, over them a file, over it single values."""

from __future__ import annotations

import difflib
import hashlib
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import cast, get_args

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from pipeline.config import _yaml
from pipeline.config._files import read_whole
from pipeline.config.model import Config
from pipeline.errors import UsageError

NEAREST_LIKENESS = 0.6  # difflib's ratio, and its usual bound for "close"
SHOWN_LENGTH = 60  # of a wrong value in a message: enough to know it again


def load(
    path: Path | None, overrides: Sequence[str] = (), without_file: Config | None = None
) -> Config:
    """Read a configuration.

    Parameters
    ----------
    path : Path or None
        A YAML file; it need only say what differs from the defaults. Files named in it are looked
        for from its own folder. None: all defaults.
    overrides : sequence of str
        ``section.key=value``, the value written as in YAML. A later one goes over an earlier one,
        all of them over the file.
    without_file : Config, optional
        What holds in place of the defaults where there is no file: the settings of a former run.

    Raises
    ------
    UsageError
        With one line for each thing that is wrong: file and line, key, value, what is expected;
        for a key that is not known, the nearest that is.
    """
    sources: dict[_yaml.Path, str] = {}
    if path:
        data = _read(path, sources)
        _place_files(data, path.parent)
    else:
        data = without_file.model_dump(mode="json") if without_file else {}
    for override in overrides:
        _apply(override, data, sources)
    _forget_empty_sections(data)
    try:
        # JSON in strict mode takes exactly what YAML can mean: text for a time or a path, a list
        # for a tuple, a whole number for a float, but neither "3" nor true for a number.
        return Config.model_validate_json(json.dumps(data), strict=True)
    except ValidationError as error:
        problems = error.errors(include_url=False)
        raise UsageError("\n".join(_explain(problem, sources) for problem in problems)) from None


def config_hash(config: Config) -> str:
    """SHA-256 of all values, in hexadecimal: the same for the same values, however written."""
    values = config.model_dump(mode="json")
    text = json.dumps(values, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    return hashlib.sha256(text.encode("ascii")).hexdigest()


def known_keys() -> list[str]:
    """Every key of the configuration, dotted, in the order of ``configs/default.yaml``."""
    return [key for key, _ in _walk(Config, "")]


def _read(path: Path, sources: dict[_yaml.Path, str]) -> dict[str, object]:
    try:
        text = read_whole(path, _yaml.LONGEST, "the configuration").decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise UsageError(f"{path}: not UTF-8 text (byte {error.start})") from None
    try:
        document = _yaml.parse(text)
    except _yaml.YamlError as error:
        raise UsageError(f"{path}:{error.line}: {error.problem}") from None
    if document.data is None:
        return {}
    if not isinstance(document.data, dict):
        raise UsageError(f"{path}: expected sections such as 'rendezvous:' with keys under them")
    sources.update({at: f"{path}:{line}" for at, line in document.lines.items()})
    return document.data


def _apply(override: str, data: dict[str, object], sources: dict[_yaml.Path, str]) -> None:
    """Set one ``section.key=value`` in `data`."""
    dotted, equals, text = override.partition("=")
    keys = tuple(dotted.strip().split("."))
    if not equals or not all(keys):
        raise UsageError(f"--set {override}: expected section.key=value")
    try:
        value = _yaml.parse(text).data
    except _yaml.YamlError as error:
        raise UsageError(f"--set {override}: {error.problem}") from None
    section = data
    for key in keys[:-1]:
        inner = section.get(key)
        if not isinstance(inner, dict):
            inner = {}
            section[key] = inner
        section = cast("dict[str, object]", inner)
    section[keys[-1]] = value
    for at in [at for at in sources if at[: len(keys)] == keys]:
        del sources[at]
    sources[keys] = f"--set {override}"


def _forget_empty_sections(data: dict[str, object], model: type[BaseModel] = Config) -> None:
    """A section with all its keys commented out is null in YAML, and means the defaults."""
    for key, section in _sections(model):
        value = data.get(key, {})
        if value is None:
            del data[key]
        elif isinstance(value, dict):
            _forget_empty_sections(value, section)


def _place_files(data: dict[str, object], folder: Path, model: type[BaseModel] = Config) -> None:
    """Files named in a configuration are meant from the folder it lies in."""
    for key, section in _sections(model):
        inner = data.get(key)
        if isinstance(inner, dict):
            _place_files(inner, folder, section)
    for key in model.model_fields:
        value = data.get(key)
        if is_file(key, model) and isinstance(value, str):
            data[key] = str(folder / value)
        elif is_file(key, model) and isinstance(value, list):
            data[key] = [str(folder / one) if isinstance(one, str) else one for one in value]


def is_file(key: str, model: type[BaseModel]) -> bool:
    """Whether a key of a section names a file, or several."""
    annotation = model.model_fields[key].annotation
    return annotation is Path or Path in get_args(annotation)


def _sections(model: type[BaseModel]) -> Iterator[tuple[str, type[BaseModel]]]:
    for key, info in model.model_fields.items():
        if isinstance(info.annotation, type) and issubclass(info.annotation, BaseModel):
            yield key, info.annotation


def _walk(model: type[BaseModel], before: str) -> Iterator[tuple[str, str]]:
    """Every key below `model` with its description."""
    sections = dict(_sections(model))
    for key, info in model.model_fields.items():
        if key in sections:
            yield from _walk(sections[key], f"{before}{key}.")
        else:
            yield before + key, info.description or ""


def _explain(problem: ErrorDetails, sources: Mapping[_yaml.Path, str]) -> str:
    """One line for the user on one of pydantic's problems."""
    at = problem["loc"]
    dotted = ".".join(str(key) for key in at)
    where = _source(at, sources)
    if problem["type"] == "extra_forbidden":
        return f"{where}: there is no key {dotted!r}{_nearest(at)}"
    if problem["type"] == "missing":
        return f"{where}: {dotted} is missing"
    given = json.dumps(problem["input"], ensure_ascii=False)
    if len(given) > SHOWN_LENGTH:
        given = given[:SHOWN_LENGTH] + "..."
    if problem["type"] in {"model_type", "model_attributes_type"}:
        return f"{where}: {dotted} is {given}, but it is a section, with keys below it"
    expected = re.sub(r"^(Input|Value) (?!error)", "it ", problem["msg"])
    return f"{where}: {dotted} is {given}, but {expected.removeprefix('Value error, ')}"


def _source(at: _yaml.Path, sources: Mapping[_yaml.Path, str]) -> str:
    """Where the value at `at` was given: there, else in what holds it, else in what it holds."""
    for length in range(len(at), 0, -1):
        if at[:length] in sources:
            return sources[at[:length]]
    return next((source for path, source in sources.items() if path[: len(at)] == at), "config")


def _nearest(at: _yaml.Path) -> str:
    """Which known key or section was meant: the most alike, with its section or without."""
    inner = _model_at(at[:-1])
    if inner and not all(isinstance(key, str) for key in at):  # an entry of a list
        return f"; known are {', '.join(inner.model_fields)}"
    dotted = ".".join(str(key) for key in at)
    keys = known_keys()
    sections = {key.rpartition(".")[0] for key in keys} - {""}

    def likeness(name: str) -> tuple[float, float]:
        whole = difflib.SequenceMatcher(None, dotted, name).ratio()
        last = difflib.SequenceMatcher(None, dotted.rpartition(".")[2], name.rpartition(".")[2])
        return max(whole, last.ratio()), whole

    best = max([*keys, *sorted(sections)], key=likeness)
    if likeness(best)[0] < NEAREST_LIKENESS:
        return f"; sections are {', '.join(Config.model_fields)}"
    return f"; did you mean {best!r}?"


def _model_at(at: _yaml.Path) -> type[BaseModel] | None:
    """The model whose keys stand at `at`; None where that is no model."""
    model: type[BaseModel] | None = Config
    for key in at:
        if isinstance(key, str):
            info = model.model_fields.get(key) if model else None
            model = _model_in(info.annotation) if info else None
    return model


def _model_in(annotation: object) -> type[BaseModel] | None:
    """The model in an annotation such as ``tuple[TableLayout, ...]``."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next((m for inner in get_args(annotation) if (m := _model_in(inner))), None)
