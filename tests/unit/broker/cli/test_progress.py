"""How far something has come: a bar on a terminal, few lines elsewhere."""

import sys

import pytest

from broker.cli.progress import LEAST_TOLD, shown_progress


def test_a_log_file_gets_a_line_for_each_tenth(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with shown_progress("entries") as progress:
        for done in range(0, 10 * LEAST_TOLD + 1, 100):
            progress(done, 10 * LEAST_TOLD)
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) == 11
    assert lines[-1] == f"{10 * LEAST_TOLD} of {10 * LEAST_TOLD} entries"


def test_what_is_done_in_a_moment_is_not_told(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with shown_progress("entries") as progress:
        progress(LEAST_TOLD - 1, LEAST_TOLD - 1)
        progress(0, 0)
    assert capsys.readouterr() == ("", "")


def test_a_terminal_shows_a_bar_that_ends_its_line(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    with shown_progress("entries") as progress:
        progress(1, 4)
        progress(1, 4)
        progress(4, 4)
    err = capsys.readouterr().err
    assert err.count("\r") == 2
    assert "[==========                              ] 1 of 4 entries" in err
    assert err.endswith("4 of 4 entries\n")
