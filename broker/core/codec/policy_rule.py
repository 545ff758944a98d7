"""One rule of a policy between values and protobuf.

The policy around it is left to `broker.core.codec.policy`.
"""

import datetime as dt
from collections.abc import Sequence
from enum import IntEnum
from types import MappingProxyType
from typing import Final, TypeVar

from broker.core.errors import Code, RefusedError
from broker.core.fields import FieldClass, Treatment
from broker.core.handling import Europol, IntendedUse, Pap, Tlp
from broker.core.policy.facts import AdmiraltySource, EuropolSource, ItemClass
from broker.core.policy.rule import (
    ApprovalRule,
    Ceiling,
    Conditions,
    Countries,
    Effect,
    Floor,
    Rule,
    RuleTerms,
    Validity,
)
from broker.core.policy.vocabulary import (
    COUNTRIES_MAX,
    GROUPS_MAX,
    KINDS_MAX,
    OFFICERS_MAX,
    PARTIES_MAX,
    ROUTES_MAX,
)
from keys.identity import PartyId
from rogatory.v1 import evaluation_pb2, handling_pb2, item_pb2, policy_pb2 as pb

E = TypeVar("E", bound=IntEnum)

# How many of them a rule has at most. Lists that are not here are of closed words.
_BOUNDS: Final = {
    "parties": PARTIES_MAX,
    "except_parties": PARTIES_MAX,
    "groups": GROUPS_MAX,
    "except_groups": GROUPS_MAX,
    "kinds": KINDS_MAX,
    "recovered_in": COUNTRIES_MAX,
    "manufactured_in": COUNTRIES_MAX,
    "involves": COUNTRIES_MAX,
    "approvers": OFFICERS_MAX,
    "routes": ROUTES_MAX,
}
_EMBARGO: Final = {
    None: "EMBARGO_CONDITION_UNSPECIFIED",
    True: "EMBARGO_CONDITION_FLAGGED",
    False: "EMBARGO_CONDITION_NOT_FLAGGED",
}


def rule_to_proto(rule: Rule) -> pb.PolicyRule:
    """Returns the one encoding of `rule`: lists ascending, nothing empty."""
    message = pb.PolicyRule(
        id=rule.id,
        effect=pb.Effect.Name(rule.effect),
        parties=sorted(rule.parties),
        groups=sorted(rule.groups),
        everyone=rule.everyone,
        except_parties=sorted(rule.except_parties),
        except_groups=sorted(rule.except_groups),
        kinds=sorted(rule.kinds),
        every_kind=rule.every_kind,
        handling_from=handling_pb2.Tlp.Name(rule.starting_at or 0),
        valid_from=_day_text(rule.validity.first),
        valid_until=_day_text(rule.validity.last),
        because=rule.because,
    )
    if rule.up_to is not None:
        message.MergeFrom(_ceiling_to_proto(rule.up_to))
    message.MergeFrom(_conditions_to_proto(rule.conditions))
    message.MergeFrom(_terms_to_proto(rule.terms))
    return message


def rule_from_proto(message: pb.PolicyRule) -> Rule:
    """Reads a rule; whether it has a meaning is left to the policy.

    Raises:
        RefusedError: MALFORMED (more than a rule has, a value that is not known, half
            of something), NOT_CANONICAL or INVALID_HANDLING.
        PartyCodeError: Not a party code.
    """
    for name, most in _BOUNDS.items():
        if len(getattr(message, name)) > most:
            raise RefusedError(Code.MALFORMED, f"more {name} than a policy rule has")
    return Rule(
        id=message.id,
        effect=_known(Effect, message.effect, "effect"),
        parties=ascending_parties(message.parties),
        groups=_ascending(message.groups),
        everyone=message.everyone,
        except_parties=ascending_parties(message.except_parties),
        except_groups=_ascending(message.except_groups),
        kinds=_ascending(message.kinds),
        every_kind=message.every_kind,
        up_to=_ceiling_from_proto(message),
        starting_at=_label(message.handling_from),
        conditions=_conditions_from_proto(message),
        terms=_terms_from_proto(message),
        validity=validity_from_proto(message.valid_from, message.valid_until),
        because=message.because,
    )


def ascending_parties(codes: Sequence[str]) -> frozenset[PartyId]:
    """Reads party codes.

    Raises:
        RefusedError: NOT_CANONICAL.
        PartyCodeError: Not a party code.
    """
    return frozenset(PartyId(code) for code in _ascending(codes))


def validity_from_proto(first: str, last: str) -> Validity:
    """Reads the days on which something holds; empty: no end.

    Raises:
        RefusedError: MALFORMED.
    """
    return Validity(first=_day(first), last=_day(last))


def _ceiling_to_proto(ceiling: Ceiling) -> pb.PolicyRule:
    return pb.PolicyRule(
        handling_up_to=handling_pb2.Tlp.Name(ceiling.tlp),
        handling_codes=[
            handling_pb2.EuropolCode.Name(code) for code in sorted(ceiling.codes)
        ],
        handling_pap=handling_pb2.Pap.Name(ceiling.pap or 0),
    )


def _ceiling_from_proto(message: pb.PolicyRule) -> Ceiling | None:
    tlp = _label(message.handling_up_to)
    codes = _members(Europol, message.handling_codes, "Europol code")
    pap = _some(Pap, message.handling_pap, "PAP label")
    if tlp is None:
        if codes or pap:
            raise RefusedError(Code.MALFORMED, "codes without a label in a policy rule")
        return None
    return Ceiling(tlp=tlp, codes=codes, pap=pap)


