"""All the rules of a detector: the packs that ship, and a workspace's own on top."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from nlp.complaints import nearest
from nlp.context import waivable
from nlp.located_yaml import DataError, Document, read_documents
from nlp.markup import escape, lay_open
from nlp.message import Message
from nlp.packs import read_pack
from nlp.pipeline import Pipeline
from nlp.rulepack import CompiledRule, Rule, read_rules
from nlp.vocabulary import Vocabulary, build
from nlp.wordlists import Entry, WordLists, adopt, phrases_of

SHIPPED = Path(__file__).parent
# Marks that markup or the end of a sentence may take away from a word.
_MARKED = re.compile(r"[^\w\s'-]|_")


@dataclass(frozen=True, slots=True)
class Rulebook:
    """The vocabulary and the rules made of it; ``problems`` says what of the given packs was refused, and why."""

    vocabulary: Vocabulary
    rules: tuple[CompiledRule, ...]
    problems: tuple[str, ...]


def read_rulebook(packs: Sequence[Path], pipeline: Pipeline) -> Rulebook:
    """Return the shipped rules and those of ``packs``, each a YAML file or a folder of them.

    A document that is a list is a rule pack, one that is a mapping adds to the vocabulary. A broken rule or word of
    ``packs`` is refused alone and told in ``problems``; a broken shipped one raises DataError. Raises FileNotFoundError
    where a path is not there.
    """
    lists: WordLists = {}
    wrong = adopt(_shipped("lexicon"), lists)
    known = {name: len(entries) for name, entries in lists.items()}
    own, problems = _own(packs)
    problems += adopt([document for document in own if isinstance(document.value, dict)], lists)
    vocabulary = build(phrases_of(lists), pipeline)
    added = {name: entries[known.get(name, 0) :] for name, entries in lists.items()}
    problems += _never_found(added, pipeline, vocabulary)
    rules: dict[str, CompiledRule] = {}
    wrong += _add_rules(_shipped("rules"), rules, vocabulary, pipeline, shipped=True)
    if wrong:
        raise DataError(wrong)
    packed = [document for document in own if isinstance(document.value, list)]
    problems += _add_rules(packed, rules, vocabulary, pipeline, shipped=False)
    return Rulebook(vocabulary, tuple(rules.values()), tuple(problems))


def _shipped(kind: str) -> list[Document]:
    return [read_documents(file, f"nlp/{kind}/{file.name}")[0] for file in sorted((SHIPPED / kind).glob("*.yaml"))]


def _own(packs: Iterable[Path]) -> tuple[list[Document], list[str]]:
    documents: list[Document] = []
    problems: list[str] = []
    for pack in packs:
        found, wrong = read_pack(pack)
        documents += found
        problems += wrong
    return documents, problems


def _add_rules(
    documents: Iterable[Document],
    rules: dict[str, CompiledRule],
    vocabulary: Vocabulary,
    pipeline: Pipeline,
    *,
    shipped: bool,
) -> list[str]:
    """Add the rules of ``documents`` to ``rules``, and return what is wrong with those left out."""
    problems = []
    for document in documents:
        made, wrong = read_rules(document, frozenset(vocabulary.concepts), pipeline, shipped=shipped)
        problems += wrong
        for compiled in made:
            rule = compiled.rule
            refusal = _refusal(rule, rules)
            if refusal:
                problems.append(refusal)
            else:
                rules[rule.id] = compiled
    return problems


def _refusal(rule: Rule, rules: dict[str, CompiledRule]) -> str | None:
    """Return why a rule that is well made by itself may not join ``rules``, as ``file:line: why``, or None."""
    allowed = waivable(rule.label)
    for name in rule.despite:
        if name not in allowed:
            return f"{rule.place('despite')}: despite: {name!r} cannot be disregarded; allowed: {', '.join(allowed)}"
    ways = sorted({other.rule.rewrite for other in rules.values() if other.shipped and other.rule.rewrite})
    if rule.is_own and rule.rewrite and " " not in rule.rewrite and rule.rewrite not in ways:
        wrong = f"{rule.rewrite!r} is no way{nearest(rule.rewrite, ways)}; allowed: {', '.join(ways)}, or a sentence"
        return f"{rule.place('rewrite')}: rewrite: {wrong}"
    if rule.manner and rule.is_own:
        return f"{rule.place('manner')}: manner: only rules that ship may be of that kind; give patterns instead"
    if rule.id in rules:
        return f"{rule.place()}: the id {rule.id} is taken by {rules[rule.id].rule.place()}; choose another name"
    return None


def _never_found(added: dict[str, list[Entry]], pipeline: Pipeline, vocabulary: Vocabulary) -> list[str]:
    """Return a problem for each phrase that its marks hide from every reader of a message."""
    problems = []
    for name, entries in added.items():
        for entry in entries:
            hidden = [phrase for phrase in entry.phrases() if _is_hidden(phrase, name, pipeline, vocabulary)]
            problems += [
                entry.problem(f"{phrase!r} can never be found in a message, because of its marks; leave them out")
                for phrase in hidden
            ]
    return problems


def _is_hidden(phrase: str, concept: str, pipeline: Pipeline, vocabulary: Vocabulary) -> bool:
    if not _MARKED.search(phrase):
        return False
    with pipeline.zone():
        return not Message(lay_open(f"see {escape(phrase)} there"), pipeline, vocabulary).says(concept)
