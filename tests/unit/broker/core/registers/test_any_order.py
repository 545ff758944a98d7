"""Registers depend on the set of statements: not on their order, nor on repetitions."""

from collections.abc import Callable, Sequence
from typing import Final

import pytest
from hypothesis import given, settings, strategies as st

from broker.core.registers.certificates import registrations
from broker.core.registers.double_use import leads
from broker.core.registers.losses import losses
from broker.core.registers.practices import practices
from broker.core.registers.recoveries import recoveries
from broker.core.registers.reexports import reexports
from broker.core.registers.statement import Statement, matters, roots
from broker.core.registers.uses import certificates, uses
from broker.core.registers.verifications import verifications
from tests.unit.broker.core.registers.stating import example, stated, step
from tests.world import BEL, KEN, MEX

_REGISTERED: Final = stated(
    "certificate-registration", KEN, example("certificate-registration")
)
_ASKED: Final = stated(
    "verification-request", BEL, example("verification-request"), days=3, to=(KEN,)
)
_FOUND: Final = stated("recovery-record", KEN, example("recovery-record"), days=4)
_LOST: Final = stated("stock-loss", KEN, example("stock-loss"), days=2)
_NOTICE: Final = stated(
    "reexport-notification", KEN, example("reexport-notification"), days=6
)
_DECLARED: Final = stated(
    "component-declaration", BEL, example("component-declaration"), days=1
)
_EVERYTHING: Final = (
    _REGISTERED,
    _ASKED,
    _FOUND,
    _LOST,
    _NOTICE,
    _DECLARED,
    stated(
        "certificate-registration",
        KEN,
        example("certificate-registration", remarks="Anew"),
        days=1,
        answers=_REGISTERED,
    ),
    step(KEN, "REVOKE", _REGISTERED, days=9),
    step(MEX, "REVOKE", _REGISTERED, days=8),
    stated("diversion-alert", MEX, example("diversion-alert"), days=5),
    stated(
        "verification-response",
        KEN,
        example("verification-response"),
        days=7,
        answers=_ASKED,
    ),
    stated("recovery-record", BEL, example("recovery-record"), days=11, answers=_LOST),
    stated(
        "disposition-record", KEN, example("disposition-record"), days=9, answers=_FOUND
    ),
    stated(
        "reexport-response",
        BEL,
        example("reexport-response"),
        days=8,
        answers=_NOTICE,
    ),
    step(KEN, "ACCEPT", _NOTICE, days=9),
    step(BEL, "REVOKE", _DECLARED, days=9),
    stated("marking-practice", KEN, example("marking-practice"), days=2),
)

Register = Callable[[Sequence[Statement]], object]


def _double_use(statements: Sequence[Statement]) -> object:
    known = certificates(
        registrations(statements), verifications(statements), uses(statements)
    )
    return {tuple(one.reasons) for one in leads(known)}


@pytest.mark.parametrize(
    "register",
    [
        registrations,
        verifications,
        uses,
        _double_use,
        recoveries,
        losses,
        practices,
        reexports,
    ],
)
def test_any_order_makes_the_same_register(register: Register) -> None:
    whole = register(_EVERYTHING)

    @settings(max_examples=25, deadline=None)
    @given(st.permutations(_EVERYTHING))
    def claim(statements: list[Statement]) -> None:
        assert register(statements) == whole

    claim()


@settings(max_examples=40, deadline=None)
@given(st.permutations(_EVERYTHING), st.integers(0, len(_EVERYTHING)))
def test_every_statement_is_of_one_matter_of_one_party(
    statements: list[Statement], known: int
) -> None:
    some = statements[:known]
    root_of = roots(some, "recovery-record")
    assert root_of.keys() == {one.digest for one in some}
    assert set(root_of.values()) <= root_of.keys()
    for matter in matters(some, "recovery-record"):
        assert {one.by for one in matter if one.kind == "recovery-record"} <= {
            matter[0].by
        }
