"""Evidence shows that officers released a message, where their policy asks for it."""

from dataclasses import replace
from pathlib import Path

import pytest

from broker.core.approvals import approvals_digest, release_digest
from broker.core.codec.approvals import encode_release
from broker.core.codec.policy import encode_policy, policy_digest
from broker.core.evidence.bundle import Bundle
from broker.core.evidence.findings import Report, State
from broker.core.evidence.parts import MessageParts
from broker.core.evidence.verify import verify_bundle
from broker.core.releases import Evidence, Release, ReleaseParcel
from keys.framing import sha256
from tests import world
from tests.evidence_world import EvidenceWorld
from tests.officers import AMINA, BRIAN, OFFICERS, need, said
from tests.unit.broker.services.pending_world import policy
from tests.world import AMBER, BEL, KEN, KIND, NOW_MS

POLICY = encode_policy(policy())
RELEASE = Release(
    origin=KEN,
    kind=KIND,
    policy_digest=policy_digest(POLICY),
    parcels=(
        ReleaseParcel(
            recipients=(BEL,),
            body_digest=sha256(world.body()),
            handling=AMBER,
            approvals=(need(2, OFFICERS, "routes"),),
        ),
    ),
)


def approved(*names: str) -> Evidence:
    """Returns what these officers approved."""
    digest = release_digest(RELEASE)
    approvals = tuple(said(name, digest) for name in names)
    return Evidence(release=encode_release(RELEASE), approvals=approvals)


@pytest.fixture
def made(tmp_path: Path) -> tuple[EvidenceWorld, Bundle]:
    """Evidence of a message that two officers released, with its content."""
    here, kept = EvidenceWorld(tmp_path / "hub"), approved(AMINA, BRIAN)
    message = here.send(
        policy_digest=policy_digest(POLICY),
        approvals_digest=approvals_digest(kept.approvals),
        created_ms=NOW_MS + 1,
    )
    bundle = Bundle.from_bytes(here.collect(message, disclosed=True).data)
    [parts] = bundle.messages
    return here, with_parts(bundle, replace(parts, release=kept, policy=POLICY))


def with_parts(bundle: Bundle, parts: MessageParts) -> Bundle:
    """Returns the evidence with other parts, as it is read from a file."""
    return Bundle.from_bytes(replace(bundle, messages=(parts,)).to_bytes())


def texts(report: Report, state: State) -> str:
    """Returns everything that is said with one state."""
    return "\n".join(one.text for one in report.of(state))


def test_approvals_are_proved(made: tuple[EvidenceWorld, Bundle]) -> None:
    here, bundle = made
    report = verify_bundle(bundle, here.demands())
    report.check()
    assert "2 approval(s) by officers" in texts(report, State.PROVED)


def test_approvals_of_fewer_officers_do_not_hold(
    made: tuple[EvidenceWorld, Bundle],
) -> None:
    here, bundle = made
    [parts] = bundle.messages
    less = with_parts(bundle, replace(parts, release=approved(AMINA)))
    assert "Approvals of" in texts(verify_bundle(less, here.demands()), State.BROKEN)


def test_approvals_that_are_not_shown_are_named(
    made: tuple[EvidenceWorld, Bundle],
) -> None:
    here, bundle = made
    [parts] = bundle.messages
    bare = replace(parts, release=None, policy=b"", content=None)
    manifest = replace(bundle.manifest, disclosed=False)
    report = verify_bundle(
        with_parts(replace(bundle, manifest=manifest), bare), here.demands()
    )
    report.check()
    assert "Who released the message" in texts(report, State.UNPROVED)


def test_approvals_are_not_shown_without_the_content(
    made: tuple[EvidenceWorld, Bundle],
) -> None:
    """They name its digest without salt: a short content could be guessed from it."""
    here, bundle = made
    [parts] = bundle.messages
    leaky = with_parts(bundle, replace(parts, content=None))
    said_broken = texts(verify_bundle(leaky, here.demands()), State.BROKEN)
    assert "without the content" in said_broken
