"""A time-stamp says by when everything was there; nothing else passes for one."""

from dataclasses import replace

import pytest

from broker.core.evidence.bundle import Bundle
from broker.core.evidence.findings import Report, State
from broker.core.evidence.verify import verify_bundle, verify_evidence
from broker.core.model import Stage
from keys.timestamps import timestamp_request
from tests import world
from tests.evidence_world import EvidenceWorld
from tests.time_authority import TimeAuthority, make_authority
from tests.world import BEL


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> TimeAuthority:
    """A time-stamp authority."""
    return make_authority(tmp_path_factory.mktemp("authority") / "tsa")


@pytest.fixture(scope="module")
def stamped(
    tmp_path_factory: pytest.TempPathFactory, authority: TimeAuthority
) -> tuple[EvidenceWorld, Bundle]:
    """A federation with that authority, and evidence of an exchange."""

    def stamp(note: str) -> bytes:
        return authority.stamp(timestamp_request(note.encode()).body)

    here = EvidenceWorld(tmp_path_factory.mktemp("stamped") / "hub", stamp=stamp)
    message = here.exchange()
    here.stamped_before(message)
    collected = here.collect(message)
    assert collected.unstamped == ""
    return here, Bundle.from_bytes(collected.data)


Stamped = tuple[EvidenceWorld, Bundle]


def of(report: Report, state: State) -> str:
    """Returns everything that is said with one state."""
    return "\n".join(one.text for one in report.of(state))


def check(stamped: Stamped, authorities: bytes, bundle: Bundle | None = None) -> Report:
    """Checks evidence with these authorities."""
    here, own = stamped
    return verify_bundle(bundle or own, here.demands(authorities=authorities))


def test_a_time_stamp_of_a_trusted_authority_is_proved(
    stamped: Stamped, authority: TimeAuthority
) -> None:
    report = check(stamped, authority.certificate)
    report.check()
    assert "a time-stamp of CN=Test time-stamps" in of(report, State.PROVED)
    assert "1 of the statements were logged" in of(report, State.UNPROVED)


def test_a_time_before_that_of_a_statement_is_named(
    stamped: Stamped, authority: TimeAuthority
) -> None:
    """What is sealed here is of a year that the authority has not reached."""
    report = check(stamped, authority.certificate)
    assert "one of the clocks was wrong" in of(report, State.CAUTION)


def test_a_time_stamp_that_is_not_asked_for_is_said_to_be_unchecked(
    stamped: Stamped,
) -> None:
    report = check(stamped, b"")
    report.check()
    assert "you named no authority" in of(report, State.UNPROVED)


def test_a_time_stamp_of_another_authority_does_not_hold(
    stamped: Stamped, tmp_path_factory: pytest.TempPathFactory
) -> None:
    other = make_authority(tmp_path_factory.mktemp("other") / "tsa")
    report = check(stamped, other.certificate)
    assert "Time-stamp" in of(report, State.BROKEN)


def test_a_time_stamp_of_another_checkpoint_does_not_hold(
    stamped: Stamped, authority: TimeAuthority
) -> None:
    here, bundle = stamped
    assert bundle.stamp is not None
    newer = replace(bundle.stamp, note=here.note(), path=())
    report = check(stamped, authority.certificate, replace(bundle, stamp=newer))
    assert "Time-stamp" in of(report, State.BROKEN)


def test_a_time_stamp_that_nothing_joins_to_this_log_does_not_hold(
    stamped: Stamped, authority: TimeAuthority
) -> None:
    _, bundle = stamped
    assert bundle.stamp is not None
    torn = replace(bundle, stamp=replace(bundle.stamp, path=()))
    report = check(stamped, authority.certificate, torn)
    assert "Time-stamp" in of(report, State.BROKEN)


def test_asking_for_a_time_stamp_where_there_is_none_fails(
    stamped: Stamped, authority: TimeAuthority
) -> None:
    here, bundle = stamped
    data = replace(bundle, stamp=None).to_bytes()
    report = verify_evidence(data, here.demands(authorities=authority.certificate))
    assert "none is shown" in of(report, State.BROKEN)


def test_a_time_stamp_of_the_same_checkpoint_needs_no_proof_between(
    stamped: Stamped, authority: TimeAuthority
) -> None:
    here, _ = stamped
    message = here.send()
    here.state(world.receipt(message, Stage.DELIVERED, BEL))
    bundle = Bundle.from_bytes(here.collect(message).data)
    assert bundle.stamp is not None
    assert bundle.stamp.path == ()
    check(stamped, authority.certificate, bundle).check()
