"""One rule on the wire: what has no meaning, or two encodings, is refused."""

from collections.abc import Callable

import pytest

from broker.core.codec.policy import decode_policy, encode_policy
from broker.core.codec.strict import write_canonical
from broker.core.errors import Code, RefusedError
from rogatory.v1 import handling_pb2 as words, policy_pb2 as pb
from rogatory.v1.item_pb2 import ITEM_CLASS_UNSPECIFIED
from tests.unit.broker.core.policy.policies import OFFICERS


def full() -> pb.Policy:
    return pb.Policy(
        party="KEN",
        groups=[pb.PolicyGroup(name="eac", members=["RWA", "TZA"])],
        officers=[
            pb.Officer(name=one.name, public_key=one.public_key) for one in OFFICERS
        ],
        valid_from="2026-01-01",
        valid_until="2027-12-31",
        exports=[
            pb.PolicyRule(
                id="yes",
                effect="EFFECT_PERMIT",
                everyone=True,
                except_parties=["BEL", "MEX"],
                except_groups=["eac"],
                every_kind=True,
                handling_up_to="TLP_AMBER",
                handling_codes=["EUROPOL_CODE_H1", "EUROPOL_CODE_H2"],
                handling_pap="PAP_AMBER",
                items=["ITEM_CLASS_FIREARM", "ITEM_CLASS_AMMUNITION"],
                purposes=[
                    "INTENDED_USE_CRIMINAL_INVESTIGATION",
                    "INTENDED_USE_ANALYSIS",
                ],
                admiralty_floor="ADMIRALTY_SOURCE_C",
                europol_floor="EUROPOL_SOURCE_B",
                recovered_in=["BEL", "KEN"],
                recovered_in_theirs=True,
                manufactured_in=["BEL", "YUG"],
                involves=["BEL", "KEN"],
                involves_theirs=True,
                embargo="EMBARGO_CONDITION_NOT_FLAGGED",
                age_days=365,
                fields=[
                    pb.FieldRule(
                        field_class="FIELD_CLASS_PERSONAL", treatment="TREATMENT_DROP"
                    ),
                    pb.FieldRule(
                        field_class="FIELD_CLASS_FREE_TEXT", treatment="TREATMENT_KEEP"
                    ),
                ],
                retention_days=730,
                onward_with_consent=True,
                approvals=1,
                approvers=["amina", "brian"],
                valid_from="2026-01-01",
                valid_until="2026-06-30",
            ),
        ],
        imports=[
            pb.PolicyRule(
                id="in",
                effect="EFFECT_PERMIT",
                everyone=True,
                every_kind=True,
                handling_up_to="TLP_RED",
                every_item=True,
                routes=["customs", "police"],
                quarantine=True,
            ),
            pb.PolicyRule(
                id="no",
                effect="EFFECT_DENY",
                everyone=True,
                every_kind=True,
                handling_from="TLP_RED",
                embargo="EMBARGO_CONDITION_FLAGGED",
                age_days=3650,
            ),
        ],
    )


def test_every_field_of_a_rule_comes_back_as_it_went() -> None:
    data = write_canonical(full())
    assert encode_policy(decode_policy(data)) == data


