"""The wheel, built and installed elsewhere, brings everything it needs: rules, lexicon, migrations, samples."""

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(folder), str(ROOT)]
    subprocess.run(command, check=True, capture_output=True)
    [built] = folder.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel without its dependencies, in a folder of its own; the dependencies are those of this environment."""
    folder = tmp_path_factory.mktemp("installed")
    command = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--no-index", "--target", str(folder)]
    subprocess.run([*command, str(wheel)], check=True, capture_output=True)
    return folder


def run(installed: Path, cwd: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    # The installed folder comes before the checkout on the path, and the command runs somewhere else altogether.
    kept = {key: value for key, value in os.environ.items() if not key.startswith(("SLACK_", "FAIRVIEW_"))}
    return subprocess.run(
        [sys.executable, *arguments],
        env={**kept, "PYTHONPATH": str(installed), **environment},
        cwd=cwd,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def test_it_holds_the_data_it_needs_and_no_tests(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    wanted = {
        "bot/store/migrations/env.py",
        "bot/valuestreams/samples/catalogue.yaml",
        "nlp/rules/us_and_them.yaml",
        "nlp/py.typed",
    }
    assert wanted <= names
    assert any(name.startswith("bot/store/migrations/versions/0001") for name in names)
    assert any(name.startswith("nlp/lexicon/") for name in names)
    assert not [name for name in names if name.startswith(("tests/", "benchmarks/", "migrations/"))]


def test_it_runs_from_where_it_is_installed(installed: Path, tmp_path: Path) -> None:
    where = run(installed, tmp_path, "-c", "import bot, nlp; print(bot.__file__); print(nlp.__file__)")
    assert [Path(line).is_relative_to(installed) for line in where.stdout.split()] == [True, True]


def test_it_checks_a_message(installed: Path, tmp_path: Path) -> None:
    checked = run(installed, tmp_path, "-m", "bot", "check", "The business wants it by Friday")
    assert checked.returncode == 0, checked.stderr
    assert "us_them" in checked.stdout


def test_it_migrates_and_imports_its_own_sample(installed: Path, tmp_path: Path) -> None:
    database = f"sqlite:///{tmp_path / 'fairview.db'}"
    migrated = run(installed, tmp_path, "-m", "bot", "migrate", DATABASE_URL=database)
    assert (migrated.returncode, migrated.stderr) == (0, "")
    sample = str(installed / "bot" / "valuestreams" / "samples" / "catalogue.yaml")
    command = ("-m", "bot", "streams", "import", sample, "--workspace", "T0WHEEL")
    imported = run(installed, tmp_path, *command, DATABASE_URL=database)
    assert imported.returncode == 0, imported.stderr
    again = run(installed, tmp_path, *command, DATABASE_URL=database)
    assert "no change" in again.stdout.lower() or "unchanged" in again.stdout.lower()


def test_it_plays_the_demonstration(installed: Path, tmp_path: Path) -> None:
    played = run(installed, tmp_path, "-m", "bot", "demo", "--speed", "100")
    assert played.returncode == 0, played.stdout[-2000:] + played.stderr[-2000:]
    assert "✓" in played.stdout
    assert "✗" not in played.stdout
