"""What a node keeps about contacts: its own card, who got it, lists it imported.

How it is kept is left to the store.
"""

from dataclasses import dataclass

from keys.directory.model import OfficeRole
from keys.identity import PartyId


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnCard:
    """This party's newest card, as the store holds it.

    Attributes:
        attested_at_ms: In ms since the epoch.
        handling: Its label: "TLP:AMBER".
        protected: The content of the card under the node's own key.
    """

    attested_at_ms: int
    handling: str
    protected: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class CardDelivery:
    """What was done about one card and one party.

    Attributes:
        at_ms: When, in ms since the epoch.
        situation: Digest of what it was decided by: both policies, the party's key
            and standing. As long as it is the same, so is the decision.
        message_digest: The message that carries the card; empty when none does.
        code: Why none does; empty otherwise.
        refused_by: "HUB" or the party, when the message was refused; empty otherwise.
    """

    party: PartyId
    attested_at_ms: int
    at_ms: int
    situation: bytes
    message_digest: bytes = b""
    code: str = ""
    detail: str = ""
    refused_by: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportedOffice:
    """One office as a list of others names it: not attested by its party.

    Attributes:
        country: Whose it is, whether or not it is a party.
        role: None where the list does not say, or says what we have no word for.
        emails: Functional addresses as far as one can tell; may be several.
        telephones: As `broker.core.addresses` wants them; may be several.
        languages: BCP 47 tags.
        tasks: What it does, in the words of the list.
        line: Where it stands in the file, from 1; the first of merged ones.
    """

    country: PartyId
    name: str
    role: OfficeRole | None = None
    emails: tuple[str, ...] = ()
    telephones: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    tasks: tuple[str, ...] = ()
    round_the_clock: bool = False
    line: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportedList:
    """A list that was imported, without what is in it.

    Attributes:
        source: What it is: "Directory of competent authorities".
        dated: Of when it is, as far as that is known (ISO 8601), or empty.
        imported_ms: When it was imported, in ms since the epoch.
        offices: How many it names.
        countries: Of how many.
    """

    source: str
    dated: str
    imported_ms: int
    offices: int
    countries: int
