"""YAML 1.2 read with the line of every value, so that an error in a data file can say where it is.

PyYAML's own resolver follows YAML 1.1, where ``no`` and ``on`` are booleans; a rule that looks for the word "no" would
then never match. This reader resolves plain scalars by the core schema of YAML 1.2 (https://yaml.org/spec/1.2.2, 10.3).
Anchors and aliases are refused: no file of ours needs them, and a small file of aliases can expand without end.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ValidationError

from nlp.complaints import complaint, yaml_complaint

Location = tuple[str | int, ...]
Model = TypeVar("Model", bound=BaseModel)

MAX_CHARACTERS = 10_000_000
_MAX_DEPTH = 40


class DataError(ValueError):
    """A data file says something it may not: ``problems`` holds one ``file:line: what is wrong`` each."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


@dataclass(frozen=True, slots=True)
class Document:
    """One YAML document: its plain value, and the line each part of it begins on."""

    name: str
    value: Any
    lines: dict[Location, int]

    def line(self, location: Location) -> int:
        """Return the line (from 1) of the value at ``location``, or of the nearest thing around it."""
        while location and location not in self.lines:
            location = location[:-1]
        return self.lines.get(location, 1)

    def problem(self, location: Location, message: str) -> str:
        """Return ``message`` as a problem of what stands at ``location``."""
        return f"{self.name}:{self.line(location)}: {message}"

    def error(self, location: Location, message: str) -> DataError:
        """Return a DataError that points at ``location``."""
        return DataError([self.problem(location, message)])


class _Loader(yaml.CSafeLoader):
    """PyYAML's C parser with the scalars of YAML 1.2's core schema."""

    yaml_implicit_resolvers: dict[str, list[tuple[str, re.Pattern[str]]]] = {}  # noqa: RUF012 (PyYAML's own shape)


_Loader.add_implicit_resolver(
    "tag:yaml.org,2002:bool", re.compile(r"^(?:true|True|TRUE|false|False|FALSE)$"), list("tTfF")
)
_Loader.add_implicit_resolver("tag:yaml.org,2002:null", re.compile(r"^(?:~|null|Null|NULL|)$"), ["~", "n", "N", ""])
_Loader.add_implicit_resolver("tag:yaml.org,2002:int", re.compile(r"^[-+]?[0-9]+$"), list("-+0123456789"))
_Loader.add_implicit_resolver(
    "tag:yaml.org,2002:float",
    re.compile(r"^[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?$"),
    list("-+0123456789."),
)


def read_documents(source: Path | str, name: str | None = None) -> list[Document]:
    """Return the documents of a file, or of YAML text given as ``str`` and called ``name`` in errors.

    Raises DataError where the text may not be read, is not UTF-8, not YAML, too large (10 million characters), too
    deep, repeats a key, or uses anchors, aliases or tags.
    """
    name = name or str(source)
    text = _read(source, name)
    loader = _Loader(text)
    documents = []
    try:
        _refuse_anchors(text, name)
        while loader.check_node():
            node = loader.get_node()
            if node is None:
                break
            lines: dict[Location, int] = {}
            documents.append(Document(name, _build(loader, node, (), lines, name), lines))
    except yaml.MarkedYAMLError as error:
        line, problem = yaml_complaint(error, text)
        raise DataError([f"{name}:{line}: not YAML: {problem}"]) from None
    except yaml.reader.ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        raise DataError([f"{name}:{line}: not YAML: {error.reason}"]) from None
    finally:
        loader.dispose()
    return documents


def read_document(source: Path | str, name: str | None = None) -> Document:
    """Return the single document of a file or text; raises DataError as ``read_documents`` does, or if there are
    several."""
    documents = read_documents(source, name)
    if len(documents) != 1:
        raise DataError([f"{name or source}:1: expected one YAML document, found {len(documents)}"])
    return documents[0]


def validate(model: type[Model], document: Document, at: Location = ()) -> Model:
    """Return the part of ``document`` at ``at`` as ``model``; raises DataError with a line for everything that is
    wrong."""
    value = document.value
    for step in at:
        value = value[step]
    try:
        return model.model_validate(value)
    except ValidationError as error:
        raise DataError(list(_problems(error, model, document, at))) from None


def _read(source: Path | str, name: str) -> str:
    if isinstance(source, str):
        text = source
    elif source.stat().st_size > MAX_CHARACTERS:
        text = " " * (MAX_CHARACTERS + 1)
    else:
        try:
            text = source.read_text(encoding="utf-8")
        except UnicodeDecodeError as error:
            line = source.read_bytes()[: error.start].count(b"\n") + 1
            raise DataError([f"{name}:{line}: not UTF-8 text; save the file as UTF-8"]) from None
        except PermissionError:
            raise DataError([f"{name}:1: may not be read; give Fairview's user the right to"]) from None
    if len(text) > MAX_CHARACTERS:
        raise DataError([f"{name}:1: larger than {MAX_CHARACTERS:,} characters; split it"])
    return text


def _refuse_anchors(text: str, name: str) -> None:
    # From the event stream, before any node is built: an alias costs nothing here.
    depth = 0
    for event in yaml.parse(text, Loader=_Loader):
        line = event.start_mark.line + 1 if event.start_mark else 1
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            raise DataError(
                [f"{name}:{line}: anchors and aliases (& and *) are not allowed; write the value out, or quote it"]
            )
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
        if depth > _MAX_DEPTH:
            raise DataError([f"{name}:{line}: nested deeper than {_MAX_DEPTH} levels"])


def _build(loader: Any, node: yaml.Node, at: Location, lines: dict[Location, int], name: str) -> Any:
    lines[at] = node.start_mark.line + 1
    if isinstance(node, yaml.MappingNode):
        result: dict[str, Any] = {}
        for key_node, value_node in node.value:
            line = key_node.start_mark.line + 1
            if not isinstance(key_node, yaml.ScalarNode):
                raise DataError([f"{name}:{line}: a key must be a plain word"])
            key = key_node.value
            if key in result:
                raise DataError([f"{name}:{line}: the key {key!r} stands here twice"])
            result[key] = _build(loader, value_node, (*at, key), lines, name)
            lines[(*at, key)] = line
        return result
    if isinstance(node, yaml.SequenceNode):
        return [_build(loader, child, (*at, index), lines, name) for index, child in enumerate(node.value)]
    if not node.tag.startswith("tag:yaml.org,2002:"):
        raise DataError([f"{name}:{lines[at]}: the tag {node.tag} is not allowed"])
    if not isinstance(node, yaml.ScalarNode):
        raise DataError([f"{name}:{lines[at]}: expected a text, a list or a mapping"])
    try:
        return _scalar(node)
    except ValueError:
        raise DataError([f"{name}:{lines[at]}: a number of so many digits cannot be meant; put it in quotes"]) from None


def _scalar(node: yaml.ScalarNode) -> str | int | float | bool | None:
    kind = node.tag.rpartition(":")[2]
    if kind == "null":
        return None
    if kind == "bool":
        return bool(node.value.lower() == "true")
    if kind == "int":
        return int(node.value)
    if kind == "float":
        return float(node.value)
    return str(node.value)


def _problems(error: ValidationError, model: type[BaseModel], document: Document, at: Location) -> Iterator[str]:
    for problem in error.errors(include_url=False):
        where = ".".join(str(step) for step in problem["loc"])
        line = document.line((*at, *problem["loc"]))
        yield f"{document.name}:{line}: {where + ': ' if where else ''}{complaint(problem, model)}"
