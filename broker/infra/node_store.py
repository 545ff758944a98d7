"""A node's whole store: what it sends, receives and knows of others, in one file.

The parts are told apart so that each stays small.
"""

from pathlib import Path

from broker.infra.adapter_schema import ADAPTER_SCHEMA
from broker.infra.adapter_store import AdapterStore
from broker.infra.admission_store import AdmissionStore
from broker.infra.alarm_store import AlarmStore
from broker.infra.attachment_schema import ATTACHMENT_SCHEMA
from broker.infra.attachment_store import AttachmentStore
from broker.infra.card_store import CardStore
from broker.infra.case_schema import CASE_SCHEMA
from broker.infra.case_store import CaseStore
from broker.infra.client_schema import CLIENT_SCHEMA
from broker.infra.client_store import ClientStore
from broker.infra.database import Database
from broker.infra.decision_store import DecisionStore
from broker.infra.event_store import EventStore
from broker.infra.feed_schema import FEED_SCHEMA
from broker.infra.feed_store import FeedStore
from broker.infra.import_store import ImportStore
from broker.infra.incoming_store import IncomingStore
from broker.infra.key_use_store import KeyUseStore
from broker.infra.lead_store import LeadStore
from broker.infra.letter_store import LetterStore
from broker.infra.link_answer_store import LinkAnswerStore
from broker.infra.link_schema import LINK_SCHEMA
from broker.infra.link_store import LinkStore
from broker.infra.listing_store import ListingStore
from broker.infra.node_schema import NODE_SCHEMA
from broker.infra.notice_store import NoticeStore
from broker.infra.once_store import OnceStore
from broker.infra.outgoing_store import OutgoingStore
from broker.infra.pending_store import PendingStore
from broker.infra.policy_store import PolicyStore
from broker.infra.promise_store import PROMISE_SCHEMA, PromiseStore
from broker.infra.proposal_store import ProposalStore
from broker.infra.recall_schema import RECALL_SCHEMA
from broker.infra.recall_store import RecallStore
from broker.infra.receipt_schema import RECEIPT_SCHEMA
from broker.infra.receipt_store import ReceiptStore
from broker.infra.retention_store import RetentionStore
from broker.infra.review_store import ReviewStore
from broker.infra.sent_notice_store import SentNoticeStore
from broker.infra.settling import UNOPENED
from broker.infra.trail_records import TrailRecords
from broker.infra.trail_schema import TRAIL_SCHEMA
from broker.infra.trail_store import TrailStore
from broker.infra.upload_store import UPLOAD_SCHEMA, UploadStore
from broker.infra.weapon_list_store import WeaponListStore
from broker.infra.weapon_schema import WEAPON_SCHEMA
from broker.infra.weapon_store import WeaponStore
from broker.infra.webhook_store import WEBHOOK_SCHEMA, WebhookStore


class NodeStore(
    OutgoingStore,
    IncomingStore,
    AdmissionStore,
    DecisionStore,
    PendingStore,
    PolicyStore,
    PromiseStore,
    CardStore,
    CaseStore,
    WeaponStore,
    WeaponListStore,
    LeadStore,
    ImportStore,
    EventStore,
    UploadStore,
    WebhookStore,
    FeedStore,
    OnceStore,
    ClientStore,
    ListingStore,
    AdapterStore,
    LetterStore,
    ProposalStore,
    KeyUseStore,
    ReceiptStore,
    ReviewStore,
    AlarmStore,
    AttachmentStore,
    TrailStore,
    TrailRecords,
    RecallStore,
    SentNoticeStore,
    RetentionStore,
    NoticeStore,
    LinkStore,
    LinkAnswerStore,
):
    """The database of a node.

    Args:
        path: The file; made when missing.

    Raises:
        StoreError: It cannot be opened.
    """

    def __init__(self, path: Path) -> None:
        schema = NODE_SCHEMA + RECEIPT_SCHEMA + TRAIL_SCHEMA + RECALL_SCHEMA
        schema += LINK_SCHEMA + CASE_SCHEMA + WEAPON_SCHEMA + PROMISE_SCHEMA
        schema += ATTACHMENT_SCHEMA + FEED_SCHEMA + CLIENT_SCHEMA + ADAPTER_SCHEMA
        schema += UPLOAD_SCHEMA + WEBHOOK_SCHEMA
        super().__init__(Database(path, schema))

    def change_counter(self) -> int:
        """Returns a number that changes when anybody has written."""
        return self._database.change_counter()

    def exchange(self, name: str, old: bytes | None, new: bytes) -> bool:
        """Stores a single value in place of `old`; tells whether `old` was there.

        Raises:
            StoreError: Nothing was stored.
        """
        with self._database.write() as db:
            row = db.execute(
                "SELECT value FROM facts WHERE name = ?", (name,)
            ).fetchone()
            if (None if row is None else bytes(row[0])) != old:
                return False
            db.execute("REPLACE INTO facts VALUES (?, ?)", (name, new))
        return True

    def count_unopened(self) -> int:
        """Returns how many messages were delivered here and are not opened yet.

        Those that wait for a person are not among them.
        """
        return self._count(f"inbox WHERE {UNOPENED}")

    def _count(self, rows: str) -> int:
        with self._database.read() as db:
            return int(db.execute(f"SELECT count(*) FROM {rows}").fetchone()[0])  # noqa: S608 - our own words

    def close(self) -> None:
        """Closes the file; afterwards nothing works."""
        self._database.close()