Change = Callable[[pb.Policy], object]
CHANGES: dict[str, tuple[Change, Code, str]] = {
    "parties excepted twice": (
        lambda p: p.exports[0].except_parties.append("BEL"),
        Code.NOT_CANONICAL,
        "names not ascending and unique",
    ),
    "codes out of order": (
        lambda p: p.exports[0].handling_codes.reverse(),
        Code.NOT_CANONICAL,
        "Europol code not ascending and unique",
    ),
    "H0 in a ceiling": (
        lambda p: p.exports[0].handling_codes.insert(0, words.EUROPOL_CODE_H0),
        Code.MALFORMED,
        "expected no H0",
    ),
    "a code to come": (
        lambda p: p.exports[0].MergeFromString(b"\x5a\x01\x09"),
        Code.MALFORMED,
        "Europol code of a policy rule",
    ),
    "codes without a label": (
        lambda p: p.imports[1].handling_codes.append(words.EUROPOL_CODE_H1),
        Code.MALFORMED,
        "codes without a label",
    ),
    "items out of order": (
        lambda p: p.exports[0].items.reverse(),
        Code.NOT_CANONICAL,
        "class of items not ascending",
    ),
    "every item beside some": (
        lambda p: setattr(p.exports[0], "every_item", True),
        Code.MALFORMED,
        "every item, and some by name",
    ),
    "every item in a denial": (
        lambda p: setattr(p.imports[1], "every_item", True),
        Code.MALFORMED,
        "not having items",
    ),
    "an item without a class": (
        lambda p: p.exports[0].items.insert(0, ITEM_CLASS_UNSPECIFIED),
        Code.MALFORMED,
        "class of items of a policy rule",
    ),
    "purposes twice": (
        lambda p: p.exports[0].purposes.append(words.INTENDED_USE_ANALYSIS),
        Code.NOT_CANONICAL,
        "purpose not ascending",
    ),
    "a floor that cannot be judged": (
        lambda p: setattr(p.exports[0], "admiralty_floor", 6),
        Code.MALFORMED,
        "F cannot be judged",
    ),
    "a floor that cannot be assessed": (
        lambda p: setattr(p.exports[0], "europol_floor", 4),
        Code.MALFORMED,
        "X cannot be assessed",
    ),
    "a floor in a denial": (
        lambda p: setattr(p.imports[1], "europol_floor", 1),
        Code.MALFORMED,
        "only a permit asks for a source",
    ),
    "countries out of order": (
        lambda p: p.exports[0].involves.reverse(),
        Code.NOT_CANONICAL,
        "names not ascending and unique",
    ),
    "what is no country": (
        lambda p: p.exports[0].manufactured_in.append("theirs"),
        Code.MALFORMED,
        "three capital letters",
    ),
    "an embargo to come": (
        lambda p: p.exports[0].MergeFromString(b"\xd0\x01\x03"),
        Code.MALFORMED,
        "embargo of a policy rule",
    ),
    "an age of a thousand years": (
        lambda p: setattr(p.exports[0], "age_days", 365_000),
        Code.MALFORMED,
        "365000 days",
    ),
    "keeping for ever": (
        lambda p: setattr(p.exports[0], "retention_days", 36_501),
        Code.MALFORMED,
        "36501 days",
    ),
    "classes out of order": (
        lambda p: p.exports[0].fields.reverse(),
        Code.NOT_CANONICAL,
        "classes not ascending",
    ),
    "an empty field rule": (
        lambda p: p.exports[0].fields.insert(0, pb.FieldRule()),
        Code.MALFORMED,
        "class of a policy rule",
    ),
    "a field rule without treatment": (
        lambda p: p.exports[0].fields[0].ClearField("treatment"),
        Code.MALFORMED,
        "treatment of a policy rule",
    ),
    "a treatment of plain fields": (
        lambda p: setattr(p.exports[0].fields[0], "field_class", 1),
        Code.MALFORMED,
        "fields.plain",
    ),
    "keeping what is kept anyway": (
        lambda p: setattr(p.exports[0].fields[0], "treatment", 1),
        Code.MALFORMED,
        "it is kept anyway",
    ),
    "approval by nobody": (
        lambda p: p.exports[0].ClearField("approvers"),
        Code.MALFORMED,
        "half an approval",
    ),
    "approval by none of them": (
        lambda p: p.exports[0].ClearField("approvals"),
        Code.MALFORMED,
        "half an approval",
    ),
    "approval by more than there are": (
        lambda p: setattr(p.exports[0], "approvals", 3),
        Code.MALFORMED,
        "expected 1 to 2",
    ),
    "approval by somebody unknown": (
        lambda p: p.exports[0].approvers.append("carla"),
        Code.MALFORMED,
        "'carla'",
    ),
    "approval of what arrives": (
        lambda p: p.imports[0].MergeFrom(
            pb.PolicyRule(approvals=1, approvers=["amina"])
        ),
        Code.MALFORMED,
        "only export rules ask officers",
    ),
    "fields of what arrives": (
        lambda p: p.imports[0].fields.append(p.exports[0].fields[0]),
        Code.MALFORMED,
        "only export rules treat fields",
    ),
    "a route for what leaves": (
        lambda p: p.exports[0].routes.append("customs"),
        Code.MALFORMED,
        "only import rules route",
    ),
    "quarantine for what leaves": (
        lambda p: setattr(p.exports[0], "quarantine", True),
        Code.MALFORMED,
        "only import rules quarantine",
    ),
    "terms of a denial": (
        lambda p: setattr(p.imports[1], "onward_with_consent", True),
        Code.MALFORMED,
        "just denies",
    ),
    "routes twice": (
        lambda p: p.imports[0].routes.append("police"),
        Code.NOT_CANONICAL,
        "names not ascending and unique",
    ),
    "a day in another form": (
        lambda p: setattr(p.exports[0], "valid_from", "20260101"),
        Code.MALFORMED,
        "day in a policy",
    ),
    "a day that is none": (
        lambda p: setattr(p, "valid_until", "2026-02-30"),
        Code.MALFORMED,
        "day in a policy",
    ),
    "days that end before they begin": (
        lambda p: setattr(p, "valid_until", "2025-12-31"),
        Code.MALFORMED,
        "not after the last",
    ),
    "officers of one name": (
        lambda p: setattr(p.officers[1], "name", "amina"),
        Code.MALFORMED,
        "each name once",
    ),
    "officers of one key": (
        lambda p: setattr(p.officers[1], "public_key", OFFICERS[0].public_key),
        Code.MALFORMED,
        "a key that is there already",
    ),
    "a key of another size": (
        lambda p: setattr(p.officers[0], "public_key", bytes(33)),
        Code.MALFORMED,
        "a key of 33 bytes",
    ),
    "a compressed point": (
        lambda p: setattr(p.officers[1], "public_key", b"\x02" + bytes(64)),
        Code.MALFORMED,
        "a key in another form",
    ),
}


