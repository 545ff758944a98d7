"""No content is destroyed before the law lets it go, nor used beyond its limits."""

import pytest
from hypothesis import given, strategies as st

from broker.core.codec.kinds import KINDS
from broker.core.onward import ONWARD_KIND
from broker.core.recalls.retention import (
    CLASSES,
    MINIMUM_YEARS,
    Fate,
    Kept,
    RecordClass,
    RetentionRules,
    class_of,
    judge,
    run_digest,
)
from tests.world import DAY_MS, NOW_MS

YEAR_MS = 366 * DAY_MS
DIGEST = b"m" * 32
TRACE = "trace-request/1"
_DAYS = st.none() | st.integers(1, 40_000)


def kept(kind: str = TRACE, **changes: object) -> Kept:
    fields = {"message_digest": DIGEST, "kind": kind, "sealed_ms": NOW_MS, **changes}
    return Kept(**fields)  # type: ignore[arg-type]


def fate(one: Kept, after_ms: int, rules: RetentionRules | None = None) -> Fate:
    return judge(one, rules or RetentionRules(), NOW_MS + after_ms).fate


def test_every_kind_has_a_class() -> None:
    assert set(CLASSES) == set(KINDS) - {ONWARD_KIND}


def test_the_minima_are_those_of_the_instrument() -> None:
    assert MINIMUM_YEARS == {RecordClass.RECORD: 20, RecordClass.MANUFACTURE: 30}


def test_what_is_not_known_is_kept_as_a_record() -> None:
    assert class_of("something-new/7") is RecordClass.RECORD


def test_records_are_kept_for_ever_unless_somebody_sets_a_limit() -> None:
    assert fate(kept(), 1000 * YEAR_MS) is Fate.KEEP
    rules = RetentionRules(days={RecordClass.RECORD: 20 * 366})
    assert fate(kept(), 20 * YEAR_MS - 1, rules) is Fate.KEEP
    assert fate(kept(), 20 * YEAR_MS, rules) is Fate.DUE


@pytest.mark.parametrize(("record_class", "years"), MINIMUM_YEARS.items())
def test_no_rule_can_undercut_the_minimum(
    record_class: RecordClass, years: int
) -> None:
    with pytest.raises(ValueError, match=f"{years} years"):
        RetentionRules(days={record_class: years * 366 - 1})


def test_intelligence_and_personal_data_go_soon() -> None:
    assert fate(kept("route-intelligence/1"), 1825 * DAY_MS) is Fate.DUE
    assert fate(kept("contact-card/1"), 730 * DAY_MS) is Fate.DUE
    assert fate(kept("contact-card/1"), 730 * DAY_MS - 1) is Fate.KEEP


def test_the_providers_limit_counts_where_no_law_says_otherwise() -> None:
    one = kept("route-intelligence/1", provider_days=30, own_days=90)
    assert fate(one, 30 * DAY_MS) is Fate.DUE
    assert judge(one, RetentionRules(), NOW_MS).rule == "provider"


def test_a_providers_limit_against_the_law_is_listed_and_not_decided() -> None:
    one = kept(provider_days=30)
    assert fate(one, 30 * DAY_MS - 1) is Fate.KEEP
    assert fate(one, 30 * DAY_MS) is Fate.CONFLICT
    assert fate(one, 20 * YEAR_MS) is Fate.DUE


def test_what_somebody_demands_to_be_kept_is_held() -> None:
    one = kept("contact-card/1", held_by="Court")
    assert fate(one, 800 * DAY_MS) is Fate.HELD


def test_what_was_refused_is_no_record_of_ours() -> None:
    assert fate(kept(taken=False), 400 * DAY_MS) is Fate.DUE


@given(
    kind=st.sampled_from([*CLASSES, "unknown/1"]),
    provider=_DAYS,
    own=_DAYS,
    after_days=st.integers(0, 50_000),
    limits=st.dictionaries(
        st.sampled_from(RecordClass), st.integers(30 * 366, 60_000), max_size=5
    ),
    held=st.booleans(),
)
def test_nothing_is_due_before_its_minimum_nor_while_it_is_held(
    kind: str,
    provider: int | None,
    own: int | None,
    after_days: int,
    limits: dict[RecordClass, int],
    held: bool,  # noqa: FBT001 - hypothesis names them
) -> None:
    one = kept(
        kind,
        provider_days=provider,
        own_days=own,
        held_by="Court" if held else "",
    )
    now_ms = NOW_MS + after_days * DAY_MS
    found = judge(one, RetentionRules(days=limits), now_ms)
    if found.fate is Fate.DUE:
        assert not held
        assert found.minimum_ms is None or now_ms >= found.minimum_ms
        assert found.due_ms is not None
        assert now_ms >= found.due_ms
        assert found.rule


@given(
    st.lists(st.tuples(st.binary(min_size=32, max_size=32), st.sampled_from("ab"))),
    st.randoms(use_true_random=False),
)
def test_a_run_has_one_name_in_whatever_order(
    due: list[tuple[bytes, str]], chance: object
) -> None:
    shuffled = list(due)
    chance.shuffle(shuffled)  # type: ignore[attr-defined]
    assert run_digest(due) == run_digest(shuffled)
    assert run_digest([*due, (DIGEST, "z")]) != run_digest(due)
