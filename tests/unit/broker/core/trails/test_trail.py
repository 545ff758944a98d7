"""Which lines of a trail lists show, and from which end."""

from broker.core.audit.padding import PADDING_STAGE
from broker.core.protocol_kinds import HEARTBEAT, RECALL
from broker.core.trails.trail import MOST_LINES, TrailFilter, TrailLine


def _line(stage: str = "OPENED", kind: str = "trace-request/1") -> TrailLine:
    return TrailLine(
        cursor=1,
        at_ms=0,
        stage=stage,
        by="BEL",
        to="KEN",
        message_digest=bytes(32),
        kind=kind,
    )


def test_padding_and_heartbeats_are_left_out_of_lists() -> None:
    assert TrailFilter().shows(_line())
    assert TrailFilter().shows(_line(kind=RECALL))
    assert not TrailFilter().shows(_line(kind=HEARTBEAT))
    assert not TrailFilter().shows(_line(PADDING_STAGE, kind=""))


def test_what_lists_leave_out_is_shown_to_who_asks_for_it() -> None:
    padding, beat = _line(PADDING_STAGE, kind=""), _line(kind=HEARTBEAT)
    for one in (padding, beat):
        assert TrailFilter(everything=True).shows(one)
    assert TrailFilter(stage=PADDING_STAGE).shows(padding)
    assert TrailFilter(kind=HEARTBEAT).shows(beat)
    assert not TrailFilter(kind=HEARTBEAT).shows(padding)


def test_the_newest_lines_are_meant_where_nothing_says_from_where_to_read_on() -> None:
    for wanted in (
        TrailFilter(),
        TrailFilter(before=9),
        TrailFilter(since_ms=1, before=9),
    ):
        assert wanted.newest
    for wanted in (
        TrailFilter(since_ms=1),
        TrailFilter(after=0),
        TrailFilter(after=0, before=9),
    ):
        assert not wanted.newest


def test_a_page_is_never_longer_than_the_longest() -> None:
    assert TrailFilter(limit=10**6).most == MOST_LINES
    assert TrailFilter(limit=-1).most == 0
