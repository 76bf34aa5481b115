"""The concepts that rules are made of: each a name and the words and phrases people say it with."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from nlp.matching import Phrase
from nlp.pipeline import Pipeline, Sentence

# "I can" is an offer, "I can't" is none: phrases of these concepts do not stand before a "not".
AFFIRMED = frozenset({"help_offer", "help_done", "route"})


@dataclass(frozen=True, slots=True)
class Branch:
    """What may follow a first word: concepts it says by itself, and longer phrases by their second word."""

    alone: tuple[str, ...]
    longer: Mapping[str, tuple[tuple[Phrase, str], ...]]


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """Concepts by name, and a tree of their phrases by first and second word."""

    concepts: Mapping[str, frozenset[Phrase]]
    tree: Mapping[str, Branch]

    def mark(self, sentence: Sentence) -> Sentence:
        """Fill in which concepts stand where in ``sentence``, and return it."""
        norms, lowers, found = sentence.norms, sentence.lowers, sentence.concepts
        following = [*norms[1:], ""]
        tree = self.tree
        for at, norm in enumerate(norms):
            for word in (norm,) if lowers[at] == norm else (norm, lowers[at]):
                branch = tree.get(word)
                if branch is None:
                    continue
                for concept in branch.alone:
                    if not (concept in AFFIRMED and following[at] == "not"):
                        found.setdefault(concept, {}).setdefault(at, []).append(at + 1)
                for phrase, concept in branch.longer.get(following[at], ()):
                    end = at + len(phrase)
                    if tuple(norms[at + 1 : end]) == phrase[1:] and not (
                        concept in AFFIRMED and norms[end : end + 1] == ["not"]
                    ):
                        found.setdefault(concept, {}).setdefault(at, []).append(end)
        return sentence


def build(lists: Mapping[str, Iterable[str]], pipeline: Pipeline) -> Vocabulary:
    """Return the Vocabulary of concept names and their phrases as text."""
    concepts = {
        name: frozenset(tokens for phrase in phrases for tokens in pipeline.spellings(phrase))
        for name, phrases in lists.items()
    }
    alone: dict[str, list[str]] = {}
    longer: dict[str, dict[str, list[tuple[Phrase, str]]]] = {}
    for name, phrases in concepts.items():
        for phrase in sorted(phrases):
            if len(phrase) == 1:
                alone.setdefault(phrase[0], []).append(name)
            elif phrase:
                longer.setdefault(phrase[0], {}).setdefault(phrase[1], []).append((phrase, name))
    tree = {
        word: Branch(
            tuple(alone.get(word, ())),
            {second: tuple(branches) for second, branches in longer.get(word, {}).items()},
        )
        for word in {*alone, *longer}
    }
    return Vocabulary(concepts, tree)
