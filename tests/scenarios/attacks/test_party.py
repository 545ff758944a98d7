"""A party attacks with its own credentials: what it submits is refused at the hub.

Every attack ends alike: a REFUSED receipt that the hub has signed, an entry in the
log, nothing in anybody's inbox, and a relay that goes on (`RawParty.expect_refused`).
"""

from dataclasses import replace

import pytest

from broker.core.codec.envelope import decode_envelope, decode_signed, encode_signed
from broker.core.errors import Code
from broker.core.model import Stage
from broker.infra.nats_streams import NatsUplink
from tests.adversaries import RawParty
from tests.crafting import (
    UNKNOWN_FIELD,
    header_for,
    rewrapped,
    sealed,
    signed_anew,
    submission,
    with_parts,
)
from tests.federation import Federation
from tests.scenarios.attacks.forgeries import FORGERIES, Tools

pytestmark = pytest.mark.integration


@pytest.mark.parametrize("name", FORGERIES)
async def test_forged_envelope_is_refused(mex: RawParty, name: str) -> None:
    attack, code = FORGERIES[name]
    tools = Tools(mex, mex.seal(mex.header("BEL")).envelope)
    await mex.expect_refused(submission(attack(tools)), code)


async def test_oversize_submission_is_refused(mex: RawParty) -> None:
    huge = submission(bytes(900_000))
    receipt = await mex.expect_refused(huge, Code.OVERSIZE)
    assert receipt.message_digest == b""


async def test_malleated_submission_is_refused(mex: RawParty) -> None:
    message = mex.seal(mex.header("BEL"))
    data = submission(message.envelope)
    await mex.expect_refused(data + UNKNOWN_FIELD, Code.UNKNOWN_FIELD)
    await mex.expect_refused(data + data, Code.NOT_CANONICAL)
    await mex.expect_refused(b"", Code.MALFORMED)


async def test_message_of_another_over_own_connection_is_refused(
    mex: RawParty, federation: Federation
) -> None:
    """Even with the victim's key: the bus says whose connection it was."""
    victim = federation.members["KEN"].keys.holder
    header = header_for(mex.letter, victim, ["BEL"], mex.trust)
    message = sealed(mex.letter, header, victim.signing, mex.trust)
    receipt = await mex.expect_refused(
        submission(message.envelope), Code.WRONG_CONNECTION
    )
    assert receipt.message_digest == message.message_digest


async def test_captured_message_cannot_be_sent_again_by_its_recipient(
    mex: RawParty, federation: Federation
) -> None:
    """What one recipient gets is, byte for byte, what its origin submitted."""
    digest = federation.send("KEN", to="MEX")
    captured = await mex.capture(digest)
    await mex.expect_refused(submission(captured), Code.WRONG_CONNECTION)
    stages = federation.stages("KEN", digest)
    assert stages == {("HUB", Stage.ACCEPTED)}


async def test_stolen_ciphertext_signed_anew_does_not_open(
    mex: RawParty, federation: Federation
) -> None:
    """The hub cannot tell; whoever the thief writes to can."""
    digest = federation.send("KEN", to="BEL,MEX")
    stolen = await mex.capture(digest)
    ciphertext = decode_envelope(stolen).ciphertext
    header = replace(mex.header("BEL"), padded_size=len(ciphertext) - 16)
    forged = rewrapped(
        signed_anew(stolen, mex.holder.signing, header=header),
        mex.holder.signing,
        decode_envelope(stolen).wraps,
    )
    await mex.submit(submission(forged))
    refusal = await mex.hear(
        lambda one: (one.by, one.stage) == ("BEL", Stage.REFUSED), "BEL's refusal"
    )
    assert refusal.code == Code.CANNOT_OPEN.value
    await mex.writes_honestly("BEL")


async def test_recipient_cannot_readdress_what_it_received(
    mex: RawParty, federation: Federation
) -> None:
    """Surreptitious forwarding: the origin's signature, wrapped to somebody else."""
    digest = federation.send("KEN", to="MEX")
    captured = await mex.capture(digest)
    mine = decode_envelope(captured)
    other = mex.seal(mex.header("BEL"))
    forged = with_parts(
        captured,
        lambda parts: replace(parts, wraps=decode_envelope(other.envelope).wraps),
    )
    await mex.expect_refused(submission(forged), Code.WRAP_MISMATCH)
    signed = decode_signed(mine.signed_header)
    patched = encode_signed(
        replace(signed, wrap_digests=decode_signed_wraps(other.envelope))
    )
    forged = with_parts(forged, lambda parts: replace(parts, signed_header=patched))
    await mex.expect_refused(submission(forged), Code.BAD_SIGNATURE)


def decode_signed_wraps(envelope: bytes) -> tuple[bytes, ...]:
    """Returns the digests of the wraps that an envelope signs for."""
    return decode_signed(decode_envelope(envelope).signed_header).wrap_digests


async def test_origin_learns_of_what_was_forged_over_its_own_connection(
    mex: RawParty, federation: Federation
) -> None:
    """Somebody has Kenya's access to the bus, and none of its signing keys."""
    digest = federation.send("KEN", to="BEL")
    await federation.opened("KEN", digest, ["BEL"])
    sent = federation.members["KEN"].node.store.find_sent(digest)
    assert sent is not None
    forged = with_parts(sent.envelope, lambda parts: replace(parts, signature=b""))
    before = mex.received("BEL")
    async with federation.party_bus("KEN", "thief") as bus:
        await NatsUplink(bus).submit(submission(forged))
    refused = ("HUB", Stage.REFUSED)
    await federation.until(
        lambda: refused in federation.stages("KEN", digest), "the refusal"
    )
    codes = {receipt.code for receipt in federation.receipts("KEN", digest)}
    assert codes == {"", Code.BAD_SIGNATURE.value}
    assert mex.received("BEL") == before
