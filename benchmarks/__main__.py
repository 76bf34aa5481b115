"""`make bench`: every benchmark, or only those named: `python -m benchmarks language`."""

import importlib
import pkgutil
import sys
from pathlib import Path


def main(wanted: list[str]) -> None:
    """Run the benchmarks named, or all of them; end with 1 where one says that it missed its bar."""
    names = sorted(module.name for module in pkgutil.iter_modules([str(Path(__file__).parent)]))
    names = [name for name in names if not name.startswith("_")]
    unknown = set(wanted) - set(names)
    if unknown:
        sys.exit(f"No benchmark is called {', '.join(sorted(unknown))}; there are: {', '.join(names)}")
    missed = []
    for name in wanted or names:
        sys.stdout.write(f"\n== {name}\n")
        sys.stdout.flush()
        if importlib.import_module(f"benchmarks.{name}").main() is False:
            missed.append(name)
    if missed:
        sys.exit(f"A bar was missed: {', '.join(missed)}")


if __name__ == "__main__":
    main(sys.argv[1:])
