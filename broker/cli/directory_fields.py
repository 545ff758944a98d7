"""What `rogatory directory` prints as JSON: a party, or what lists say of a country."""

from collections.abc import Sequence
from dataclasses import dataclass

from broker.app.contacts import HeldCard
from broker.core.codec.contacts import office_fields, person_fields
from broker.core.contact_records import ImportedList, ImportedOffice
from broker.core.contacts import attestation
from broker.core.status import iso_time
from broker.core.trust import Trust
from keys.directory.model import Membership, PartyRecord, PublishedKey
from keys.identity import PartyId

Imported = Sequence[tuple[ImportedList, Sequence[ImportedOffice]]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """All that there is to show about a party or a country.

    Attributes:
        country: Its English name; empty where that is not known.
        record: What it publishes; None when it is no party, or cannot be relied on.
        failed: Why it cannot be relied on; empty otherwise.
        card: Its people; None where there is no card, or none that can be opened.
        sealed: Whether there is a card that was not opened.
        imported: What lists say of it.
        now_ms: The present, in ms since the epoch.
    """

    party: PartyId
    country: str
    record: PartyRecord | None
    membership: Membership
    policy_digest: bytes | None
    failed: str
    card: HeldCard | None
    sealed: bool
    imported: Imported
    now_ms: int


def party_fields(record: PartyRecord, trust: Trust, now_ms: int) -> dict[str, object]:
    """Returns what a party publishes, and its standing."""
    digest = trust.policy_digests.get(record.party)
    found = attestation(record, now_ms)
    membership = trust.view.federation.membership(record.party)
    attested_at = record.attested_at_ms
    return {
        "party": record.party,
        "name": record.name,
        "contact": {
            "office": record.contact.office,
            "email": record.contact.email,
            "telephone": record.contact.telephone,
            "languages": list(record.contact.languages),
        },
        "offices": [office_fields(office) for office in record.offices],
        "marking_practices": record.marking_practices or None,
        "attested": {
            "at": None if attested_at is None else iso_time(attested_at),
            "days_ago": found.days,
            "stale": found.stale,
        },
        "standing": _standing(membership, now_ms),
        "signing_keys": [_key(key, now_ms) for key in record.signing_keys],
        "encryption_keys": [_key(key, now_ms) for key in record.encryption_keys],
        "policy_sha256": digest.hex() if digest else None,
    }


def shown_fields(shown: Shown, trust: Trust) -> dict[str, object]:
    """Returns all that there is to show about a party or a country."""
    fields: dict[str, object] = {"party": shown.party, "country": shown.country or None}
    if shown.record is not None:
        fields |= party_fields(shown.record, trust, shown.now_ms)
    return {
        **fields,
        "is_party": shown.record is not None or bool(shown.failed),
        "failed": shown.failed or None,
        "people": None if shown.card is None else _card(shown.card),
        "people_sealed": shown.sealed,
        "imported": [
            {
                "attested_by_party": False,
                "source": listed.source,
                "dated": listed.dated or None,
                "imported": iso_time(listed.imported_ms),
                "offices": [imported_fields(office) for office in offices],
            }
            for listed, offices in shown.imported
        ],
    }


def imported_fields(office: ImportedOffice) -> dict[str, object]:
    """Returns what a list says about one office."""
    return {
        "role": office.role,
        "name": office.name,
        "emails": list(office.emails),
        "telephones": list(office.telephones),
        "languages": list(office.languages),
        "tasks": list(office.tasks),
        "round_the_clock": office.round_the_clock,
        "line": office.line,
    }


def import_fields(listed: ImportedList) -> dict[str, object]:
    """Returns what is known of a list, without what is in it."""
    return {
        "source": listed.source,
        "dated": listed.dated or None,
        "imported": iso_time(listed.imported_ms),
        "offices": listed.offices,
        "countries": listed.countries,
    }


def _standing(membership: Membership, now_ms: int) -> dict[str, object]:
    suspension = membership.suspension
    if suspension is None:
        return {"good": True, "suspended_since": None, "reason": None}
    return {
        "good": now_ms < suspension.since_ms,
        "suspended_since": iso_time(suspension.since_ms),
        "reason": suspension.reason,
    }


def _card(held: HeldCard) -> dict[str, object]:
    received = held.received_ms
    return {
        "attested_at": iso_time(held.card.attested_at_ms),
        "handling": held.handling,
        "message": held.message_id or None,
        "received": None if received is None else iso_time(received),
        "people": [person_fields(person) for person in held.card.people],
        "note": held.card.note or None,
    }


def _key(key: PublishedKey, now_ms: int) -> dict[str, object]:
    revoked = key.revoked_at_ms
    return {
        "id": key.key_id.hex(),
        "valid_from": iso_time(key.valid_from_ms),
        "valid_to": iso_time(key.valid_to_ms),
        "valid_now": key.valid_at(now_ms),
        "revoked_at": None if revoked is None else iso_time(revoked),
        "revocation_reason": key.revocation_reason,
    }
