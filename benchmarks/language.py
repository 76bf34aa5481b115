"""How fast the language engine reads ordinary chat it has not seen, beside spaCy's bare tokenizer on the same texts.

Every run is a fresh process that reads each of at least 100,000 distinct messages once, for a tokenizer caches what it
has seen; figures are the median of five runs. alex was measured at 218 messages a second beside a tokenizer at 8,427.
"""

import json
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from itertools import islice
from pathlib import Path
from random import Random

MESSAGES = 100_000
ALEX = (218, 8_427)  # messages a second, and those of the tokenizer in that run
RUNS = 5
SAMPLE = Path(__file__).parent.parent.parent / "shared" / "language" / "chat_sample.jsonl"
# Of 100 words parted by spaces in the second half of that sample, 11 had not come up before; in as much of the next, 8.
NEW_WORDS = 0.08
LETTERS = "abcdefghijklmnopqrstuvwxyz"
HOSTILE = {
    "( x 40,000": "(" * 40_000,
    "'. x 20,000": "'." * 20_000,
    "fresh words": " ".join(f"w{at:05d}x" for at in range(5_000))[:40_000],
    "a cue in every clause": ("no ticket no work. " * 2_200)[:40_000],
    "cues in one sentence": ("the business wants " * 2_200)[:40_000],
}
RULE = """- id: us_them.outsiders.made_{at}
  title: A made-up rule
  why: It is here to be counted, not to be read.
  patterns: ["@department *4 {word}", "{word} *3 @refuse", "your {word} is late"]
  examples: {{flag: ["your <<x>>"], pass: ["nothing"]}}
"""


def main() -> bool:
    """Print speed, ratios, hostile messages, loading time and memory; return whether every bar is met."""
    with tempfile.TemporaryDirectory() as folder:
        texts = Path(folder) / "texts.txt"
        texts.write_text("".join(f"{' '.join(text.split())}\n" for text in _messages()), encoding="utf-8")
        pack = Path(folder) / "made_up.yaml"
        pack.write_text("".join(RULE.format(at=at, word=_word(at)) for at in range(500)), encoding="utf-8")
        _say(f"{MESSAGES:,} messages, median of {RUNS} fresh processes")
        # In turn, so that a busy moment of the machine touches all three.
        turns = [(_run("read", texts), _run("tokenizer", texts), _run("read", texts, pack)) for _ in range(RUNS)]
        ours, bare, more = (statistics.median(turn[at]["rate"] for turn in turns) for at in range(3))
        load, memory, grown = (
            statistics.median(turn[0][name] for turn in turns) for name in ("load", "memory", "grown")
        )
        alex = bare * ALEX[0] / ALEX[1]
        met = [
            _bar("Detector.read", f"{ours:,.0f} messages a second", met=True),
            _bar("spaCy's bare tokenizer", f"{bare:,.0f}; we: {ours / bare:.1f} times (bar 3)", met=ours >= 3 * bare),
            _bar("alex, by that", f"{alex:,.0f}; we: {ours / alex:.0f} times (bar 100)", met=ours >= 100 * alex),
            _bar("ten times the rules", f"{ours / more:.2f} times the time (bar 1.3)", met=ours <= 1.3 * more),
            _bar("loading after spaCy", f"{load:.2f} s (bar 1.5)", met=load <= 1.5),
            _bar("memory", f"{memory:.0f} MB (bar 200), {grown:.0f} since the first tenth", met=memory <= 200),
        ]
        for name, milliseconds in _run("hostile", texts).items():
            met.append(_bar(f"hostile: {name}", f"{milliseconds:.1f} ms (bar 50)", met=milliseconds <= 50))
    return all(met)


def _bar(name: str, figure: str, *, met: bool) -> bool:
    _say(f"{name:<32}{figure}{'' if met else '  MISSED'}")
    return met


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def _word(at: int) -> str:
    letters = "bcdfghjklmnpqrst"
    return "zo" + letters[at % 16] + "a" + letters[at // 16 % 16] + "u" + letters[at // 256 % 16]


def _messages() -> list[str]:
    """Return distinct messages: real ones where a sample lies beside the project, and halves of the project's own
    ordinary chat joined anew, with words coined as often as a new one comes up in real chat."""
    # Here, for teaching needs libraries that would count as memory of what is measured.
    from nlp.training import read_ordinary  # noqa: PLC0415

    real = []
    if SAMPLE.is_file():
        with SAMPLE.open(encoding="utf-8") as lines:
            real = list(dict.fromkeys(json.loads(line)["text"] for line in lines))
    draw = Random(5)  # noqa: S311 (chat is made up here, not keys)
    told = [line.split() for line in read_ordinary()]
    made = dict.fromkeys(real)
    while len(made) < MESSAGES:
        first, second = draw.choice(told), draw.choice(told)
        words = [*first[: len(first) // 2], *second[len(second) // 2 :]]
        made[" ".join(_coined(word, draw) if draw.random() < NEW_WORDS else word for word in words)] = None
    messages = list(made)
    draw.shuffle(messages)
    return messages


def _coined(word: str, draw: Random) -> str:
    return word[: len(word) // 2] + "".join(draw.choices(LETTERS, k=4)) + word[len(word) // 2 :]


def _run(what: str, texts: Path, *packs: Path) -> dict[str, float]:
    command = [sys.executable, "-m", "benchmarks.language", what, str(texts), *map(str, packs)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)  # noqa: S603 (this very module)
    result: dict[str, float] = json.loads(done.stdout)
    return result


def _measure(what: str, texts: Path, packs: list[Path]) -> dict[str, float]:
    # spaCy is loaded before the clock starts, the engine after.
    import spacy  # noqa: PLC0415 (what is measured)

    begun = time.perf_counter()
    if what == "tokenizer":
        read = spacy.blank("en").make_doc
    else:
        from nlp import Detector  # noqa: PLC0415 (what is measured)

        detector = Detector(packs)
        read = detector.read  # type: ignore[assignment]  # either takes a text
    load = time.perf_counter() - begun
    if what == "hostile":
        read("warm")
        return {name: _milliseconds(read, text) for name, text in HOSTILE.items()}
    # A thousand at a time, so that the texts themselves take no memory to speak of.
    count, taken, early = 0, 0.0, 0.0
    with texts.open(encoding="utf-8") as lines:
        while messages := [line.rstrip("\n") for line in islice(lines, 1_000)]:
            begun = time.perf_counter()
            for text in messages:
                read(text)
            taken += time.perf_counter() - begun
            count += len(messages)
            if count == MESSAGES // 10:
                early = _megabytes()
    return {"rate": count / taken, "load": load, "memory": _megabytes(), "grown": _megabytes() - early}


def _milliseconds(read: object, text: str) -> float:
    best = float("inf")
    for _ in range(3):
        begun = time.perf_counter()
        read(text)  # type: ignore[operator]  # a function of one text
        best = min(best, time.perf_counter() - begun)
    return best * 1_000


def _megabytes() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1_024


if __name__ == "__main__":
    sys.stdout.write(json.dumps(_measure(sys.argv[1], Path(sys.argv[2]), [Path(pack) for pack in sys.argv[3:]])))
