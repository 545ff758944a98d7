"""One rule of a sharing policy as plain values.

What makes rules a policy is left to `broker.core.policy.rules`, and whether they fit
together to `broker.core.policy.problems`.
"""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import IntEnum
from types import MappingProxyType
from typing import Final

from broker.core.fields import FieldClass, Treatment
from broker.core.handling import Europol, IntendedUse, Pap, Tlp
from broker.core.policy.facts import AdmiraltySource, EuropolSource, ItemClass
from keys.identity import PartyId


class Effect(IntEnum):
    """What a rule does when it applies."""

    PERMIT = 1
    DENY = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Some parties under a name that rules can use."""

    name: str
    members: frozenset[PartyId]


@dataclass(frozen=True, slots=True, kw_only=True)
class Officer:
    """A person who approves releases.

    Attributes:
        name: As the party calls them; it need not be their name.
        public_key: 32 bytes of Ed25519, or 65 of P-256 (uncompressed point).
    """

    name: str
    public_key: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Ceiling:
    """The most closed handling that a permit covers.

    What it does not name, it does not cover.

    Attributes:
        tlp: The most closed label.
        codes: Europol codes beyond H0, which is always covered.
        pap: The most closed PAP label; None: only what bears none.
    """

    tlp: Tlp
    codes: frozenset[Europol] = frozenset()
    pap: Pap | None = None

    def __str__(self) -> str:
        """The form of policy files: "TLP:AMBER H1 H2 PAP:GREEN"."""
        words = [self.tlp.label, *(code.name for code in sorted(self.codes))]
        if self.pap is not None:
            words.append(f"PAP:{self.pap.name}")
        return " ".join(words)


@dataclass(frozen=True, slots=True, kw_only=True)
class Countries:
    """Some countries, of which one must be meant.

    Attributes:
        named: Codes: ISO 3166-1 alpha-3, former ones, or of parties.
        theirs: The other party's own besides.
    """

    named: frozenset[str] = frozenset()
    theirs: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Floor:
    """How reliable a source must be at least, in each system that is accepted.

    The systems do not compare: what is evaluated in one that is not named here, or
    not evaluated, or cannot be judged, does not reach the floor.
    """

    admiralty: AdmiraltySource | None = None
    europol: EuropolSource | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Conditions:
    """What a message must be besides kind and handling. All that are there must hold.

    Attributes:
        items: Classes of items. PERMIT: all items must be of these; None means
            `ALWAYS_COVERED`. DENY: one is enough; None: any message.
        every_item: PERMIT: items of every class are covered.
        purposes: PERMIT: purposes must be stated, all among these. DENY: one is
            enough. None: they do not matter.
        floor: PERMIT: how reliable the source must be.
        recovered_in: Where items must have been recovered.
        manufactured_in: Where items must have been made.
        involves: Whom the content must name.
        embargo: Whether the breach of an embargo must be among the reasons given, or
            must not; None: it does not matter.
        age_days: PERMIT: the information is at most so many days old. DENY: it is
            older, or of unknown age.
    """

    items: frozenset[ItemClass] | None = None
    every_item: bool = False
    purposes: frozenset[IntendedUse] | None = None
    floor: Floor | None = None
    recovered_in: Countries | None = None
    manufactured_in: Countries | None = None
    involves: Countries | None = None
    embargo: bool | None = None
    age_days: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ApprovalRule:
    """How many of which officers must approve a release."""

    needed: int
    officers: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleTerms:
    """What a permit binds a release to.

    Attributes:
        fields: What becomes of the fields of each class, as it was written.
        retention_days: How long the recipient may keep it; None: not limited.
        with_consent: Passing it on needs the provider's consent.
        approval: Who must approve it first; None: nobody.
        routes: Import: the desks and adapters that get it.
        quarantine: Import: a person looks at it before anybody else gets it.
    """

    fields: Mapping[FieldClass, Treatment] = field(
        default_factory=lambda: MappingProxyType({})
    )
    retention_days: int | None = None
    with_consent: bool = False
    approval: ApprovalRule | None = None
    routes: frozenset[str] = frozenset()
    quarantine: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Validity:
    """The days (UTC) on which something holds, both ends included.

    Attributes:
        first: None: it always did.
        last: None: it does until it is changed.
    """

    first: dt.date | None = None
    last: dt.date | None = None

    def __str__(self) -> str:
        """In words, for reasons."""
        ends = [f"from {self.first}"] if self.first else []
        if self.last:
            ends.append(f"until {self.last}")
        return " ".join(ends) or "always"


ALWAYS: Final = Validity()
NO_CONDITIONS: Final = Conditions()
NO_TERMS: Final = RuleTerms()


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """Applies when every condition it has is met; an empty condition never is.

    Attributes:
        id: Its name within the policy.
        effect: What it does.
        parties: The other parties it is about.
        groups: The groups it is about, by name.
        everyone: Every other party, instead of `parties` and `groups`.
        except_parties: Parties it is not about nevertheless.
        except_groups: Groups it is not about nevertheless.
        kinds: Kinds without version: "trace-request".
        every_kind: Every kind, instead of `kinds`.
        up_to: PERMIT: the most closed handling it covers. Required there.
        starting_at: DENY: the most open label it covers; None: any label.
        conditions: What the message must be besides.
        terms: PERMIT: what it binds a release to.
        validity: The days on which it applies.
        because: Why, in words.
    """

    id: str
    effect: Effect
    parties: frozenset[PartyId] = frozenset()
    groups: frozenset[str] = frozenset()
    everyone: bool = False
    except_parties: frozenset[PartyId] = frozenset()
    except_groups: frozenset[str] = frozenset()
    kinds: frozenset[str] = frozenset()
    every_kind: bool = False
    up_to: Ceiling | None = None
    starting_at: Tlp | None = None
    conditions: Conditions = NO_CONDITIONS
    terms: RuleTerms = NO_TERMS
    validity: Validity = ALWAYS
    because: str = ""