def _conditions_to_proto(conditions: Conditions) -> pb.PolicyRule:
    recovered = conditions.recovered_in or Countries()
    manufactured = conditions.manufactured_in or Countries()
    involves = conditions.involves or Countries()
    floor = conditions.floor or Floor()
    return pb.PolicyRule(
        items=[item_pb2.ItemClass.Name(one) for one in sorted(conditions.items or ())],
        every_item=conditions.every_item,
        purposes=[
            handling_pb2.IntendedUse.Name(use)
            for use in sorted(conditions.purposes or ())
        ],
        admiralty_floor=evaluation_pb2.AdmiraltySource.Name(floor.admiralty or 0),
        europol_floor=evaluation_pb2.EuropolSource.Name(floor.europol or 0),
        recovered_in=sorted(recovered.named),
        recovered_in_theirs=recovered.theirs,
        manufactured_in=sorted(manufactured.named),
        manufactured_in_theirs=manufactured.theirs,
        involves=sorted(involves.named),
        involves_theirs=involves.theirs,
        embargo=_EMBARGO[conditions.embargo],
        age_days=conditions.age_days or 0,
    )


def _conditions_from_proto(message: pb.PolicyRule) -> Conditions:
    admiralty = _some(AdmiraltySource, message.admiralty_floor, "source")
    europol = _some(EuropolSource, message.europol_floor, "source")
    floor = Floor(admiralty=admiralty, europol=europol)
    embargo = _some(_Embargo, message.embargo, "embargo")
    return Conditions(
        items=_members(ItemClass, message.items, "class of items") or None,
        every_item=message.every_item,
        purposes=_members(IntendedUse, message.purposes, "purpose") or None,
        floor=None if floor == Floor() else floor,
        recovered_in=_countries(
            message.recovered_in, theirs=message.recovered_in_theirs
        ),
        manufactured_in=_countries(
            message.manufactured_in, theirs=message.manufactured_in_theirs
        ),
        involves=_countries(message.involves, theirs=message.involves_theirs),
        embargo=None if embargo is None else embargo is _Embargo.FLAGGED,
        age_days=message.age_days or None,
    )


class _Embargo(IntEnum):
    FLAGGED = pb.EMBARGO_CONDITION_FLAGGED
    NOT_FLAGGED = pb.EMBARGO_CONDITION_NOT_FLAGGED


def _countries(named: Sequence[str], *, theirs: bool) -> Countries | None:
    countries = Countries(named=_ascending(named), theirs=theirs)
    return None if countries == Countries() else countries


def _terms_to_proto(terms: RuleTerms) -> pb.PolicyRule:
    approval = terms.approval
    return pb.PolicyRule(
        fields=[
            pb.FieldRule(
                field_class=handling_pb2.FieldClass.Name(field),
                treatment=pb.Treatment.Name(how),
            )
            for field, how in sorted(terms.fields.items())
        ],
        retention_days=terms.retention_days or 0,
        onward_with_consent=terms.with_consent,
        approvals=0 if approval is None else approval.needed,
        approvers=() if approval is None else sorted(approval.officers),
        routes=sorted(terms.routes),
        quarantine=terms.quarantine,
    )


def _terms_from_proto(message: pb.PolicyRule) -> RuleTerms:
    classes = [_known(FieldClass, one.field_class, "class") for one in message.fields]
    if classes != sorted(set(classes)):
        raise RefusedError(Code.NOT_CANONICAL, "classes not ascending and unique")
    treatments = [
        _known(Treatment, one.treatment, "treatment") for one in message.fields
    ]
    if bool(message.approvals) != bool(message.approvers):
        raise RefusedError(Code.MALFORMED, "half an approval in a policy rule")
    approval = ApprovalRule(
        needed=message.approvals, officers=_ascending(message.approvers)
    )
    return RuleTerms(
        fields=MappingProxyType(dict(zip(classes, treatments, strict=True))),
        retention_days=message.retention_days or None,
        with_consent=message.onward_with_consent,
        approval=approval if message.approvals else None,
        routes=_ascending(message.routes),
        quarantine=message.quarantine,
    )


def _ascending(texts: Sequence[str]) -> frozenset[str]:
    if list(texts) != sorted(set(texts)):
        raise RefusedError(Code.NOT_CANONICAL, "names not ascending and unique")
    return frozenset(texts)


def _members(kind: type[E], values: Sequence[int], what: str) -> frozenset[E]:
    if list(values) != sorted(set(values)):
        raise RefusedError(Code.NOT_CANONICAL, f"{what} not ascending and unique")
    return frozenset(_known(kind, value, what) for value in values)


def _some(kind: type[E], value: int, what: str) -> E | None:
    return _known(kind, value, what) if value else None


def _known(kind: type[E], value: int, what: str) -> E:
    try:
        return kind(value)
    except ValueError:
        raise RefusedError(Code.MALFORMED, f"{what} of a policy rule") from None


def _label(value: int) -> Tlp | None:
    if value == 0:
        return None
    try:
        return Tlp(value)
    except ValueError:
        raise RefusedError(Code.INVALID_HANDLING, "label in a policy") from None


def _day_text(day: dt.date | None) -> str:
    return "" if day is None else day.isoformat()


def _day(text: str) -> dt.date | None:
    if not text:
        return None
    try:
        day = dt.date.fromisoformat(text)
    except ValueError:
        day = None
    # Python reads other forms too, such as 20260101.
    if day is None or day.isoformat() != text:
        raise RefusedError(Code.MALFORMED, "day in a policy")
    return day
