"""KEN's node, whose policy wants two of three officers for what goes to XPO."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

from broker.core.handling import Tlp
from broker.core.limits import Limits
from broker.core.outgoing import OutgoingDocument
from broker.core.pending import Pending
from broker.core.policy.rule import (
    ApprovalRule,
    Ceiling,
    Effect,
    Officer,
    Rule,
    RuleTerms,
)
from broker.core.policy.rules import Policy
from broker.core.ports import Clock
from broker.core.releases import SignedApproval, Verdict
from broker.core.trust import Trust
from broker.infra.node_store import NodeStore
from broker.services.dispatch import Dispatcher, SendingStore
from broker.services.pending import PendingDesk
from keys.directory.signers import Signer
from keys.identity import PartyId
from tests import world
from tests.officers import OFFICERS, public_keys, said
from tests.world import AMBER, BEL, KEN, XPO


def policy(needed: int = 2, names: Sequence[str] = OFFICERS) -> Policy:
    """Returns a policy under which officers approve what goes to XPO."""
    own = world.open_policy(KEN)
    everybody_else = replace(own.exports[0], except_parties=frozenset({XPO}))
    approved = Rule(
        id="routes",
        effect=Effect.PERMIT,
        parties=frozenset({XPO}),
        every_kind=True,
        up_to=Ceiling(tlp=Tlp.AMBER),
        terms=RuleTerms(
            approval=ApprovalRule(needed=needed, officers=frozenset(names))
        ),
    )
    return replace(
        own,
        exports=(everybody_else, approved),
        officers=tuple(
            Officer(name=name, public_key=key)
            for name, key in public_keys(names).items()
        ),
    )


def trust_in(own: Policy, **others: Policy | None) -> Trust:
    """Returns the directory with KEN's policy, and others' (None: no such party)."""
    changed = {
        PartyId(party): None if one is None else world.entry(PartyId(party), one)
        for party, one in others.items()
    }
    return world.trust({KEN: world.entry(KEN, own), **changed})


DOCUMENT = OutgoingDocument(
    kind=world.KIND, body=world.body(), recipients=(XPO,), handling=AMBER
)
TO_BOTH = replace(DOCUMENT, recipients=(BEL, XPO))


@dataclass(slots=True)
class PendingWorld:
    """KEN's node, and a directory and a clock that change."""

    store: NodeStore
    trust: Trust = field(default_factory=lambda: trust_in(policy()))
    clock: world.FakeClock = field(default_factory=world.FakeClock)

    @property
    def desk(self) -> PendingDesk:
        """A desk that remembers nothing, as in a process of its own."""

        def dispatcher(
            store: SendingStore, trust: Callable[[], Trust], clock: Clock
        ) -> Dispatcher:
            return Dispatcher(world.holder(KEN), store, trust, clock, Limits())

        return PendingDesk(
            world.holder(KEN), self.store, lambda: self.trust, self.clock, dispatcher
        )

    def hold(self, document: OutgoingDocument = DOCUMENT) -> Pending:
        """Holds a document back; returns what is kept of it."""
        return self.desk.hold(document).pending

    def found(self, pending: Pending) -> Pending:
        """Returns what is kept of a document now."""
        found = self.store.find_pending(pending.pending_id)
        assert found is not None
        return found

    def statement(
        self,
        pending: Pending,
        officer: str,
        verdict: Verdict = Verdict.APPROVE,
        signer: Signer | None = None,
    ) -> SignedApproval:
        """Returns what an officer says about what would leave now."""
        plan = self.desk.look(pending).plan
        assert plan is not None
        at_ms = self.clock.now_ms()
        return said(officer, plan.digest, verdict, at_ms=at_ms, signer=signer)

    def say(
        self, pending: Pending, officer: str, verdict: Verdict = Verdict.APPROVE
    ) -> int:
        """Has an officer say something; returns how many messages that sent."""
        self.clock.at_ms += 1
        signed = self.statement(pending, officer, verdict)
        return len(self.desk.say(self.found(pending), signed))
