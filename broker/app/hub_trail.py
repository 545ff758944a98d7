"""The log as a hub's operator lists it: headers and receipts, and nothing else.

Which lines are wanted is said by `broker.core.trails.trail`. Needs no key, only the
folder.
"""

from collections import OrderedDict
from collections.abc import Iterator
from dataclasses import replace
from itertools import islice
from typing import Final

from broker.app.node_folder import LIMITS
from broker.core.audit.entry import MAX_LISTED, EntryFilter, LogEntry, LoggedEntry
from broker.core.audit.padding import PADDING_STAGE
from broker.core.audit.snapshot import SnapshotStatement
from broker.core.codec.envelope import decode_signed
from broker.core.codec.header import decode_header
from broker.core.codec.header_names import header_names
from broker.core.errors import ConfigurationError, RefusedError
from broker.core.model import Header, Stage
from broker.core.trails.trail import TrailFilter, TrailLine
from broker.infra.log_reader import LogReader

_WORDS_KEPT: Final = 20_000  # messages whose kind and case are remembered
_FIRST_PAGE: Final = 100  # entries
_DIGEST_DIGITS: Final = 64
_ID_DIGITS: Final = 32
_FEWEST_DIGITS: Final = 8
_FIRST_STAGES: Final = (Stage.ACCEPTED.name, Stage.REFUSED.name, Stage.WITHHELD.name)
"""One of them is said of every message that the hub knows of."""
_OF_NO_MESSAGE: Final = frozenset({Stage.WITHHELD.name, PADDING_STAGE})
_AHEAD_MS: Final = 3_600_000  # how far the clock of an origin may be ahead of the hub's


