"""`rogatory audit message`: the whole story of one message, in one timeline.

What stands in it is left to `broker.core.trails.timeline`.
"""

from typing import Final

from broker.app.hub_story import hub_story
from broker.app.node_story import Story, node_story
from broker.cli.audit_fields import on_hub
from broker.cli.audit_readers import open_log
from broker.cli.following import IdArgument, header_fields
from broker.cli.options import HubOption, JsonOption, NodeOption
from broker.cli.output import note, print_json, print_table
from broker.cli.session import node_session
from broker.core.model import message_id_text
from broker.core.status import iso_time
from broker.core.trails.timeline import Event

_COLUMNS: Final = ("at", "what", "by", "whom", "in words")
_SHOWN_DIGITS: Final = 12  # of a digest


def message(
    message: IdArgument,
    hub: HubOption = None,
    node_dir: NodeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Shows all that is known of one message, in one timeline.

    At a node: what policies decided and by which rules, who approved, how it was sealed
    and sent, what the hub and each recipient stated, quarantine, hand-outs, answers,
    recalls and alarms; of messages that it sent, received or kept back. At a hub: its
    header, and what was stated about it. Never a content.

    Times are those of whoever speaks, by their own clock.
    """
    if on_hub(hub, node_dir):
        with open_log(hub) as trail:
            story = hub_story(trail, message)
    else:
        with node_session(node_dir) as node:
            story = node_story(node, message)
    if as_json:
        print_json(_fields(story))
        return
    note(_heading(story))
    print_table(_COLUMNS, [_row(event) for event in story.events], empty="")


def _heading(story: Story) -> str:
    header, role = story.header, story.role
    called = f"digest {story.message_digest.hex()}"
    if header is None:
        return f"withheld: {called}" if role else f"a message without header: {called}"
    case = f", case {header.case_reference}" if header.case_reference else ""
    said = f"{role.value} " if role else ""
    return (
        f"{said}{header.kind} {message_id_text(header.message_id)}, {header.origin} to "
        f"{', '.join(header.parties)}, {header.handling}{case}, {called}"
    )


def _row(event: Event) -> tuple[str, ...]:
    which = [f"{event.code}: " if event.code else "", event.text]
    if event.message_digest:
        which.append(f" {event.message_digest.hex()[:_SHOWN_DIGITS]}")
    if event.entry is not None:
        which.append(f" (entry {event.entry})")
    return (
        iso_time(event.at_ms),
        event.what.word,
        event.by,
        ", ".join(event.parties),
        "".join(which),
    )


def _fields(story: Story) -> dict[str, object]:
    header = story.header
    return {
        "message": story.message_digest.hex(),
        "role": story.role.value if story.role else None,
        "header": None if header is None else header_fields(header),
        "timeline": [_event_fields(event) for event in story.events],
    }


def _event_fields(event: Event) -> dict[str, object]:
    return {
        "at": iso_time(event.at_ms),
        "what": event.what.word,
        "by": event.by,
        "parties": list(event.parties),
        "text": event.text,
        "code": event.code or None,
        "rules": list(event.rules),
        "policy": event.policy_digest.hex() or None,
        "message": event.message_digest.hex() or None,
        "entry": event.entry,
    }
