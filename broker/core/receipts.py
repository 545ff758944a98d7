"""Receipts signed together: one hybrid signature for a whole round of statements.

Each receipt carries its path to the signed Merkle root, so that its holder can show
it without showing the others. Encodings are left to the codec.
"""

from collections.abc import Sequence
from dataclasses import replace

from broker.core.audit.merkle import leaf_hash, tree_with_paths
from broker.core.audit.proof import root_from_path
from broker.core.codec.receipts import (
    BundleParts,
    ReceiptPath,
    decode_receipt,
    encode_root,
)
from broker.core.errors import Code, ProofError, RefusedError
from broker.core.model import Receipt
from keys.directory.model import DirectoryView
from keys.errors import (
    KeyFormatError,
    KeyNotValidError,
    PartyCodeError,
    PartySuspendedError,
    SignatureError,
    UnknownKeyError,
    UnknownPartyError,
)
from keys.identity import HUB, PartyId
from keys.preauth import PayloadType
from keys.signing import SigningKey, SigningPublicKey, signing_public_key


def sign_together(
    receipts: Sequence[bytes], *, signer: str, key: SigningKey
) -> BundleParts:
    """Signs encoded receipts with one signature; at least one.

    The signature costs 0.5 ms whatever their number: signed one by one, receipts
    would cost more than everything else the relay does.
    """
    root, paths = tree_with_paths([leaf_hash(receipt) for receipt in receipts])
    signature = key.sign(PayloadType.RECEIPTS, encode_root(signer, len(receipts), root))
    return BundleParts(
        signer=signer,
        signer_key_id=key.public.key_id,
        tree_size=len(receipts),
        signature=signature,
        receipts=tuple(
            ReceiptPath(receipt=receipt, index=index, path=tuple(path))
            for index, (receipt, path) in enumerate(zip(receipts, paths, strict=True))
        ),
    )


def pick(bundle: BundleParts, indices: Sequence[int]) -> BundleParts:
    """Returns the bundle with some of its receipts: those a reader is entitled to."""
    return replace(bundle, receipts=tuple(bundle.receipts[i] for i in indices))


def read_bundle(bundle: BundleParts, directory: DirectoryView) -> list[Receipt]:
    """Verifies a bundle and returns its receipts, in order.

    1. All paths lead to one root. 2. The signer's key is in the directory and was
    valid when each receipt says it was made. 3. It signed that root. 4. Every receipt
    speaks in the signer's name.

    Raises:
        RefusedError: INVALID_RECEIPT, UNKNOWN_PARTY, PARTY_SUSPENDED, UNKNOWN_KEY,
            KEY_NOT_VALID, BAD_SIGNATURE, or the code of a malformed receipt.
    """
    receipts = [decode_receipt(entry.receipt) for entry in bundle.receipts]
    if not receipts:
        raise RefusedError(Code.INVALID_RECEIPT, "no receipt")
    # 1.
    root = _common_root(bundle)
    # 2.
    keys = {_signing_key(bundle, directory, receipt.at_ms) for receipt in receipts}
    # 3.
    statement = encode_root(bundle.signer, bundle.tree_size, root)
    try:
        for key in keys:
            key.verify(PayloadType.RECEIPTS, statement, bundle.signature)
    except SignatureError as error:
        raise RefusedError(Code.BAD_SIGNATURE, str(error)) from None
    # 4.
    if any(receipt.by != bundle.signer for receipt in receipts):
        raise RefusedError(Code.INVALID_RECEIPT, "in another's name")
    return receipts


def _common_root(bundle: BundleParts) -> bytes:
    try:
        roots = {
            root_from_path(
                leaf_hash(entry.receipt), entry.index, bundle.tree_size, entry.path
            )
            for entry in bundle.receipts
        }
    except ProofError as error:
        raise RefusedError(Code.INVALID_RECEIPT, str(error)) from None
    if len(roots) != 1:
        raise RefusedError(Code.INVALID_RECEIPT, "paths lead to different roots")
    return roots.pop()


def _signing_key(
    bundle: BundleParts, directory: DirectoryView, at_ms: int
) -> SigningPublicKey:
    try:
        if bundle.signer == HUB:
            published = directory.hub_key(bundle.signer_key_id, at_ms)
        else:
            published = directory.signing_key(
                PartyId(bundle.signer), bundle.signer_key_id, at_ms
            )
        return signing_public_key(published.key)
    except (UnknownPartyError, PartyCodeError):
        raise RefusedError(Code.UNKNOWN_PARTY, bundle.signer[:20]) from None
    except PartySuspendedError as error:
        raise RefusedError(Code.PARTY_SUSPENDED, str(error)) from None
    except UnknownKeyError as error:
        raise RefusedError(Code.UNKNOWN_KEY, str(error)) from None
    except (KeyNotValidError, KeyFormatError) as error:
        raise RefusedError(Code.KEY_NOT_VALID, str(error)) from None
