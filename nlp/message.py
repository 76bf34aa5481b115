"""One message while it is being read: its markup, and its sentences made into tokens only when somebody asks."""

from dataclasses import dataclass, field

from nlp.markup import Markup, quieten
from nlp.pipeline import Pipeline, Sentence, cut
from nlp.vocabulary import Vocabulary

# Of a longer message only so much is read where cues stand; people type no more than 4,000 characters.
MOST_CHARACTERS = 4_000
MOST_SENTENCES = 40


@dataclass(frozen=True, slots=True)
class Region:
    """A stretch of the message between sentence marks; ``aside`` says whose words they are if not the author's."""

    start: int
    end: int
    question: bool
    aside: str | None


@dataclass(slots=True)
class Message:
    """A message's regions in order, the author's own first, and what has been made of them so far."""

    markup: Markup
    pipeline: Pipeline
    vocabulary: Vocabulary
    regions: list[Region] = field(init=False)
    quiet: str = field(init=False)
    quiet_plain: str = field(init=False)
    stood: dict[int, bool] = field(default_factory=dict)
    _made: dict[int, Sentence] = field(default_factory=dict)
    _own: list[Sentence] | None = None
    _said: dict[str, bool] = field(default_factory=dict)

    def __post_init__(self) -> None:
        markup = self.markup
        self.quiet = quieten(markup.prose)
        self.quiet_plain = quieten(markup.plain) if markup.asides else self.quiet
        self.regions = [Region(*piece, None) for piece in cut(self.quiet)]
        for start, end, kind in markup.asides:
            self.regions.extend(Region(*piece, kind) for piece in cut(self.quiet_plain, start, end))

    def sentence(self, index: int) -> Sentence:
        """Return the region ``index`` as a marked Sentence; call it inside the pipeline's zone."""
        if index not in self._made:
            region = self.regions[index]
            source = self.quiet if region.aside is None else self.quiet_plain
            made = self.pipeline.sentence(source, region.start, region.end, question=region.question)
            self._made[index] = self.vocabulary.mark(made)
        return self._made[index]

    @property
    def own(self) -> list[Sentence]:
        """The author's own sentences, as many as are read of a very long message."""
        if self._own is None:
            self._own = []
            characters = 0
            for index, region in enumerate(self.regions):
                characters += region.end - region.start
                if region.aside is not None or characters > MOST_CHARACTERS or index >= MOST_SENTENCES:
                    break
                self._own.append(self.sentence(index))
        return self._own

    def place(self, sentence: Sentence) -> int:
        """Return the index of one of the author's own sentences among them, or -1."""
        return next((index for index, own in enumerate(self.own) if own is sentence), -1)

    def spoken(self, start: int, end: int) -> bool:
        """Return whether the words between ``start`` and ``end`` stand inside quotation marks."""
        return any(begin < start and end < finish for begin, finish in self.markup.spoken)

    def says(self, concept: str) -> bool:
        """Return whether the author says ``concept`` anywhere in the message, outside quotation marks."""
        if concept not in self._said:
            self._said[concept] = self._says(concept)
        return self._said[concept]

    def _says(self, concept: str) -> bool:
        return any(
            not self.spoken(*sentence.span(start, end))
            for sentence in self.own
            for start, ends in sentence.concepts.get(concept, {}).items()
            for end in ends
        )
