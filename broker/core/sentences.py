"""Every sentence about refusals and stages that a person reads, by stable code.

English, and the place from which it is translated. Where a sentence is shown is
left to the interfaces.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum
from types import MappingProxyType
from typing import Final

from broker.core.errors import Code
from broker.core.model import Stage


class ExitCode(IntEnum):
    """What a command returns to the shell (sysexits.h, where it has a name)."""

    OK = 0
    FAILURE = 1
    USAGE = 2
    BAD_DATA = 65
    UNAVAILABLE = 69
    REFUSED = 77
    CONFIGURATION = 78


@dataclass(frozen=True, slots=True, kw_only=True)
class Sentence:
    """What a refusal means to a person.

    Attributes:
        text: What happened.
        advice: What to do next.
        exit_code: What a command that met it returns.
    """

    text: str
    advice: str
    exit_code: ExitCode


def describe(code: Code) -> Sentence:
    """Returns the sentence for a refusal."""
    return SENTENCES[code]


def describe_stage(stage: Stage) -> str:
    """Returns a stage in words that follow "The message was ..."."""
    return STAGES[stage]


def _bad_data(text: str, advice: str) -> Sentence:
    return Sentence(text=text, advice=advice, exit_code=ExitCode.BAD_DATA)


def _refused(text: str, advice: str) -> Sentence:
    return Sentence(text=text, advice=advice, exit_code=ExitCode.REFUSED)


_BAD_SOFTWARE: Final = (
    "Send it again with an up-to-date node; if it happens again, give the code and "
    "the time to your operator."
)
_SUSPECT_ORIGIN: Final = (
    "Do not act on it. Ask the origin by another channel whether they sent it, and "
    "tell your operator."
)
_SEAL_AGAIN: Final = "Send the document again: that makes a new message."

SENTENCES: Final[Mapping[Code, Sentence]] = MappingProxyType(
    {
        Code.MALFORMED: _bad_data(
            "The bytes are not a message that can be read.", _BAD_SOFTWARE
        ),
        Code.UNKNOWN_FIELD: _bad_data(
            "The message has a field that this version does not know, so that it "
            "cannot tell what was signed.",
            "Bring both nodes to the same version, then send it again.",
        ),
        Code.NOT_CANONICAL: _bad_data(
            "The message is not encoded in the one permitted way.", _BAD_SOFTWARE
        ),
        Code.OVERSIZE: _bad_data(
            "It is larger than the federation allows.",
            "Shorten it, send attachments separately, or split the recipients.",
        ),
        Code.UNSUPPORTED_SUITE: _bad_data(
            "The message uses algorithms that this federation does not use.",
            "Bring the sending node to the version that the federation uses.",
        ),
        Code.UNKNOWN_KIND: _bad_data(
            "This kind of message is not known here.",
            "Check the kind and its version, or bring the node up to date.",
        ),
        Code.INVALID_HEADER: _bad_data(
            "The header of the message lacks something, or says something impossible.",
            _BAD_SOFTWARE,
        ),
        Code.INVALID_RECIPIENTS: _bad_data(
            "The list of recipients is empty, too long, repeats a party, is not in "
            "order, or names the origin itself.",
            "Name each recipient once, at least one, and not yourself.",
        ),
        Code.INVALID_HANDLING: _bad_data(
            "The handling of the message cannot be understood.",
            "Give one TLP label, such as TLP:AMBER, and only codes that combine: "
            "H0 stands alone.",
        ),
        Code.UNKNOWN_PARTY: _bad_data(
            "A party of the message is not in the directory of this federation.",
            "Check the three-letter code. If it is right, refresh the directory, or "
            "ask the stewards whether the party has joined.",
        ),
        Code.PARTY_SUSPENDED: _refused(
            "The stewards have suspended a party of the message: it neither sends nor "
            "receives.",
            "Leave the party out, or ask the stewards when its suspension ends.",
        ),
        Code.UNKNOWN_KEY: _bad_data(
            "The message names a key that its party never published.",
            "Refresh the directory. If the key is your own, publish it before you "
            "send; if not, ask the origin by another channel.",
        ),
        Code.KEY_NOT_VALID: _refused(
            "The message names a key that was revoked, had expired, or was not yet "
            "valid at that time.",
            "Renew the key, publish it in the directory, and send the document again.",
        ),
        Code.BAD_SIGNATURE: _bad_data(
            "The signature does not fit the message: it was changed, or somebody "
            "else wrote it.",
            _SUSPECT_ORIGIN,
        ),
        Code.WRONG_CONNECTION: _refused(
            "The message names one party as its origin, and came over the "
            "connection of another.",
            "Send it from the node of its origin. If you did, tell your operator: "
            "somebody may be using your connection.",
        ),
        Code.EXPIRED: _bad_data(
            "The message came after the time up to which its origin wanted it "
            "delivered.",
            "Send the document again, if it still matters.",
        ),
        Code.FROM_THE_FUTURE: _bad_data(
            "The message says that it was made at a time that has not yet come.",
            "Set the clock of the sending machine, then send the document again.",
        ),
        Code.LIFETIME_TOO_LONG: _bad_data(
            "The message asks to be kept for longer than the federation allows.",
            "Send the document again with an earlier expiry.",
        ),
        Code.REPLAYED_ID: _refused(
            "Another message with the same identifier was accepted before.",
            "If you sent something new, send it again: it gets an identifier of its "
            "own. If you did not, tell your operator.",
        ),
        Code.CIPHERTEXT_MISMATCH: _bad_data(
            "The sealed content is not the one that the origin signed.",
            _SEAL_AGAIN + " If you received it, ask the origin to.",
        ),
        Code.WRAP_MISMATCH: _bad_data(
            "The sealed keys of the message are not those that the origin signed.",
            _SEAL_AGAIN + " If you received it, ask the origin to.",
        ),
        Code.NOT_ADDRESSED: _refused(
            "The message is not addressed to this party.",
            "Delete the copy and tell your operator how you came by it.",
        ),
        Code.CANNOT_OPEN: _bad_data(
            "The message does not open with the keys of this node.",
            "Check that the keystore holds the key that the directory shows, older "
            "ones included; then ask the origin to send the document again.",
        ),
        Code.COMMITMENT_MISMATCH: _bad_data(
            "The content is not what the origin committed to: recipients of this "
            "message may have been given different things.",
            _SUSPECT_ORIGIN,
        ),
        Code.INVALID_CONTENT: _bad_data(
            "The content does not fit its kind: something is missing or wrong.",
            "Correct the places that are listed, and send the document again.",
        ),
        Code.EXPORT_POLICY: _refused(
            "The sharing policy of the origin does not let this message go to this "
            "recipient.",
            "Read which rule it was, or which came nearest. Leave out the recipient, "
            "or have the policy changed; loosen the handling only if the source of "
            "the information agrees.",
        ),
        Code.IMPORT_POLICY: _refused(
            "The sharing policy of the recipient does not take this message from "
            "this origin, or does not give it to this desk.",
            "Read which rule it was, or which came nearest, and ask the recipient's "
            "focal point whether their policy is meant to say so.",
        ),
        Code.RATE_LIMIT: _refused(
            "The party has sent more messages within a minute than the stewards allow "
            "it.",
            "Wait a minute and send the document again. If the limit is too low for "
            "your work, ask the stewards to raise it.",
        ),
        Code.QUOTA: _refused(
            "The messages of the party take as much room in the hub's store as the "
            "stewards allow it.",
            "Ask the stewards for more room; what is urgent, send by another channel.",
        ),
        Code.INVALID_RECEIPT: _bad_data(
            "The receipt does not say what a receipt has to say, or its signature "
            "does not fit.",
            "Do not count the message as delivered; give the code and the time to "
            "your operator.",
        ),
        Code.REDACTION: _refused(
            "What policy would leave of the document is no longer a document of its "
            "kind.",
            "Send it to these recipients in another kind, or have the policy keep or "
            "blur what it drops; rogatory policy explain tells which rule it is.",
        ),
        Code.LOOSER_HANDLING: _refused(
            "It would leave under a looser handling than its provider gave it.",
            "Keep the handling of the original, or ask the provider for a new message.",
        ),
        Code.CONSENT_NEEDED: _refused(
            "Its provider has to consent first.",
            "Ask for it with rogatory permission ask.",
        ),
        Code.APPROVAL_NEEDED: _refused(
            "Officers have to approve the release first.",
            "See with rogatory pending list what waits, and for whom.",
        ),
        Code.INVALID_APPROVAL: _refused(
            "An approval does not hold: it is for something else, by somebody else, "
            "or its signature does not fit.",
            "Have the officer look at it again and approve anew.",
        ),
        Code.DECLINED: _refused(
            "A person at the recipient looked at the message and did not take it.",
            "Ask the recipient's focal point.",
        ),
        Code.INVALID_RECALL: _bad_data(
            "A recall, correction or attestation is about a message that is not its "
            "origin's to speak of.",
            "Only the origin of a message can recall or correct it, and only its "
            "recipients can attest; if you did neither, tell your operator.",
        ),
        Code.RECALLED: _refused(
            "The content has been taken back, replaced or destroyed, and is not to be "
            "used.",
            "See with rogatory recalls what became of it; ask its origin for what is "
            "still needed.",
        ),
        Code.ILLEGAL_STEP: _refused(
            "The matter is not in a state in which this can be done.",
            "See with rogatory case show where it is, and what can be done now.",
        ),
        Code.INVALID_ATTACHMENT: _refused(
            "An attached file is not what the message says, or cannot be had.",
            "Ask its origin to attach it again; see rogatory attachments.",
        ),
        Code.OUTSIDE_OPERATION: _refused(
            "The joint operation is over, has not begun, or has not this member.",
            "See with rogatory operation show who is in it, and until when.",
        ),
    }
)
"""One for every code."""

STAGES: Final[Mapping[Stage, str]] = MappingProxyType(
    {
        Stage.ACCEPTED: "accepted and stored by the hub, for every recipient",
        Stage.DELIVERED: "delivered: stored by the recipient's node",
        Stage.OPENED: "opened and found to be what the origin signed",
        Stage.REFUSED: "refused",
        Stage.WITHHELD: "withheld by the sharing policy of the origin; nothing was "
        "sent",
        Stage.ACKNOWLEDGED: "acknowledged by an authority of the recipient",
        Stage.ACTED: "acted upon by the recipient",
    }
)
"""One for every stage."""
