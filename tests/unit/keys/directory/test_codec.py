"""Records have one serialised form, and nothing but it is read."""

from dataclasses import replace

import pytest
from hypothesis import given, settings, strategies as st

from keys.directory.codec import (
    MAX_KEYS,
    MAX_RECORD_SIZE,
    MAX_TEXT,
    MAX_TIME_MS,
    decode_federation,
    decode_party,
    encode_federation,
    encode_party,
)
from keys.directory.model import (
    Contact,
    FederationRecord,
    PartyRecord,
    PublishedKey,
)
from keys.errors import RecordError
from keys.framing import sha256
from keys.identity import HUB, KeyId, PartyId, encryption_key_id, signing_key_id
from tests.unit.keys.directory.federation import KEN, federation_record, record_of

_PARTIES = st.from_regex(r"[A-Z]{3}", fullmatch=True).filter(HUB.__ne__).map(PartyId)
_ACCOUNTS = st.from_regex(r"A[A-Z2-7]{55}", fullmatch=True)
_TEXTS = st.text(st.characters(codec="utf-8", categories=("L", "N", "P", "Zs")))
_NAMES = _TEXTS.filter(str.strip)
_CONTACTS = st.builds(
    Contact,
    office=_TEXTS,
    email=_TEXTS,
    telephone=_TEXTS,
    languages=st.lists(st.sampled_from(["en", "fr", "pt-BR"]), max_size=3).map(tuple),
)


@st.composite
def _keys(draw: st.DrawFn, *, signing: bool) -> tuple[PublishedKey, ...]:
    keys = []
    for number in draw(st.sets(st.integers(0, 255), min_size=1, max_size=3)):
        raw = bytes([number]) * (1984 if signing else 1216)
        valid_from = draw(st.integers(1, MAX_TIME_MS - 1))
        keys.append(
            PublishedKey(
                key_id=(signing_key_id if signing else encryption_key_id)(raw),
                key=raw,
                valid_from_ms=valid_from,
                valid_to_ms=draw(st.integers(valid_from + 1, MAX_TIME_MS)),
                revoked_at_ms=draw(st.none() | st.integers(1, MAX_TIME_MS)),
            )
        )
    return tuple(keys)


_RECORDS = st.builds(
    PartyRecord,
    party=_PARTIES,
    name=_NAMES,
    signing_keys=_keys(signing=True),
    encryption_keys=_keys(signing=False),
    account=_ACCOUNTS,
    contact=_CONTACTS,
)
_FEDERATIONS = st.builds(
    FederationRecord,
    name=_NAMES,
    hub_keys=_keys(signing=True),
    log_origin=st.just("log.example/rogatory"),
    log_key=st.binary(min_size=32, max_size=32),
    hub_account=_ACCOUNTS,
)


@settings(deadline=None)
@given(_RECORDS)
def test_a_party_record_comes_back_as_it_was(record: PartyRecord) -> None:
    assert decode_party(encode_party(record)) == record


@settings(deadline=None)
@given(_FEDERATIONS)
def test_a_federation_record_comes_back_as_it_was(record: FederationRecord) -> None:
    assert decode_federation(encode_federation(record)) == record


@settings(deadline=None)
@given(st.binary(max_size=200))
def test_arbitrary_bytes_are_refused_with_our_own_error(data: bytes) -> None:
    with pytest.raises(RecordError):
        decode_party(data)
    with pytest.raises(RecordError):
        decode_federation(data)