class HubTrail:
    """A hub's log, read for its operator.

    Args:
        log: The log.
    """

    def __init__(self, log: LogReader) -> None:
        self._log = log
        self._words: OrderedDict[bytes, tuple[str, str]] = OrderedDict()

    def page(self, wanted: TrailFilter) -> list[TrailLine]:
        """Returns one page, oldest first.

        Of a filter that does not say from where to read on: the newest lines.

        Raises:
            StoreError: The log cannot be read.
        """
        found = list(islice(self._walk(wanted), wanted.most))
        return found[::-1] if wanted.newest else found

    def end(self) -> int:
        """Returns the cursor of the newest line; 0 for none.

        Raises:
            StoreError: The log cannot be read.
        """
        return self._log.head().size

    def lines(self, wanted: TrailFilter) -> Iterator[TrailLine]:
        """Yields all lines that fit, however many, from the first on.

        Raises:
            StoreError: The log cannot be read.
        """
        return self._walk(replace(wanted, after=wanted.after or 0, before=None))

    def entries_about(self, message_digest: bytes) -> list[LoggedEntry]:
        """Returns what was logged about one message.

        Raises:
            StoreError: The log cannot be read.
        """
        wanted = EntryFilter(message_digest=message_digest, limit=MAX_LISTED)
        return self._log.entries(wanted)

    def resolve(self, name: str) -> bytes:
        """Returns the digest of the message that an id, a digest, or a beginning means.

        Raises:
            ConfigurationError: It means none, or several.
            StoreError: The log cannot be read.
        """
        digits = name.replace("-", "").lower()
        if len(digits) < _FEWEST_DIGITS:
            raise ConfigurationError(
                f"{name!r} is too short: give {_FEWEST_DIGITS} digits or more"
            )
        try:
            whole = bytes.fromhex(digits[: len(digits) // 2 * 2])
        except ValueError:
            raise ConfigurationError(f"{name!r} is no message id or digest") from None
        if len(digits) == _DIGEST_DIGITS and self.entries_about(whole):
            return whole
        # A whole id means one message; of a beginning, all have to be looked at.
        since_ms, most = None, 2
        if len(digits) == _ID_DIGITS:
            # The first 48 bits of a UUID of version 7 are the time (RFC 9562, 5.7).
            since_ms = max(0, int.from_bytes(whole[:6], "big") - _AHEAD_MS)
            most = 1
        found = set(islice(self._named(digits, whole, since_ms), most))
        if len(found) != 1:
            many = "several messages: give more of it" if found else "no message here"
            raise ConfigurationError(f"{name} means {many}")
        return found.pop()

    def entries_since(self, since_ms: int) -> Iterator[LoggedEntry]:
        """Yields the log from the first entry on that was stated then or later.

        Among them are entries that were stated before, and told late. Padding is not.

        Raises:
            ProofError: An entry is not as it was written.
            StoreError: The log cannot be read.
        """
        first = self._log.entries(EntryFilter(since_ms=since_ms, limit=1))
        if not first:
            return
        for logged in self._log.records(first[0].index, self._log.head().size):
            if logged.entry.stage != PADDING_STAGE:
                yield logged

    def replies_to(
        self, message_digest: bytes, after: int
    ) -> Iterator[tuple[LoggedEntry, Header]]:
        """Yields accepted messages that answer one, and those that answer them.

        Args:
            message_digest: Of the one.
            after: Index of the entry that says it was accepted.

        Raises:
            StoreError: The log cannot be read.
        """
        answers = set[bytes]()
        for logged in self._pages(EntryFilter(stage=Stage.ACCEPTED.name, after=after)):
            entry = logged.entry
            # Reading every header would take seconds; looking for the bytes does not.
            if not any(
                one in entry.signed_header for one in (message_digest, *answers)
            ):
                continue
            header = logged_header(entry)
            if header is None:
                continue
            if header.in_reply_to == message_digest:
                answers.add(entry.message_digest)
            elif header.in_reply_to not in answers:
                continue
            yield logged, header

    def _named(
        self, digits: str, whole: bytes, since_ms: int | None
    ) -> Iterator[bytes]:
        """Yields digests of messages whose digest or id begins so; each once."""
        seen = set[bytes]()
        for stage in _FIRST_STAGES:
            for logged in self._pages(EntryFilter(since_ms=since_ms, stage=stage)):
                entry = logged.entry
                digest = entry.message_digest
                if digest in seen or not digest:
                    continue
                if digest.hex().startswith(digits) or _has_id(entry, digits, whole):
                    seen.add(digest)
                    yield digest

    def _walk(self, wanted: TrailFilter) -> Iterator[TrailLine]:
        """Yields the lines that fit; from the newest on where those are meant."""
        narrow = EntryFilter(
            party=wanted.party,
            stage=wanted.stage,
            code=wanted.code,
            kind=wanted.kind,
            case=wanted.case_reference,
            since_ms=wanted.since_ms,
            until_ms=wanted.until_ms,
            # A cursor is one more than the index.
            after=-1 if wanted.after is None else wanted.after - 1,
            before=None if wanted.before is None else wanted.before - 1,
            newest=wanted.newest,
            padding=wanted.everything,
        )
        for logged in self._pages(narrow):
            line = self._line(logged)
            if wanted.shows(line):
                yield line

    def _pages(self, wanted: EntryFilter) -> Iterator[LoggedEntry]:
        # A short list costs one small page, a long search few.
        page = replace(wanted, limit=_FIRST_PAGE)
        while found := self._log.entries(page):
            yield from reversed(found) if wanted.newest else found
            if wanted.newest:
                page = replace(page, before=found[0].index, limit=MAX_LISTED)
            else:
                page = replace(page, after=found[-1].index, limit=MAX_LISTED)

    def _line(self, logged: LoggedEntry) -> TrailLine:
        entry = logged.entry
        version = 0
        kind, case_reference = "", ""
        if entry.is_snapshot:
            version = SnapshotStatement.from_bytes(entry.leaf_data).version
        elif entry.message_digest:
            kind, case_reference = self._words_of(entry)
        return TrailLine(
            cursor=logged.index + 1,
            at_ms=entry.at_ms,
            stage=entry.stage,
            by=entry.by,
            to=entry.to,
            message_digest=entry.message_digest,
            code=entry.code,
            kind=kind,
            case_reference=case_reference,
            version=version,
        )

    def _words_of(self, entry: LogEntry) -> tuple[str, str]:
        """Returns kind and case reference; a receipt is logged without a header."""
        digest = entry.message_digest
        known = self._words.get(digest)
        if known is not None:
            self._words.move_to_end(digest)
            return known
        signed_header = entry.signed_header
        if not signed_header and entry.stage not in _OF_NO_MESSAGE:
            about = (one.entry.signed_header for one in self.entries_about(digest))
            signed_header = next(filter(None, about), b"")
        words = header_names(signed_header) if signed_header else ("", "")
        self._words[digest] = words
        if len(self._words) > _WORDS_KEPT:
            self._words.popitem(last=False)
        return words


def logged_header(entry: LogEntry) -> Header | None:
    """Returns the header that was logged with an entry; None when there is none.

    What was refused may have had a header that nobody can read.
    """
    if not entry.signed_header or entry.is_snapshot:
        return None
    try:
        return decode_header(decode_signed(entry.signed_header).header, LIMITS)
    except RefusedError:
        return None


def _has_id(entry: LogEntry, digits: str, whole: bytes) -> bool:
    # As above: only what may fit is read.
    if whole not in entry.signed_header:
        return False
    header = logged_header(entry)
    return header is not None and header.message_id.hex().startswith(digits)
