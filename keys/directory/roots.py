"""The chain of roots: from the one that was given to trust, to the newest it leads to.

Which of them was in force when is left to `history`, fetching to the `Fetch` given.
"""

from typing import Final

from tuf.api.exceptions import RepositoryError
from tuf.api.metadata import Metadata, Root

from keys.directory.roles import metadata_path
from keys.directory.stewardship import read_root
from keys.directory.updating import Fetch
from keys.errors import CeremonyError, RefreshError

_MOST_ROOTS: Final = 10_000  # a root a day for 27 years


def root_chain(root: bytes, fetch: Fetch) -> list[bytes]:
    """Returns the roots from `root` on, each verified by the one before it.

    TUF specification, section 5.3: enough keys of the old root and of the new one have
    signed, and the version is the next. Whether they have expired does not matter to
    the chain.

    Args:
        root: What was given to trust.
        fetch: How to get what the hub serves. None ends the chain.

    Raises:
        UnreachableError: Nobody answered.
        RefreshError: A root does not follow from the one before it.
    """
    chain = [root]
    try:
        newest = read_root(root).signed
        while (data := fetch(metadata_path(Root.type, newest.version + 1))) is not None:
            newest = _successor(newest, data)
            chain.append(data)
            if len(chain) > _MOST_ROOTS:
                raise RefreshError("the chain of roots does not end")
    except CeremonyError as error:
        raise RefreshError(str(error)) from error
    return chain


def _successor(old: Root, data: bytes) -> Root:
    new: Metadata[Root] = read_root(data)
    if new.signed.version != old.version + 1:
        raise RefreshError(f"root {new.signed.version} was served as {old.version + 1}")
    try:
        for signed_by in (old, new.signed):
            signed_by.verify_delegate(Root.type, new.signed_bytes, new.signatures)
    except (RepositoryError, ValueError) as error:
        raise RefreshError(
            f"root {new.signed.version} does not verify: {error}"
        ) from error
    return new.signed
