"""Every error of ours has a code and an exit code, and no text steers the terminal."""

import json
import sys
import unicodedata
from collections.abc import Iterator

import pytest
from hypothesis import given, strategies as st

from broker.cli.output import note_item, print_table, report, say_item, visible
from broker.core.errors import (
    BrokerError,
    BusRefusedError,
    BusUnavailableError,
    Code,
    ConfigurationError,
    DocumentError,
    DocumentProblem,
    HandlingError,
    PolicyError,
    ProofError,
    RefusedError,
    StoreFullError,
)
from broker.core.sentences import ExitCode, describe
from keys.errors import KeysError, KeystoreError, PartyCodeError, UnreachableError

PROBLEM = DocumentProblem("items[0]", "nothing", "expected an item")


def _descendants(kind: type[Exception]) -> Iterator[type[Exception]]:
    for child in kind.__subclasses__():
        yield child
        yield from _descendants(child)


OURS = sorted(
    {*_descendants(BrokerError), *_descendants(KeysError)},
    key=lambda kind: kind.__name__,
)


def _an(kind: type[Exception]) -> BrokerError | KeysError:
    """Returns an error of a kind, whatever its constructor takes."""
    arguments: tuple[object, ...] = ("something",)
    if issubclass(kind, RefusedError):
        arguments = (Code.MALFORMED, "something")
    elif issubclass(kind, DocumentError | PolicyError):
        arguments = ([PROBLEM],)
    error = kind(*arguments)
    assert isinstance(error, BrokerError | KeysError)
    return error


@pytest.mark.parametrize("kind", OURS)
def test_every_error_has_a_code_a_text_and_an_exit_code(kind: type[Exception]) -> None:
    found = report(_an(kind))
    assert found.code == found.code.lower()
    assert found.text
    assert found.exit_code not in {ExitCode.OK, ExitCode.USAGE}


@pytest.mark.parametrize("code", Code)
def test_every_refusal_is_reported_by_its_own_code(code: Code) -> None:
    found, sentence = report(RefusedError(code, "detail")), describe(code)
    assert (found.code, found.exit_code) == (code.value, sentence.exit_code)
    assert found.text == f"{sentence.text} (detail)"
    assert found.advice == sentence.advice


@pytest.mark.parametrize(
    ("error", "exit_code"),
    [
        (DocumentError([PROBLEM]), ExitCode.BAD_DATA),
        (PolicyError([PROBLEM]), ExitCode.BAD_DATA),
        (HandlingError("TLP:PINK"), ExitCode.BAD_DATA),
        (PartyCodeError("BE"), ExitCode.BAD_DATA),
        (BusUnavailableError("nobody"), ExitCode.UNAVAILABLE),
        (UnreachableError("nobody"), ExitCode.UNAVAILABLE),
        (StoreFullError("no room"), ExitCode.UNAVAILABLE),
        (BusRefusedError("no"), ExitCode.REFUSED),
        (KeystoreError("wrong passphrase"), ExitCode.REFUSED),
        (ConfigurationError("no folder"), ExitCode.CONFIGURATION),
        (ProofError("no proof"), ExitCode.FAILURE),
    ],
    ids=lambda value: type(value).__name__,
)
def test_exit_code_tells_what_to_do(
    error: BrokerError | KeysError, exit_code: ExitCode
) -> None:
    assert report(error).exit_code is exit_code


def test_problems_of_a_document_are_told_place_by_place() -> None:
    [problem] = report(DocumentError([PROBLEM])).problems
    assert problem == {
        "path": "items[0]",
        "found": "nothing",
        "expected": "expected an item",
    }


def test_who_is_not_admitted_is_told_whom_to_ask() -> None:
    assert "ask the stewards" in report(BusRefusedError("no")).advice


def test_long_sentences_stand_in_a_column_and_fingerprints_stay_whole(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    fingerprint = "0123abcd" * 8
    text = f"admits KEN under 1 key, of which 1 must sign: {fingerprint}"
    say_item("  - ", text)
    assert capsys.readouterr().out == f"  - {text}\n"
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    monkeypatch.setenv("COLUMNS", "80")
    note_item("  - ", f"{text}; \x1b[2J then")
    assert capsys.readouterr().err.splitlines() == [
        "  - admits KEN under 1 key, of which 1 must sign:",
        rf"    {fingerprint}; \u001b[2J",
        "    then",
    ]


def test_ids_of_a_table_are_not_broken(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    monkeypatch.setenv("COLUMNS", "60")
    message_id = "01a2011f-2833-7d76-831f-ad2a4c4bc26f"
    print_table(("id", "why"), [(message_id, "policy " * 9)], empty="")
    assert message_id in capsys.readouterr().out


@given(st.text())
def test_visible_text_cannot_steer_a_terminal(text: str) -> None:
    shown = visible(text)
    categories = {unicodedata.category(sign) for sign in shown if sign != "\n"}
    assert not categories & {"Cc", "Cf", "Cs", "Zl", "Zp"}


@given(st.recursive(st.text(), st.lists, max_leaves=5))
def test_visible_json_reads_back_the_same(value: object) -> None:
    shown = visible(json.dumps(value, ensure_ascii=False))
    assert json.loads(shown) == value


@given(st.text(alphabet=st.characters(categories=["L", "N", "P"])))
def test_ordinary_text_stays_as_it_is(text: str) -> None:
    assert visible(text) == text
