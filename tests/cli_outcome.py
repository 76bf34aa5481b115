"""How a run of the command line ends."""

from collections.abc import Callable
from dataclasses import dataclass

KEY = "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE="


@dataclass(frozen=True)
class Ended:
    """How a command ended, and what it said."""

    code: int
    out: str
    err: str

    @property
    def sentence(self) -> str:
        """The one line an operator is told."""
        assert self.code == 2, self
        (line,) = self.err.splitlines()
        assert line.startswith("fairview: ")
        return line.removeprefix("fairview: ")


Fairview = Callable[..., Ended]
