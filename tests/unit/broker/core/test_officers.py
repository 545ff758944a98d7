"""One officer and one release: what is signed, and what is taken in."""

from dataclasses import replace

import pytest

from broker.core.approvals import hear
from broker.core.codec.approvals import decode_statement
from broker.core.errors import Code, ConfigurationError, RefusedError
from broker.core.officers import check_statement, officer_name, state
from broker.core.releases import SignedApproval, Statement, Verdict
from keys.directory.signers import steward_signer
from keys.errors import KeyFormatError
from keys.framing import sha256
from tests.officers import AMINA, BRIAN, need, officer_signer, public_keys, said
from tests.world import DAY_MS, NOW_MS

THIS = sha256(b"this release")
KEYS = public_keys()
SAYING = Statement(
    release_digest=THIS,
    verdict=Verdict.APPROVE,
    officer=AMINA,
    at_ms=NOW_MS,
    expires_ms=NOW_MS + DAY_MS,
)


def test_an_officer_is_known_by_the_key() -> None:
    assert officer_name(officer_signer(BRIAN), KEYS) == BRIAN
    with pytest.raises(ConfigurationError, match="amina, brian, chen"):
        officer_name(officer_signer("mallory"), KEYS)
    with pytest.raises(ConfigurationError, match="none at all"):
        officer_name(officer_signer(AMINA), {})
    with pytest.raises(KeyFormatError):
        officer_name(steward_signer(bytes(32)), KEYS)


def test_what_is_said_last_counts_also_within_one_millisecond() -> None:
    no = said(AMINA, THIS, Verdict.REJECT)
    others = said(BRIAN, THIS, at_ms=NOW_MS + 50)
    yes = state(officer_signer(AMINA), SAYING, KEYS, (no, others))
    assert decode_statement(yes.statement) == replace(SAYING, at_ms=NOW_MS + 1)
    heard = {one.said.officer: one for one in hear(THIS, [no, yes], KEYS, NOW_MS)}
    assert heard[AMINA].said.verdict is Verdict.APPROVE
    first = state(officer_signer(AMINA), SAYING, KEYS)
    assert decode_statement(first.statement) == SAYING


def refused(signed: SignedApproval, keys: dict[str, bytes] = KEYS) -> str:
    with pytest.raises(RefusedError) as caught:
        check_statement(signed, THIS, (need(),), keys, NOW_MS)
    assert caught.value.code is Code.INVALID_APPROVAL
    return caught.value.detail


def test_only_what_would_count_is_taken_in() -> None:
    check_statement(said(AMINA, THIS), THIS, (need(),), KEYS, NOW_MS)
    no = said(AMINA, THIS, Verdict.REJECT, at_ms=NOW_MS - 2 * DAY_MS)
    check_statement(no, THIS, (need(),), KEYS, NOW_MS)
    assert "something else" in refused(said(AMINA, sha256(b"other")))
    assert "none of those" in refused(said("dora", THIS))
    assert "has lapsed" in refused(said(AMINA, THIS, at_ms=NOW_MS - DAY_MS))
    assert "no key of amina" in refused(said(AMINA, THIS), public_keys([BRIAN]))
    forged = said(AMINA, THIS, signer=officer_signer(BRIAN))
    assert "does not verify" in refused(forged)