@settings(deadline=None)
@given(st.data())
def test_flipping_any_bit_gives_another_record_or_a_refusal(
    data: st.DataObject,
) -> None:
    good = encode_party(record_of(KEN))
    at = data.draw(st.integers(0, len(good) * 8 - 1))
    bad = bytearray(good)
    bad[at // 8] ^= 1 << at % 8
    try:
        other = decode_party(bytes(bad))
    except RecordError:
        return
    assert other != record_of(KEN)


def test_an_unknown_field_is_refused() -> None:
    with pytest.raises(RecordError, match="one serialised form"):
        decode_party(encode_party(record_of(KEN)) + b"\xfa\x7f\x01x")
    with pytest.raises(RecordError, match="one serialised form"):
        decode_federation(encode_federation(federation_record()) + b"\xfa\x7f\x01x")


def test_an_unknown_field_inside_a_nested_message_is_refused() -> None:
    good = encode_party(replace(record_of(KEN), contact=Contact(office="x")))
    assert good.endswith(b"\x32\x03\x0a\x01x")
    with pytest.raises(RecordError, match="one serialised form"):
        decode_party(good[:-5] + b"\x32\x06\x0a\x01x\x7a\x01y")


def test_a_field_given_twice_is_refused() -> None:
    with pytest.raises(RecordError, match="one serialised form"):
        decode_party(b"\x0a\x03BEL" + encode_party(record_of(KEN)))


def test_an_empty_contact_that_is_spelled_out_is_refused() -> None:
    good = encode_party(replace(record_of(KEN), contact=Contact()))
    with pytest.raises(RecordError, match="one serialised form"):
        decode_party(good + b"\x32\x00")


def test_too_much_is_refused_before_it_is_parsed() -> None:
    with pytest.raises(RecordError, match="at most"):
        decode_party(bytes(MAX_RECORD_SIZE + 1))


def _with_key(**changes: object) -> PartyRecord:
    record = record_of(KEN)
    key = replace(record.signing_keys[0], **changes)  # type: ignore[arg-type]  # the point is to try
    return replace(record, signing_keys=(key,))


@pytest.mark.parametrize(
    "record",
    [
        replace(record_of(KEN), name=" "),
        replace(record_of(KEN), name="x" * (MAX_TEXT + 1)),
        replace(record_of(KEN), name="Ken\x1b[2Jya"),
        replace(record_of(KEN), name="Ken\u202eay"),
        replace(record_of(KEN), account="A.>"),
        replace(record_of(KEN), account="AAAA"),
        replace(record_of(KEN), contact=Contact(languages=("English",))),
        replace(record_of(KEN), contact=Contact(languages=("en",) * 17)),
        replace(record_of(KEN), contact=Contact(email="a\nb")),
        replace(record_of(KEN), signing_keys=()),
        replace(record_of(KEN), encryption_keys=()),
        replace(record_of(KEN), signing_keys=record_of(KEN).signing_keys * 2),
        replace(record_of(KEN), encryption_keys=record_of(KEN).signing_keys),
        _with_key(key_id=KeyId(sha256(b"another"))),
        _with_key(key=b"short"),
        _with_key(valid_from_ms=0),
        _with_key(valid_from_ms=-1),
        _with_key(valid_to_ms=1),
        _with_key(valid_to_ms=MAX_TIME_MS + 1),
        _with_key(revoked_at_ms=0),
        _with_key(revoked_at_ms=MAX_TIME_MS + 1),
    ],
)
def test_a_record_out_of_bounds_is_not_even_written(record: PartyRecord) -> None:
    with pytest.raises(RecordError):
        encode_party(record)


def test_more_keys_than_a_record_may_hold_are_refused() -> None:
    keys = tuple(
        replace(record_of(KEN).signing_keys[0], key=raw, key_id=signing_key_id(raw))
        for raw in (bytes([n]) * 1984 for n in range(MAX_KEYS + 1))
    )
    with pytest.raises(RecordError, match="expected 1 to 64"):
        encode_party(replace(record_of(KEN), signing_keys=keys))


def test_times_beyond_the_calendar_are_refused_on_reading() -> None:
    data = encode_party(_with_key(revoked_at_ms=MAX_TIME_MS))
    later = data.replace(_varint(MAX_TIME_MS), _varint(MAX_TIME_MS + 1))
    assert later != data
    with pytest.raises(RecordError, match="revoked at no time"):
        decode_party(later)


def _varint(number: int) -> bytes:
    out = bytearray()
    while number > 0x7F:
        out.append(number & 0x7F | 0x80)
        number >>= 7
    return bytes([*out, number])


@pytest.mark.parametrize(
    "record",
    [
        replace(federation_record(), log_origin="two words"),
        replace(federation_record(), log_origin=""),
        replace(federation_record(), log_key=b"short"),
        replace(federation_record(), hub_account="*"),
        replace(federation_record(), hub_keys=()),
        replace(
            federation_record(),
            hub_keys=(replace(federation_record().hub_keys[0], revoked_at_ms=0),),
        ),
    ],
)
def test_a_federation_out_of_bounds_is_not_even_written(
    record: FederationRecord,
) -> None:
    with pytest.raises(RecordError):
        encode_federation(record)


def test_a_party_code_of_another_form_is_refused() -> None:
    data = encode_party(record_of(KEN)).replace(b"KEN", b"HUB", 1)
    with pytest.raises(RecordError, match="not a party code"):
        decode_party(data)
