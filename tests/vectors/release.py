"""What an origin must hold back: what is not approved, or of which nothing is left.

How vectors are written down is left to `forms`.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Final

from broker.core.codec.documents import encode_document
from broker.core.errors import Code
from broker.core.fields import FieldClass, Treatment
from broker.core.releases import SignedApproval, Verdict
from keys.framing import sha256
from tests.officers import AMINA, BRIAN, officer_signer, public_keys, said
from tests.vectors.forms import ACCEPT, Vector, text
from tests.world import NOW_MS

_RELEASE: Final = sha256(b"a release")
_OTHER: Final = sha256(b"another release")
_ROUTE: Final = "route-intelligence/1"


def release_vectors() -> Iterator[tuple[str, Vector]]:
    """What officers said about a release of which two of two have to approve."""
    amina, brian = said(AMINA, _RELEASE), said(BRIAN, _RELEASE)
    yield "good-approvals", _approvals(ACCEPT, "Both approve", amina, brian)
    elsewhere = said(BRIAN, _OTHER)
    no = said(BRIAN, _RELEASE, Verdict.REJECT, at_ms=NOW_MS + 1)
    lapsed = said(BRIAN, _RELEASE, at_ms=NOW_MS - 2000, lifetime_ms=1000)
    for name, description, statements in (
        ("one-of-two", "One of them is missing", [amina]),
        ("twice-the-same", "One officer says it twice", [amina, amina]),
        ("another-release", "One is about another release", [amina, elsewhere]),
        ("rejected-since", "One has rejected it since", [amina, brian, no]),
        ("lapsed", "One does not hold any more", [amina, lapsed]),
    ):
        code = Code.APPROVAL_NEEDED.value
        yield f"{code}-{name}", _approvals(code, description, *statements)
    forged = said(BRIAN, _RELEASE, signer=officer_signer(AMINA))
    cut = replace(brian, statement=brian.statement[:-1])
    early = said(BRIAN, _RELEASE, at_ms=NOW_MS + 3_600_000)
    for name, description, statement in (
        ("signed-by-another", "One signs as another", forged),
        ("cut-off", "The last byte of what was signed is missing", cut),
        ("from-the-future", "It was given an hour from now", early),
    ):
        code = Code.INVALID_APPROVAL.value
        yield f"{code}-{name}", _approvals(code, description, amina, statement)


def redaction_vectors() -> Iterator[tuple[str, Vector]]:
    """What is left of a route when policy keeps back where it goes."""
    kept = {"place": {"country": "MEX"}, "role": "WAYPOINT_ROLE_DESTINATION"}
    known = {"place": {"locode": "KEMBA"}, "role": "WAYPOINT_ROLE_ORIGIN"}
    yield (
        "good-redaction",
        _redaction(ACCEPT, "A country is left of the way", [known, kept]),
    )
    code = Code.REDACTION.value
    yield (
        f"{code}-no-way-left",
        _redaction(code, "Nothing is left of the way", [known]),
    )


def _approvals(expect: str, description: str, *statements: SignedApproval) -> Vector:
    return {
        "description": description,
        "expect": expect,
        "at": "release",
        "now_ms": NOW_MS,
        "release_digest": text(_RELEASE),
        "needed": 2,
        "officers": {
            name: text(key) for name, key in public_keys([AMINA, BRIAN]).items()
        },
        "statements": [
            {"statement": text(one.statement), "signature": text(one.signature)}
            for one in statements
        ],
    }


def _redaction(
    expect: str, description: str, waypoints: Sequence[Mapping[str, object]]
) -> Vector:
    route = {
        "title": "Parcels",
        "period": {"from": "2025"},
        "items": [{"itemClass": "ITEM_CLASS_PART"}],
        "waypoints": list(waypoints),
        "evaluation": {
            "admiralty": {
                "source": "ADMIRALTY_SOURCE_B",
                "information": "ADMIRALTY_INFORMATION_2",
            }
        },
        "expiresOn": "2027-01-01",
    }
    return {
        "description": description,
        "expect": expect,
        "at": "redaction",
        "kind": _ROUTE,
        "body": text(encode_document(_ROUTE, route)),
        "fields": {FieldClass.EXACT_LOCATION.word: Treatment.DROP.word},
    }
