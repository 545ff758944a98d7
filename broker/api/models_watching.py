"""Alarms, stories of messages, adapters and proposals, as other systems see them."""

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

from broker.api.models_messages import Restrictions
from broker.api.times import Moment, moment, moment_or_none
from broker.app.node_story import Story as NodeStory
from broker.core.adapting import (
    AdapterHealth,
    AdapterState,
    KeptProposal,
    ProposalState,
)
from broker.core.model import message_id_text
from broker.core.records import SoundedAlarm
from broker.core.trails.timeline import Event


class Alarm(BaseModel):
    """Something that somebody has to look at."""

    number: int
    raised_at: Moment
    topic: str
    text: str
    open: Annotated[
        bool, Field(description="Whether nobody has looked, and it is not over.")
    ]
    settled_at: Moment | None = None
    settled: Annotated[str | None, Field(description="How it ended.")] = None
    acknowledged_at: Moment | None = None
    acknowledged_by: str | None = None


class Alarms(BaseModel):
    """Alarms, newest first."""

    open: Annotated[int, Field(description="How many are open, listed or not.")]
    alarms: list[Alarm]


class Person(BaseModel):
    """Who has decided something, or looked at it."""

    model_config = ConfigDict(extra="forbid")

    by: Annotated[
        str,
        Field(
            min_length=1,
            max_length=100,
            pattern=r"^[^\x00-\x20\x7f-\xa0][^\x00-\x1f\x7f]*$",
            description="The person, as your files name them.",
        ),
    ]


class StoryLine(BaseModel):
    """One line of the story of a message."""

    at: Moment
    what: str
    by: str
    parties: list[str]
    text: str
    code: str | None = None
    rules: list[str]
    policy: str | None = None
    message: Annotated[
        str | None, Field(description="Digest of another message it is about.")
    ] = None


class Story(BaseModel):
    """All that this node knows of one message, and never its content."""

    digest: str
    id: str | None = None
    kind: str | None = None
    role: Annotated[
        str | None, Field(description="Whether it was sent, received or withheld.")
    ]
    timeline: list[StoryLine]


class Adapter(BaseModel):
    """How an adapter does."""

    name: str
    kind: str
    state: AdapterState
    since_at: Moment
    seen_at: Moment | None = None
    last_ok_at: Moment | None = None
    last_error_at: Moment | None = None
    error_code: str | None = None
    waiting: Annotated[int, Field(description="Deliveries that wait for it.")]
    lag_ms: Annotated[int, Field(description="How long the oldest has waited.")]
    letters: Annotated[int, Field(description="Dead letters that wait for a person.")]
    counts: dict[str, int]


class Adapters(BaseModel):
    """The adapters that ever ran at this node."""

    adapters: list[Adapter]


class Proposal(BaseModel):
    """A document that an adapter has put before a person, without its content."""

    proposal_id: str
    adapter: str
    kind: str
    state: ProposalState
    proposed_at: Moment
    decided_at: Moment | None = None
    decided_by: str | None = None
    based_on: Annotated[
        list[str], Field(description="Digests of the messages it says something of.")
    ]


class Proposals(BaseModel):
    """Proposals, oldest first."""

    proposals: list[Proposal]


class ProposalContent(Proposal):
    """A proposal with what is proposed."""

    title: str
    reasons: list[str]
    handling: Annotated[
        str, Field(description="With what binds whoever says something of its sources.")
    ]
    restrictions: Restrictions | None = None
    to: list[str]
    case_reference: str | None = None
    content: dict[str, Any]


def alarm_model(found: SoundedAlarm) -> Alarm:
    """Returns an alarm as it is shown."""
    return Alarm(
        number=found.number,
        raised_at=moment(found.alarm.at_ms),
        topic=found.alarm.topic,
        text=found.alarm.text,
        open=found.is_open,
        settled_at=moment_or_none(found.settled_ms),
        settled=found.settled or None,
        acknowledged_at=moment_or_none(found.acknowledged_ms),
        acknowledged_by=found.acknowledged_by or None,
    )


def story_model(story: NodeStory) -> Story:
    """Returns the story of a message as it is shown."""
    header = story.header
    return Story(
        digest=story.message_digest.hex(),
        id=message_id_text(header.message_id) if header else None,
        kind=header.kind if header else None,
        role=story.role.value if story.role else None,
        timeline=[_line(event) for event in story.events],
    )


def adapter_model(health: AdapterHealth, now_ms: int) -> Adapter:
    """Returns how an adapter does, as it is shown."""
    return Adapter(
        name=health.name,
        kind=health.kind,
        state=health.state_at(now_ms),
        since_at=moment(health.since_ms),
        seen_at=moment_or_none(health.seen_ms or None),
        last_ok_at=moment_or_none(health.ok_ms or None),
        last_error_at=moment_or_none(health.error_ms or None),
        error_code=health.error_code or None,
        waiting=health.waiting,
        lag_ms=health.lag_ms(now_ms),
        letters=health.letters,
        counts={count.value: number for count, number in health.counts.items()},
    )


def proposal_model(kept: KeptProposal) -> Proposal:
    """Returns a proposal as it is shown without its content."""
    return Proposal(
        proposal_id=kept.proposal_id,
        adapter=kept.adapter,
        kind=kept.kind,
        state=kept.state,
        proposed_at=moment(kept.at_ms),
        decided_at=moment_or_none(kept.decided_ms),
        decided_by=kept.decided_by or None,
        based_on=[digest.hex() for digest in kept.based_on],
    )


def _line(event: Event) -> StoryLine:
    return StoryLine(
        at=moment(event.at_ms),
        what=event.what.word,
        by=event.by,
        parties=list(event.parties),
        text=event.text,
        code=event.code or None,
        rules=list(event.rules),
        policy=event.policy_digest.hex() or None,
        message=event.message_digest.hex() or None,
    )
