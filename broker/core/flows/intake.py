"""What a recipient's node makes of a delivery: verified, admitted, or refused.

Pure: bytes, directory, keys and the present in; a value or a refusal out. Storing and
answering are left to the node service.
"""

from broker.core.codec.documents import decode_document
from broker.core.envelope import Claim, VerifiedEnvelope, check, verify_signature
from broker.core.errors import Code, RefusedError
from broker.core.limits import Limits
from broker.core.model import Header, Receipt, Stage, new_nonce
from broker.core.policy.decision import Allow, Deny, Question
from broker.core.policy.engine import Engine
from keys.directory.model import DirectoryView
from keys.identity import PartyId


def verify_delivery(
    data: bytes, me: PartyId, directory: DirectoryView, *, now_ms: int, limits: Limits
) -> VerifiedEnvelope:
    """Checks again all that the hub checked: the hub is not trusted with it.

    Raises:
        RefusedError: With the code of the first thing that is wrong.
    """
    return verify_signature(
        check(data, directory, now_ms=now_ms, limits=limits, held_by=me)
    )


def admit_content(
    header: Header, body: bytes, me: PartyId, engine: Engine | None
) -> None:
    """Checks that opened content fits its kind and that our own policy takes it.

    Raises:
        RefusedError: INVALID_CONTENT, IMPORT_POLICY, or the code of a malformed part.
    """
    decode_document(header.kind, body)
    if engine is None:
        raise RefusedError(Code.IMPORT_POLICY, "no policy is published")
    question = Question(
        origin=header.origin, recipient=me, kind=header.kind, handling=header.handling
    )
    match engine.imports(question):
        case Allow():
            return
        case Deny() as deny:
            raise RefusedError(Code.IMPORT_POLICY, deny.summary)


def statement(
    me: PartyId,
    claim: Claim,
    stage: Stage,
    now_ms: int,
    error: RefusedError | None = None,
) -> Receipt:
    """Returns what we say to its origin about a message."""
    return Receipt(
        stage=stage,
        message_digest=claim.digest,
        by=me,
        to=claim.header.origin,
        at_ms=now_ms,
        code=error.code.value if error else "",
        detail=error.detail if error else "",
        nonce=new_nonce(),
    )
