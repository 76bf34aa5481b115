"""How fast the language engine reads ordinary chat it has not seen, beside spaCy's bare tokenizer on the same texts.

Every run is a fresh process that reads each of at least 100,000 distinct messages once, for a tokenizer caches what it
has seen; figures are the median of five runs. The messages are made up, or, where a sample of real chat lies beside the
project, that sample and made-up ones. alex was measured at 218 messages a second beside a tokenizer at 8,427.
"""

import json
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from nlp.ordinary import ordinary_chat

MESSAGES = 100_000
RUNS = 5
SAMPLE = Path(__file__).parent.parent.parent / "shared" / "language" / "chat_sample.jsonl"
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


def main() -> None:
    """Print speed, ratios, hostile messages, loading time and memory."""
    with tempfile.TemporaryDirectory() as folder:
        texts = Path(folder) / "texts.json"
        texts.write_text(json.dumps(_messages()), encoding="utf-8")
        pack = Path(folder) / "made_up.yaml"
        pack.write_text("".join(RULE.format(at=at, word=_word(at)) for at in range(500)), encoding="utf-8")
        ours = [_run("read", texts) for _ in range(RUNS)]
        bare = [_run("tokenizer", texts) for _ in range(RUNS)]
        more = [_run("read", texts, pack) for _ in range(RUNS)]
        rates = {
            name: statistics.median(run["rate"] for run in runs)
            for name, runs in (("ours", ours), ("bare", bare), ("more", more))
        }
        _say(f"{MESSAGES:,} messages, median of {RUNS} fresh processes")
        _say(f"Detector.read            {rates['ours']:>9,.0f} messages a second")
        _say(f"spaCy's tokenizer       {rates['bare']:>9,.0f}  (we: {rates['ours'] / rates['bare']:.1f} times as fast)")
        _say(
            f"alex, by that tokenizer  {rates['bare'] * 218 / 8_427:>9,.0f}  "
            f"(we are {rates['ours'] / rates['bare'] * 8_427 / 218:.0f} times as fast)"
        )
        _say(f"ten times the rules      {rates['more']:>9,.0f}  ({rates['ours'] / rates['more']:.2f} times the time)")
        _say(f"loading after spaCy      {statistics.median(run['load'] for run in ours):>9.2f} s")
        _say(
            f"memory at the end        {statistics.median(run['memory'] for run in ours):>9.0f} MB "
            f"({statistics.median(run['grown'] for run in ours):.0f} MB more than after the first tenth)"
        )
        for name, milliseconds in _run("hostile", texts).items():
            _say(f"hostile: {name:<24}{milliseconds:>6.1f} ms")


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def _word(at: int) -> str:
    letters = "bcdfghjklmnpqrst"
    return "zo" + letters[at % 16] + "a" + letters[at // 16 % 16] + "u" + letters[at // 256 % 16]


def _messages() -> list[str]:
    real = []
    if SAMPLE.is_file():
        with SAMPLE.open(encoding="utf-8") as lines:
            real = list(dict.fromkeys(json.loads(line)["text"] for line in lines))
    return [*real, *ordinary_chat(MESSAGES - len(real), seed=5)]


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
    messages: list[str] = json.loads(texts.read_text(encoding="utf-8"))
    begun = time.perf_counter()
    for text in messages[: MESSAGES // 10]:
        read(text)
    early = _megabytes()
    for text in messages[MESSAGES // 10 :]:
        read(text)
    taken = time.perf_counter() - begun
    return {"rate": len(messages) / taken, "load": load, "memory": _megabytes(), "grown": _megabytes() - early}


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
