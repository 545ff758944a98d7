"""What officers write is read without surprises, and what attackers write is not."""

from pathlib import Path

import pytest

from broker.core.errors import DocumentError
from broker.infra.document_files import lines_of, load_file


def loaded(tmp_path: Path, text: str | bytes) -> object:
    path = tmp_path / "a document.yaml"
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return load_file(path)


def test_yaml_and_json_say_the_same(tmp_path: Path) -> None:
    expected = {"kind": "x/1", "items": [{"n": 1}, None, True]}
    assert loaded(tmp_path, "kind: x/1\nitems: [{n: 1}, null, true]") == expected
    assert loaded(tmp_path, '{"kind": "x/1", "items": [{"n": 1}, null, true]}') == (
        expected
    )


def test_dates_become_text_as_they_were_written(tmp_path: Path) -> None:
    text = "day: 2026-03-09\ntime: 2026-03-09T10:00:00+00:00\nyear: [2026-03-10]\n"
    assert loaded(tmp_path, text) == {
        "day": "2026-03-09",
        "time": "2026-03-09T10:00:00+00:00",
        "year": ["2026-03-10"],
    }


def test_names_become_text(tmp_path: Path) -> None:
    assert loaded(tmp_path, "2: a\ntrue: b\n") == {"2": "a", "True": "b"}


BOMB = "a0: &a0 [x]\n" + "".join(
    f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]\n" for n in range(1, 12)
)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("a: 1\na: 2\n", id="a name twice"),
        pytest.param("1: a\n'1': b\n", id="a name twice, as number and as text"),
        pytest.param("1: a\ntrue: b\n", id="a name twice, as Python sees it"),
        pytest.param("- {a: {b: 1, b: 1}}\n", id="a name twice, further down"),
        pytest.param("a: &x 1\nb: *x\n", id="a reference"),
        pytest.param("&a [*a]", id="a list that holds itself"),
        pytest.param(BOMB, id="a billion laughs"),
        pytest.param("a: [" * 5000, id="nested to exhaust the stack"),
        pytest.param("!!python/object/apply:os.getcwd []", id="a call"),
        pytest.param("? [a]\n: b\n", id="a list as a name"),
        pytest.param("a: [1\n", id="cut short"),
        pytest.param("day: 2026-13-45", id="a day that is none"),
        pytest.param("\x01", id="a control character"),
        pytest.param(b"\xff\xfe\xff", id="no text"),
        pytest.param("a: b\n---\nc: d\n", id="two documents"),
    ],
)
def test_what_could_surprise_is_refused(tmp_path: Path, text: str | bytes) -> None:
    with pytest.raises(DocumentError):
        loaded(tmp_path, text)


def test_a_slip_is_shown_with_its_place(tmp_path: Path) -> None:
    with pytest.raises(DocumentError, match="line 2, column 1") as refused:
        loaded(tmp_path, "a: 1\na: 2\n")
    assert "the name 'a' is there twice" in str(refused.value)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a:\n\tb: 1\n", "a tab stands here; indent with spaces"),
        ("a:\n  - b: 1\n   c: 2\n", "not indented like those that it belongs to"),
        ("because: Help: at once\n", "put a text with a colon in quotes"),
        ("a: [1\nb: 2\n", "expected ',' or ']'"),
        (
            "because: Coopération\n".encode("latin-1"),
            "another encoding, expected UTF-8",
        ),
        ("because: \a\n", "a sign that cannot be seen (U+0007)"),
    ],
)
def test_common_slips_are_named_in_words(
    tmp_path: Path, text: str | bytes, said: str
) -> None:
    with pytest.raises(DocumentError) as refused:
        loaded(tmp_path, text)
    assert said in str(refused.value)
    assert "\n" not in refused.value.problems[0].expected


def test_a_file_that_is_not_there_or_too_large_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DocumentError, match="a readable file"):
        load_file(tmp_path / "nowhere")
    with pytest.raises(DocumentError, match="a readable file"):
        load_file(tmp_path)
    with pytest.raises(DocumentError, match="a smaller file"):
        loaded(tmp_path, b"#" * (4 * 1024 * 1024 + 1))


def test_every_place_has_its_line(tmp_path: Path) -> None:
    path = tmp_path / "a document.yaml"
    path.write_text("party: KEN\n\noffices:\n  - name: A\n  -\n    name: B\n", "utf-8")
    assert lines_of(path) == {
        "": 1,
        "party": 1,
        "offices": 3,
        "offices[0]": 4,
        "offices[0].name": 4,
        "offices[1]": 6,
        "offices[1].name": 6,
    }


@pytest.mark.parametrize("text", ["", "a: [", BOMB])
def test_a_file_that_cannot_be_read_has_no_lines(tmp_path: Path, text: str) -> None:
    path = tmp_path / "a document.yaml"
    path.write_text(text, "utf-8")
    assert lines_of(path) == {}
    assert lines_of(tmp_path / "nowhere.yaml") == {}
