"""All the rules of a detector: the packs that ship, and a workspace's own on top."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from nlp.context import EXCUSES
from nlp.located_yaml import DataError, Document, Location, read_documents
from nlp.pipeline import Pipeline
from nlp.rulepack import CompiledRule, read_rules
from nlp.vocabulary import Vocabulary, build, collect, resolve

SHIPPED = Path(__file__).parent
_log = logging.getLogger(__name__)

RawConcepts = dict[str, list[tuple[Document, Location, Any]]]


@dataclass(frozen=True, slots=True)
class Rulebook:
    """The vocabulary and the rules made of it; ``problems`` says what of the given packs was refused, and why."""

    vocabulary: Vocabulary
    rules: tuple[CompiledRule, ...]
    problems: tuple[str, ...]


def read_rulebook(packs: Sequence[Path], pipeline: Pipeline) -> Rulebook:
    """Return the shipped rules and those of ``packs``, each a YAML file or a folder of them.

    A file that holds a list is a rule pack, one that holds a mapping adds to the vocabulary. A broken rule of
    ``packs`` is refused alone and logged; a broken shipped one raises DataError. Raises FileNotFoundError where a path
    is not there.
    """
    concepts: RawConcepts = {}
    for file in sorted((SHIPPED / "lexicon").glob("*.yaml")):
        collect(read_documents(file, file.name)[0], concepts)
    shipped = [read_documents(file, file.name)[0] for file in sorted((SHIPPED / "rules").glob("*.yaml"))]
    problems: list[str] = []
    own = _own_documents(packs, concepts, problems)
    vocabulary = build(_resolved(concepts, problems), pipeline)
    names, excuses = frozenset(vocabulary.concepts), frozenset(EXCUSES)
    rules: dict[str, CompiledRule] = {}
    for document in shipped:
        made, wrong = read_rules(document, names, pipeline, excuses=excuses, shipped=True)
        if wrong:
            raise DataError(wrong)
        rules.update({compiled.rule.id: compiled for compiled in made})
    for document in own:
        made, wrong = read_rules(document, names, pipeline, excuses=excuses, shipped=False)
        problems.extend(wrong)
        for compiled in made:
            if compiled.rule.id in rules:
                problems.append(f"{compiled.source}: the id {compiled.rule.id} is taken; choose another")
            else:
                rules[compiled.rule.id] = compiled
    for problem in problems:
        _log.error("rule refused: %s", problem)
    return Rulebook(vocabulary, tuple(rules.values()), tuple(problems))


def files_of(path: Path) -> list[Path]:
    """Return the YAML files of a folder (at any depth, in order), or the file itself; raises FileNotFoundError."""
    if path.is_dir():
        return sorted(file for file in path.rglob("*") if file.suffix in {".yaml", ".yml"} and file.is_file())
    if not path.is_file():
        raise FileNotFoundError(path)
    return [path]


def _own_documents(packs: Sequence[Path], concepts: RawConcepts, problems: list[str]) -> list[Document]:
    documents = []
    for file in [file for pack in packs for file in files_of(pack)]:
        try:
            for document in read_documents(file):
                if isinstance(document.value, dict):
                    trial: RawConcepts = {}
                    collect(document, trial)
                    _adopt(concepts, trial, problems)
                elif document.value is not None:
                    documents.append(document)
        except DataError as error:
            problems.extend(error.problems)
    return documents


def _adopt(concepts: RawConcepts, trial: RawConcepts, problems: list[str]) -> None:
    # Each entry is tried by itself, so that one that is wrong costs nothing but itself.
    for name, entries in trial.items():
        for entry in entries:
            try:
                resolve(
                    {**{key: list(value) for key, value in concepts.items()}, name: [*concepts.get(name, []), entry]}
                )
            except DataError as error:
                problems.extend(error.problems)
            else:
                concepts.setdefault(name, []).append(entry)


def _resolved(concepts: RawConcepts, problems: list[str]) -> dict[str, list[str]]:
    try:
        return resolve(concepts)
    except DataError as error:  # pragma: no cover - every own entry was tried before
        problems.extend(error.problems)
        raise
