"""The files of a workspace's own, found and read."""

from pathlib import Path

import pytest

from nlp.packs import files_of, read_pack


def test_yaml_files_are_found_at_any_depth_in_order(tmp_path: Path) -> None:
    for name in ("b.yaml", "a.yml", "deep/er/c.YAML", "notes.md", ".hidden.yaml", "..data/a.yml", "deep/.git/x.yaml"):
        file = tmp_path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text("own: [x]\n", encoding="utf-8")
    (tmp_path / "folder.yaml").mkdir()
    assert [str(file.relative_to(tmp_path)) for file in files_of(tmp_path)] == ["a.yml", "b.yaml", "deep/er/c.YAML"]


def test_a_file_is_taken_whatever_it_is_called(tmp_path: Path) -> None:
    file = tmp_path / "rules.txt"
    file.write_text("own: [x]\n", encoding="utf-8")
    assert files_of(file) == [file]


def test_what_is_not_there_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        files_of(tmp_path / "nowhere")


def test_a_folder_without_a_file_is_told(tmp_path: Path) -> None:
    assert read_pack(tmp_path) == ([], [f"{tmp_path}: there is no file here whose name ends in .yaml or .yml"])


@pytest.mark.parametrize(
    ("content", "line", "says"),
    [
        (b"", 1, "the file is empty; expected a list of rules, each beginning with '- id:', or lists of words"),
        (b"# later\n", 1, "the file is empty"),
        (b"---\n", 2, "nothing stands here; expected a list of rules"),
        (b"hello\n", 1, "expected a list of rules, each beginning with '- id:', or lists of words, each as name: ["),
        (b"id: us_them.outsiders.own\ntitle: x\n", 1, "a rule stands in a list: begin it with '- id:'"),
        (b"own: [x]\nother: [\xff]\n", 2, "not UTF-8 text; save the file as UTF-8"),
        (b"\xff\xfeo\x00", 1, "not UTF-8 text; save the file as UTF-8"),
        (b"- [\n", 2, "not YAML"),
        (b"\thello\n", 1, "not YAML"),
        (b"own: [a]\nown: [b]\n", 2, "the key 'own' stands here twice"),
    ],
)
def test_a_file_that_holds_neither_rules_nor_words_is_told(
    tmp_path: Path, content: bytes, line: int, says: str
) -> None:
    file = tmp_path / "own.yaml"
    file.write_bytes(content)
    _, (problem,) = read_pack(tmp_path)
    assert problem.startswith(f"{file}:{line}: ")
    assert says in problem


def test_a_mistake_costs_only_the_list_it_stands_in(tmp_path: Path) -> None:
    file = tmp_path / "own.yaml"
    file.write_text("first: [a]\nsecond: [b\nthird: [c]\n---\n- {id: x}\n", encoding="utf-8")
    documents, (problem,) = read_pack(file)
    assert [document.value for document in documents] == [{"first": ["a"]}, {"third": ["c"]}, [{"id": "x"}]]
    assert [document.line(()) for document in documents] == [1, 3, 5]
    assert problem.startswith(f"{file}:")


def test_a_file_that_is_too_large_is_not_taken_apart(tmp_path: Path) -> None:
    file = tmp_path / "own.yaml"
    file.write_text("own: [x]\n" * 1_200_000, encoding="utf-8")
    assert read_pack(file) == ([], [f"{file}:1: larger than 10,000,000 characters; split it"])
