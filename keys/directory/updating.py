"""python-tuf's client, held at arm's length: its fetcher, its bounds, its errors.

What is asked of it is left to `client` and `resolving`.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from tuf.api.exceptions import (
    DownloadError,
    DownloadHTTPError,
    DownloadLengthMismatchError,
    ExpiredMetadataError,
    LengthOrHashMismatchError,
    RepositoryError,
)
from tuf.ngclient import Updater, UpdaterConfig
from tuf.ngclient.fetcher import FetcherInterface

from keys.errors import DirectoryStorageError, RefreshError, UnreachableError

Fetch = Callable[[str], bytes | None]
"""Gets what the hub serves under a path, "metadata/…" or "targets/…".

Synchronous. None means that the hub says there is no such file, and nothing else:
it is what ends the walk along the roots, so that an error taken for it would hide a
new root. Raises UnreachableError when nobody answers.
"""

CLOCK_HINT: Final = "or the clock of this machine is wrong"
_NOT_FOUND: Final = 404

MAX_ROOT_ROTATIONS: Final = 64
"""Roots that one refresh follows; what is left is for the next."""

_BOUNDS: Final = UpdaterConfig(
    max_root_rotations=MAX_ROOT_ROTATIONS,
    max_delegations=4,  # from the stewards to a party, and no further
    root_max_length=500_000,  # bytes
    timestamp_max_length=16_384,  # bytes
    snapshot_max_length=500_000,  # bytes
    targets_max_length=1_000_000,  # bytes: one message of the bus
)


def open_updater(metadata: Path, root: bytes, fetch: Fetch) -> Updater:
    """Returns an updater that trusts `root`, for one refresh.

    It keeps its metadata in the folder `metadata`. It reads the clock itself, with
    no way to be told the time: whoever wants to decide with a time of its own checks
    expiries again.

    Raises:
        RepositoryError: `root` is not a root that its own keys signed.
        OSError: The folder cannot be written.
    """
    metadata.mkdir(parents=True, exist_ok=True)
    return Updater(
        metadata_dir=str(metadata),
        metadata_base_url="metadata/",
        target_base_url="targets/",
        fetcher=_Fetcher(fetch),
        config=_BOUNDS,
        bootstrap=root,
    )


def answering(fetch: Fetch) -> Fetch:
    """Returns `fetch` with errors of disk and network told apart from the client's own.

    Raises:
        UnreachableError: From the returned function, for any of them.
    """

    def get(path: str) -> bytes | None:
        try:
            return fetch(path)
        except (OSError, DirectoryStorageError) as error:
            raise UnreachableError(f"{path} cannot be fetched: {error}") from error

    return get


@contextmanager
def explained() -> Iterator[None]:
    """Turns what python-tuf and the disk raise into errors of this package.

    Raises:
        UnreachableError: The fetch met nobody.
        RefreshError: Everything else, in one sentence; the cause is kept.
    """
    try:
        yield
    except DownloadHTTPError as error:
        raise RefreshError(str(error)) from error
    except DownloadLengthMismatchError as error:
        raise RefreshError(f"more was sent than was signed: {error}") from error
    except DownloadError as error:
        if isinstance(error.__cause__, UnreachableError):
            raise error.__cause__ from None
        raise UnreachableError(f"the directory cannot be fetched: {error}") from error
    except ExpiredMetadataError as error:
        raise RefreshError(f"{error}: the hub must sign again, {CLOCK_HINT}") from error
    except RepositoryError as error:
        raise RefreshError(f"the directory does not verify: {error}") from error
    except OSError as error:
        raise RefreshError(f"the local copy cannot be used: {error}") from error


def is_passing(error: Exception) -> bool:
    """Tells whether trying again could help although nobody signs anything new.

    That is so when the hub, or the way to it, gave other bytes than were signed, and
    when the local disk failed.
    """
    passing = DownloadError | LengthOrHashMismatchError | OSError
    return isinstance(error.__cause__, passing)


class _Fetcher(FetcherInterface):
    """What python-tuf fetches with: its addresses are the hub's paths."""

    def __init__(self, fetch: Fetch) -> None:
        self._get = fetch

    def _fetch(self, url: str) -> Iterator[bytes]:
        data = self._get(url)
        if data is None:
            raise DownloadHTTPError(f"{url} is not there", _NOT_FOUND)
        return iter([data])
