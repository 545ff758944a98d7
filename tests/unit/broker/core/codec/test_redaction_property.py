"""Claims about `broker.core.codec.redaction` that hold for any content."""

from collections import Counter
from typing import Final

import pytest
from hypothesis import HealthCheck, given, settings, strategies as st

from broker.core.codec.classes import Leaf, leaves_of
from broker.core.codec.documents import decode_document, read_document
from broker.core.codec.kinds import CONTENT_KINDS, parse_kind
from broker.core.codec.redaction import Redacted, redact
from broker.core.errors import Code, RefusedError
from broker.core.fields import TREATED, FieldClass, Treatment
from tests.unit.broker.core.codec.canaries import Seeded, full, partial, variants

_Plan = dict[FieldClass, Treatment]

_QUIET: Final = settings(
    max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
_TREATMENTS: Final = st.dictionaries(
    st.sampled_from(TREATED), st.sampled_from(Treatment), max_size=len(TREATED)
)
_SHOWN: Final = 4  # signs of a serial number


_EVERYTHING: Final = [
    full(kind, "ZZ", variant)
    for kind in CONTENT_KINDS
    for variant in range(min(3, variants(kind)))
]
"""Every field of every kind, but for what onward copies have in common with others."""


def _leaves(kind: str, body: bytes) -> list[Leaf]:
    known = parse_kind(kind)
    return [*leaves_of(known.descriptor, read_document(known, body))]


def _strictest(leaf_classes: frozenset[FieldClass], plan: _Plan) -> Treatment:
    return max(
        (plan.get(one, Treatment.KEEP) for one in leaf_classes), default=Treatment.KEEP
    )


def _check(seeded: Seeded, plan: _Plan) -> Redacted | None:
    """Redacts a document and checks every claim; None when it was refused."""
    try:
        redacted = redact(seeded.kind, seeded.body, plan)
    except RefusedError as refused:
        if refused.code is not Code.REDACTION:
            raise
        return None
    _check_canaries(seeded, redacted, plan)
    _check_kept(seeded, redacted, plan)
    _check_withheld(seeded, redacted, plan)
    again = redact(seeded.kind, redacted.body, plan)
    assert again == Redacted(body=redacted.body, withheld=frozenset())
    return redacted


def _check_canaries(seeded: Seeded, redacted: Redacted, plan: _Plan) -> None:
    text = repr(read_document(parse_kind(seeded.kind), redacted.body)).encode()
    for canary in seeded.canaries:
        if _strictest(canary.told, plan) is not Treatment.KEEP:
            assert not canary.is_in(redacted.body), canary
            assert not canary.is_in(text), canary


def _check_kept(seeded: Seeded, redacted: Redacted, plan: _Plan) -> None:
    """What is kept stands there as it did, or went with the message around it."""
    before = Counter(
        (leaf.field.full_name, str(leaf.value))
        for leaf in _leaves(seeded.kind, seeded.body)
    )
    for leaf in _leaves(seeded.kind, redacted.body):
        if _strictest(leaf.told, plan) is Treatment.KEEP:
            place = (leaf.field.full_name, str(leaf.value))
            before[place] -= 1
            # A country may be all that is left of a LOCODE.
            assert before[place] >= 0 or leaf.field.name == "country", place


def _check_withheld(seeded: Seeded, redacted: Redacted, plan: _Plan) -> None:
    told = {one for leaf in _leaves(seeded.kind, seeded.body) for one in leaf.told}
    assert redacted.withheld <= told
    assert (redacted.body == seeded.body) == (not redacted.withheld)
    dropped = {one for one, how in plan.items() if how is Treatment.DROP}
    assert told & dropped <= redacted.withheld


@pytest.mark.parametrize("kind", CONTENT_KINDS)
def test_nothing_that_is_treated_remains_and_nothing_else_changes(kind: str) -> None:
    @_QUIET
    @given(partial(kind), _TREATMENTS)
    def claim(seeded: Seeded, plan: _Plan) -> None:
        redacted = _check(seeded, plan)
        if redacted is not None:
            assert decode_document(kind, redacted.body)

    claim()


@pytest.mark.parametrize("how", [Treatment.BLUR, Treatment.DROP])
@pytest.mark.parametrize("field_class", TREATED)
def test_no_field_of_any_kind_escapes_its_class(
    field_class: FieldClass, how: Treatment
) -> None:
    for seeded in _EVERYTHING:
        _check(seeded, {field_class: how})


def test_keeping_everything_returns_the_same_bytes() -> None:
    for kind, body in ((one.kind, one.body) for one in _EVERYTHING):
        kept = Redacted(body=body, withheld=frozenset())
        assert redact(kind, body, {}) == kept
        assert redact(kind, body, dict.fromkeys(TREATED, Treatment.KEEP)) == kept


def test_a_blurred_serial_shows_at_most_four_signs() -> None:
    for variant in range(3):
        seeded = full("trace-request/1", "ZZ", variant)
        redacted = _check(seeded, {FieldClass.FULL_SERIAL: Treatment.BLUR})
        assert redacted is not None
        for leaf in _leaves(seeded.kind, redacted.body):
            if FieldClass.FULL_SERIAL in leaf.told and leaf.value != "[withheld]":
                assert set(str(leaf.value)[_SHOWN:]) <= {"*"}
