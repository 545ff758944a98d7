"""Counting approvals: enough different officers, each by their own key, of this."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, strategies as st

from broker.core.approvals import (
    approvals_digest,
    check_approvals,
    release_digest,
    sign_statement,
    tally,
)
from broker.core.codec.approvals import decode_statement
from broker.core.errors import Code, RefusedError
from broker.core.fields import FieldClass
from broker.core.policy.decision import Approval
from broker.core.releases import (
    Release,
    ReleaseParcel,
    SignedApproval,
    Statement,
    Verdict,
)
from keys.framing import sha256
from tests.officers import (
    AMINA,
    BRIAN,
    CHEN,
    OFFICERS,
    need,
    officer_signer,
    public_keys,
    said,
)
from tests.world import AMBER, BEL, DAY_MS, KEN, KIND, MEX, NOW_MS, XPO

THIS = sha256(b"this release")
OTHER = sha256(b"another release")
KEYS = public_keys()
RELEASE = Release(
    origin=KEN,
    kind=KIND,
    policy_digest=sha256(b"policy"),
    parcels=(
        ReleaseParcel(
            recipients=(BEL, MEX),
            body_digest=sha256(b"less"),
            handling=AMBER,
            withheld=(FieldClass.PERSONAL,),
        ),
        ReleaseParcel(
            recipients=(XPO,),
            body_digest=sha256(b"all"),
            handling=AMBER,
            approvals=(need(), need(1, [CHEN], "chief")),
        ),
    ),
)


def check(
    *statements: SignedApproval, needed: Approval | None = None, now_ms: int = NOW_MS
) -> bytes:
    return check_approvals(THIS, [needed or need()], statements, KEYS, now_ms)


def refused(*statements: SignedApproval, needed: Approval | None = None) -> str:
    with pytest.raises(RefusedError) as caught:
        check(*statements, needed=needed)
    assert caught.value.code is Code.APPROVAL_NEEDED
    return caught.value.detail


def alarm(*statements: SignedApproval) -> str:
    with pytest.raises(RefusedError) as caught:
        check(*statements)
    assert caught.value.code is Code.INVALID_APPROVAL
    return caught.value.detail


def test_nothing_needed_is_nothing_to_prove() -> None:
    assert check_approvals(THIS, [], [], {}, NOW_MS) == b""
    assert approvals_digest([]) == b""


def test_enough_officers_release_and_the_set_has_a_digest() -> None:
    approvals = [said(AMINA, THIS), said(BRIAN, THIS)]
    digest = check(*approvals)
    assert len(digest) == 32
    assert digest == check(*reversed(approvals)) == approvals_digest(approvals)
    assert digest != check(*approvals, said(CHEN, THIS))


def test_one_of_two_is_not_enough() -> None:
    detail = refused(said(AMINA, THIS))
    assert detail == ("rule routes: 1 of 2 approvals (amina); may: amina, brian, chen")


def test_nobody_is_not_enough() -> None:
    assert "0 of 2" in refused()


def test_the_same_officer_twice_counts_once() -> None:
    again = said(AMINA, THIS, at_ms=NOW_MS - 5)
    assert "1 of 2" in refused(said(AMINA, THIS), again, said(AMINA, THIS))


def test_an_approval_replayed_for_another_document_does_not_count() -> None:
    assert "1 of 2" in refused(said(AMINA, THIS), said(BRIAN, OTHER))


def test_an_approval_from_before_the_policy_changed_does_not_count() -> None:
    old = release_digest(RELEASE)
    new = release_digest(replace(RELEASE, policy_digest=sha256(b"other policy")))
    approvals = [said(AMINA, old), said(BRIAN, old)]
    assert check_approvals(old, [need()], approvals, KEYS, NOW_MS)
    with pytest.raises(RefusedError, match="0 of 2"):
        check_approvals(new, [need()], approvals, KEYS, NOW_MS)


def test_one_key_under_two_names_is_one_officer() -> None:
    keys = {**KEYS, "anna": KEYS[AMINA]}
    approvals = [
        said(AMINA, THIS),
        said("anna", THIS, signer=officer_signer(AMINA)),
    ]
    with pytest.raises(RefusedError, match="1 of 2"):
        check_approvals(THIS, [need(2, [AMINA, "anna"])], approvals, keys, NOW_MS)


def test_who_rejects_under_their_other_name_rejects() -> None:
    keys = {**KEYS, "anna": KEYS[AMINA]}
    rejected = said(
        "anna", THIS, Verdict.REJECT, at_ms=NOW_MS + 1, signer=officer_signer(AMINA)
    )
    approvals = [said(AMINA, THIS), said(BRIAN, THIS), rejected]
    with pytest.raises(RefusedError, match="rejected by anna"):
        check_approvals(THIS, [need()], approvals, keys, NOW_MS)


def test_an_officer_whom_the_policy_names_no_more_does_not_count() -> None:
    approvals = [said(AMINA, THIS), said(BRIAN, THIS)]
    left = public_keys([AMINA, CHEN])
    with pytest.raises(RefusedError, match="1 of 2"):
        check_approvals(THIS, [need()], approvals, left, NOW_MS)


def test_an_officer_whom_the_rule_does_not_name_does_not_count() -> None:
    needed = need(2, [AMINA, BRIAN])
    assert "1 of 2" in refused(said(AMINA, THIS), said(CHEN, THIS), needed=needed)


def test_an_officer_whom_the_rule_does_not_name_cannot_stop_it() -> None:
    needed = need(2, [AMINA, BRIAN])
    others = said(CHEN, THIS, Verdict.REJECT)
    assert check(said(AMINA, THIS), said(BRIAN, THIS), others, needed=needed)


def test_one_rejection_stops_what_enough_others_approved() -> None:
    approvals = [said(AMINA, THIS), said(BRIAN, THIS)]
    assert "rejected by chen" in refused(*approvals, said(CHEN, THIS, Verdict.REJECT))


def test_a_rejection_is_withdrawn_by_the_same_officers_later_approval_only() -> None:
    rejected = said(CHEN, THIS, Verdict.REJECT, at_ms=NOW_MS - 100)
    approvals = [said(AMINA, THIS), said(BRIAN, THIS)]
    refused(rejected, *approvals)
    refused(rejected, *approvals, said(CHEN, THIS, at_ms=NOW_MS - 101))
    assert check(rejected, *approvals, said(CHEN, THIS, at_ms=NOW_MS - 99))


def test_of_two_statements_at_one_time_the_rejection_counts() -> None:
    both = [said(AMINA, THIS, Verdict.REJECT), said(AMINA, THIS)]
    refused(*both, said(BRIAN, THIS), said(CHEN, THIS))
    refused(*reversed(both), said(BRIAN, THIS), said(CHEN, THIS))


def test_a_rejection_does_not_lapse() -> None:
    rejected = said(CHEN, THIS, Verdict.REJECT, at_ms=NOW_MS - 9 * DAY_MS)
    refused(rejected, said(AMINA, THIS), said(BRIAN, THIS))


def test_an_approval_that_has_lapsed_does_not_count() -> None:
    old = said(BRIAN, THIS, at_ms=NOW_MS - DAY_MS)
    assert "1 of 2" in refused(said(AMINA, THIS), old)
    assert check(said(AMINA, THIS), old, now_ms=NOW_MS - 1)


def test_an_approval_from_the_future_is_an_alarm() -> None:
    early = said(AMINA, THIS, at_ms=NOW_MS + 300_001)
    assert "amina, from the future" in alarm(early, said(BRIAN, THIS))
    check(said(AMINA, THIS, at_ms=NOW_MS + 300_000), said(BRIAN, THIS))


def test_an_approval_under_another_officers_key_is_an_alarm() -> None:
    forged = said(AMINA, THIS, signer=officer_signer(BRIAN))
    assert "amina" in alarm(forged, said(BRIAN, THIS))


def test_a_changed_statement_is_an_alarm() -> None:
    good, bad = said(AMINA, THIS, Verdict.REJECT), said(AMINA, THIS)
    alarm(replace(good, statement=bad.statement), said(BRIAN, THIS), said(CHEN, THIS))


@pytest.mark.parametrize("data", [b"", b"\xff", b"\x0a\x01a", bytes(5000)])
def test_what_cannot_be_read_is_an_alarm(data: bytes) -> None:
    alarm(SignedApproval(statement=data, signature=b""), said(BRIAN, THIS))


def test_every_rule_must_be_met() -> None:
    needed = [need(), need(1, [CHEN], "chief")]
    two = [said(AMINA, THIS), said(BRIAN, THIS)]
    with pytest.raises(RefusedError, match="rule chief: 0 of 1"):
        check_approvals(THIS, needed, two, KEYS, NOW_MS)
    found = tally(THIS, needed, [*two, said(CHEN, THIS)], KEYS, NOW_MS)
    assert found.met
    assert not found.rejected
    assert [count.approved for count in found.counts] == [OFFICERS, (CHEN,)]
    assert len(found.counted) == 3


def test_a_key_of_another_kind_in_the_policy_verifies_nothing() -> None:
    keys = {**KEYS, AMINA: bytes(97)}
    with pytest.raises(RefusedError, match="an officer's key"):
        check_approvals(THIS, [need()], [said(AMINA, THIS)], keys, NOW_MS)


@pytest.mark.parametrize(
    "bad",
    [
        {"release_digest": b"short"},
        {"officer": ""},
        {"officer": "a" * 65},
        {"reason": "right\u202eto left"},
        {"reason": "x" * 301},
    ],
)
def test_nobody_signs_what_nobody_would_take(bad: dict[str, Any]) -> None:
    statement = Statement(
        release_digest=THIS,
        verdict=Verdict.APPROVE,
        officer=AMINA,
        at_ms=NOW_MS,
        expires_ms=NOW_MS + 1,
    )
    with pytest.raises(RefusedError):
        sign_statement(replace(statement, **bad), officer_signer(AMINA))


def test_what_officers_approve_changes_with_everything_that_would_leave() -> None:
    first, second = RELEASE.parcels
    variants = [
        RELEASE,
        replace(RELEASE, origin=BEL),
        replace(RELEASE, kind="route-intelligence/1"),
        replace(RELEASE, policy_digest=sha256(b"other")),
        replace(RELEASE, case_reference="K-1"),
        replace(RELEASE, in_reply_to=sha256(b"question")),
        replace(RELEASE, parcels=(first,)),
        replace(RELEASE, parcels=(second,)),
        replace(RELEASE, parcels=(replace(first, withheld=()), second)),
        replace(RELEASE, parcels=(replace(first, recipients=(BEL,)), second)),
        replace(RELEASE, parcels=(replace(first, body_digest=THIS), second)),
        replace(RELEASE, parcels=(first, replace(second, approvals=(need(),)))),
    ]
    assert len({release_digest(one) for one in variants}) == len(variants)


def test_what_several_parcels_need_is_needed_once() -> None:
    twice = replace(
        RELEASE,
        parcels=tuple(replace(one, approvals=(need(),)) for one in RELEASE.parcels),
    )
    assert twice.needed == (need(),)


statements = st.builds(
    said,
    st.sampled_from(OFFICERS),
    st.sampled_from([THIS, OTHER]),
    st.sampled_from(Verdict),
    at_ms=st.integers(NOW_MS - 3, NOW_MS + 3),
    lifetime_ms=st.sampled_from([1, 2, DAY_MS]),
)


@given(st.lists(statements, max_size=8), st.integers(1, 3))
def test_counting_is_as_the_words_say(heard: list[SignedApproval], k: int) -> None:
    """Against the plainest way to say it, and whatever the order."""
    now_ms = NOW_MS + 1
    approving, rejecting = set(), set()
    for officer in OFFICERS:
        own = [decode_statement(one.statement) for one in heard]
        own = [s for s in own if s.officer == officer and s.release_digest == THIS]
        if not own:
            continue
        newest = max(s.at_ms for s in own)
        last = [s for s in own if s.at_ms == newest]
        if any(s.verdict is Verdict.REJECT for s in last):
            rejecting.add(officer)
        elif all(s.expires_ms > now_ms for s in last):
            approving.add(officer)
        elif any(s.expires_ms > now_ms for s in last):
            return  # two approvals at one time that differ: either may be the last
    expected = len(approving) >= k and not rejecting
    found = tally(THIS, [need(k)], heard, KEYS, now_ms)
    assert found.met is expected
    backwards = tally(THIS, [need(k)], heard[::-1], KEYS, now_ms)
    assert backwards.met is expected
