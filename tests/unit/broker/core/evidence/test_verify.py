"""What evidence proves and what it does not."""

from dataclasses import replace
from pathlib import Path

import pytest

from broker.core.errors import ProofError
from broker.core.evidence.findings import State
from broker.core.evidence.verify import verify_evidence
from broker.core.model import Stage
from keys.directory.model import RevocationReason
from keys.framing import sha256
from keys.identity import HUB
from tests import world
from tests.evidence_world import EvidenceWorld
from tests.unit.broker.core.evidence.made import Made, broken, texts
from tests.world import BEL, DAY_MS, KEN, NOW_MS


def test_evidence_of_an_exchange_holds_and_says_what_it_proves(made: Made) -> None:
    report = verify_evidence(made.data, made.world.demands())
    report.check()
    proved = texts(report, State.PROVED)
    for said in (
        "over 1 root(s)",
        "KEN signed message",
        "disclosed content",
        "HUB stated ACCEPTED",
        "BEL stated DELIVERED",
        "BEL stated OPENED",
        "BEL stated ACKNOWLEDGED",
        "for Police of BEL",
        "decided by a person",
        "witness.example/a",
        "witness.example/b",
    ):
        assert said in proved
    assert report.witnesses == ("witness.example/a", "witness.example/b")
    assert report.of(State.CAUTION) == ()


def test_evidence_says_what_nobody_should_read_into_it(made: Made) -> None:
    report = verify_evidence(made.data, made.world.demands())
    unproved = texts(report, State.UNPROVED)
    for said in (
        "Who at BEL acknowledged",
        "clocks",
        "no time-stamp",
        "left out",
        "later revocation",
        "what the content says is true",
    ):
        assert said in unproved


def test_without_its_content_a_message_is_proved_and_not_what_it_says(
    made: Made,
) -> None:
    manifest = replace(made.bundle.manifest, disclosed=False)
    bundle = replace(made.with_message(content=None), manifest=manifest)
    report = made.check(bundle)
    report.check()
    assert "its content is not disclosed" in texts(report, State.UNPROVED)
    assert "content-salt" not in bundle.to_bytes().decode("latin-1")


def test_what_recipients_did_not_say_is_said_to_be_unproved(
    tmp_path: Path,
) -> None:
    here = EvidenceWorld(tmp_path / "hub")
    message = here.send()
    steps = (
        (None, HUB, "That the hub took"),
        (Stage.ACCEPTED, HUB, "reached BEL"),
        (Stage.DELIVERED, BEL, "BEL opened"),
        (Stage.OPENED, BEL, "a person at BEL read"),
    )
    for stage, by, said in steps:
        if stage is not None:
            here.state(world.receipt(message, stage, by))
        report = verify_evidence(here.collect(message).data, here.demands())
        report.check()
        assert said in texts(report, State.UNPROVED)


def test_a_hub_that_says_both_is_named(tmp_path: Path) -> None:
    here = EvidenceWorld(tmp_path / "hub")
    message = here.exchange()
    here.state(world.receipt(message, Stage.REFUSED, HUB))
    report = verify_evidence(here.collect(message).data, here.demands())
    report.check()
    assert "both that it took and refused" in texts(report, State.CAUTION)


def test_a_party_that_says_the_same_twice_is_named(tmp_path: Path) -> None:
    here = EvidenceWorld(tmp_path / "hub")
    message = here.exchange()
    here.state(world.receipt(message, Stage.OPENED, at_ms=NOW_MS + 7))
    report = verify_evidence(here.collect(message).data, here.demands())
    report.check()
    assert "BEL stated OPENED 2 times" in texts(report, State.CAUTION)


def test_the_same_evidence_is_the_same_file(made: Made) -> None:
    assert made.bundle.to_bytes() == made.data


def test_evidence_of_another_federation_is_refused(made: Made) -> None:
    for pin in (bytes(32), sha256(b"another root")):
        with pytest.raises(ProofError, match="another federation"):
            verify_evidence(made.data, made.world.demands(root_sha256=pin))


def test_fewer_witnesses_than_asked_for_do_not_do(made: Made) -> None:
    report = verify_evidence(made.data, made.world.demands(witnesses=3))
    assert "2 of the directory's witnesses" in broken(report)


def test_a_federation_without_witnesses_gives_evidence_that_says_so(
    tmp_path: Path,
) -> None:
    here = EvidenceWorld(tmp_path / "hub", quorum=0)
    data = here.collect(here.exchange()).data
    report = verify_evidence(data, here.demands())
    report.check()
    assert "no witness has cosigned" in texts(report, State.UNPROVED)
    assert not verify_evidence(data, here.demands(witnesses=1)).holds


@pytest.mark.parametrize(
    ("revoked_ms", "when"), [(NOW_MS + 1, "after"), (NOW_MS - 1, "before")]
)
def test_a_key_that_was_revoked_later_is_named(
    later: EvidenceWorld, revoked_ms: int, when: str
) -> None:
    message = later.exchange()
    key = world.published(
        world.signing_key(KEN),
        revoked_at_ms=revoked_ms,
        revocation_reason=RevocationReason.KEY_COMPROMISE,
    )
    new = world.published(world.signing_key("KEN/2"))
    record = world.entry(KEN, signing_keys=(key, new)).record
    later.publish(record, NOW_MS + DAY_MS)
    report = verify_evidence(later.collect(message).data, later.demands())
    report.check()
    said = texts(report, State.CAUTION)
    assert "key-compromise" in said
    assert f"{when} the time that is stated" in said


def test_a_party_that_has_left_since_is_judged_by_the_directory_of_its_time(
    later: EvidenceWorld,
) -> None:
    message = later.exchange()
    later.retire(KEN, NOW_MS + DAY_MS)
    report = verify_evidence(later.collect(message).data, later.demands())
    report.check()
    assert "does not have it any more" in texts(report, State.CAUTION)


def test_a_key_that_was_not_valid_then_proves_nothing(later: EvidenceWorld) -> None:
    key = world.published(world.signing_key(KEN), valid_to_ms=NOW_MS - 1)
    later.publish(world.entry(KEN, signing_keys=(key,)).record)
    message = later.exchange()
    with pytest.raises(ProofError, match="origin's signature"):
        later.collect(message)


def test_a_statement_from_before_its_key_was_published_is_named(
    later: EvidenceWorld,
) -> None:
    """A clock that is behind, or a time that is not right."""
    message = later.send()
    key = world.published(world.signing_key("BEL/2"))
    record = world.entry(BEL).record
    later.publish(
        replace(record, signing_keys=(*record.signing_keys, key)), NOW_MS + 60_000
    )
    early = world.receipt(message, Stage.OPENED)
    later.state(early, signer="BEL/2")
    report = verify_evidence(later.collect(message).data, later.demands())
    report.check()
    assert "a clock was behind" in texts(report, State.CAUTION)