@pytest.mark.parametrize(
    ("change", "code", "detail"), CHANGES.values(), ids=CHANGES.keys()
)
def test_what_has_no_meaning_or_two_encodings_is_refused(
    change: Change, code: Code, detail: str
) -> None:
    message = full()
    change(message)
    with pytest.raises(RefusedError) as refused:
        decode_policy(write_canonical(message))
    assert (refused.value.code, detail in refused.value.detail) == (code, True)


FLOODS: dict[str, tuple[str, int]] = {
    "parties": ("AAA", 401),
    "except_parties": ("AAA", 401),
    "groups": ("a", 101),
    "except_groups": ("a", 101),
    "kinds": ("a", 101),
    "recovered_in": ("AAA", 401),
    "manufactured_in": ("AAA", 401),
    "involves": ("AAA", 401),
    "approvers": ("a", 51),
    "routes": ("a", 51),
}


@pytest.mark.parametrize("name", FLOODS)
def test_lists_without_end_are_refused_before_anything_is_made_of_them(
    name: str,
) -> None:
    message = full()
    text, count = FLOODS[name]
    getattr(message.exports[0], name)[:] = [text] * count
    with pytest.raises(RefusedError, match=f"more {name} than a policy rule has"):
        decode_policy(write_canonical(message))


def test_officers_and_members_without_end_are_refused_likewise() -> None:
    message = full()
    message.groups[0].members[:] = ["AAA"] * 401
    with pytest.raises(RefusedError, match="more parties than a group has"):
        decode_policy(write_canonical(message))
    message.officers.extend([pb.Officer()] * 50)
    with pytest.raises(RefusedError, match="groups or officers than a policy has"):
        decode_policy(write_canonical(message))
