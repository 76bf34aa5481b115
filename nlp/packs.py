"""The files of a workspace's own: found, and read so that a mistake costs only the rule or the list it stands in."""

import re
from pathlib import Path

from nlp.located_yaml import MAX_CHARACTERS, DataError, Document, read_documents

_SUFFIXES = frozenset({".yaml", ".yml"})
# Where a rule, a list of words or a document begins.
_BEGINNING = re.compile(r"^(?:-(?=[ \t])|---|[^\s#\-\]}].*:)", re.MULTILINE)
_MOST_PIECES = 1_000
_EXPECTED = "expected a list of rules, each beginning with '- id:', or lists of words, each as name: [word, another]"


def files_of(path: Path) -> list[Path]:
    """Return the YAML files of a folder (at any depth, in order), or the file itself; raises FileNotFoundError.

    Files and folders whose name begins with a dot are passed over: they belong to editors and to mounted volumes.
    """
    if path.is_file():
        return [path]
    if not path.is_dir():
        raise FileNotFoundError(path)
    found = (file for file in path.rglob("*") if file.suffix.lower() in _SUFFIXES and file.is_file())
    return sorted(file for file in found if not any(part.startswith(".") for part in file.relative_to(path).parts))


def read_pack(path: Path) -> tuple[list[Document], list[str]]:
    """Return the documents under ``path`` that hold rules (a list) or words (a mapping), and what is wrong.

    Raises FileNotFoundError where nothing is there.
    """
    files = files_of(path)
    documents: list[Document] = []
    problems = [] if files else [f"{path}: there is no file here whose name ends in .yaml or .yml"]
    for file in files:
        found, wrong = _read(file)
        problems += wrong
        for document in found:
            odd = _odd(document)
            if odd is None:
                documents.append(document)
            else:
                problems.append(odd)
        if not (found or wrong):
            problems.append(f"{file}:1: the file is empty; {_EXPECTED}")
    return documents, problems


def _odd(document: Document) -> str | None:
    """Return what is wrong with a document that is neither a list of rules nor lists of words."""
    if isinstance(document.value, dict) and isinstance(document.value.get("id"), str):
        return document.problem((), "a rule stands in a list: begin it with '- id:', and indent its other keys like id")
    if isinstance(document.value, list | dict):
        return None
    return document.problem((), ("" if document.value is not None else "nothing stands here; ") + _EXPECTED)


def _read(file: Path) -> tuple[list[Document], list[str]]:
    try:
        return read_documents(file), []
    except DataError as error:
        pieces = _pieces(file)
        if not pieces:
            return [], error.problems
        whole = error.problems
    documents: list[Document] = []
    problems: list[str] = []
    for piece in pieces:
        try:
            documents += [one for one in read_documents(piece, str(file)) if one.value is not None]
        except DataError as error:
            problems.extend(error.problems)
    return documents, problems or whole


def _pieces(file: Path) -> list[str]:
    """Return the rules and lists of a file, each by itself and on the lines where it stands; none if it is no text."""
    try:
        text = file.read_text(encoding="utf-8") if file.stat().st_size <= MAX_CHARACTERS else ""
    except (OSError, UnicodeDecodeError):
        return []
    begins = [found.start() for found in _BEGINNING.finditer(text)]
    if not 1 < len(begins) <= _MOST_PIECES:
        return []
    ends = [*begins[1:], len(text)]
    return ["\n" * text.count("\n", 0, at) + text[at:end] for at, end in zip(begins, ends, strict=True)]
