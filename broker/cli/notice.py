"""`rogatory notice`: what parties tell one another, listed; and models converted.

What a notice says in full is shown by `rogatory show`.
"""

from typing import Annotated, Final

import typer

from broker.app.notices import Notice, notices, techniques
from broker.cli.following import short_time
from broker.cli.options import JsonOption, NodeOption, PassphraseOption
from broker.cli.output import note, print_json, print_table
from broker.cli.secrets_prompt import unlock
from broker.cli.session import node_session
from broker.core.errors import ConfigurationError
from broker.core.model import message_id_text
from broker.core.notices.convertibles import Convertible, convertibles
from broker.core.notices.summary import NOTICE_KINDS, PERSONAL_KINDS
from broker.core.policy.problems import suggestion
from broker.core.status import iso_time
from broker.core.trails.trail import Role
from broker.infra.clock import SYSTEM_CLOCK

_LISTED: Final = tuple(one for one in NOTICE_KINDS if one not in PERSONAL_KINDS)

app = typer.Typer(
    no_args_is_help=True,
    help="Notices and leads: prosecutions, brokers, transfers, payments, techniques.",
)

KindOption = Annotated[
    list[str] | None,
    typer.Option(
        "--kind",
        help="Only these, such as transfer-notice; may be repeated. "
        f"{' and '.join(sorted(PERSONAL_KINDS))} are listed only when named here.",
    ),
]


@app.command("list")
def list_(
    kind: KindOption = None,
    expired: Annotated[
        bool, typer.Option("--expired", help="Also what is past its last day.")
    ] = False,
    node_dir: NodeOption = None,
    passphrase_file: PassphraseOption = None,
    as_json: JsonOption = False,
) -> None:
    """Lists notices, sent and received, oldest first.

    Of what is about somebody it says what they are, and not who.

    What is past its last day is hidden, and due to be destroyed: see rogatory
    retention run --dry-run
    """
    kinds = _kinds(kind)
    now_ms = SYSTEM_CLOCK.now_ms()
    with node_session(node_dir) as node:
        keys = unlock(node, passphrase_file)
        found = list(notices(node, keys, kinds))
    shown = [one for one in found if expired or not one.summary.expired(now_ms)]
    hidden = len(found) - len(shown)
    if as_json:
        listed = [_fields(one, now_ms) for one in shown]
        print_json({"notices": listed, "hidden_as_expired": hidden})
        return
    columns = ("id", "kind", "party", "about", "words", "grade", "until", "sealed")
    rows = [_row(one, now_ms) for one in shown]
    print_table(columns, rows, empty="No notice is known.")
    if hidden:
        note(f"{hidden} past their last day are hidden: --expired shows them")


@app.command("models")
def models(
    node_dir: NodeOption = None,
    passphrase_file: PassphraseOption = None,
    as_json: JsonOption = False,
) -> None:
    """Lists the models that are converted into firearms, over all reports known."""
    with node_session(node_dir) as node:
        keys = unlock(node, passphrase_file)
        found = convertibles(techniques(node, keys, SYSTEM_CLOCK.now_ms()))
    if as_json:
        print_json({"models": [_model_fields(one) for one in found]})
        return
    rows = [
        (
            one.make,
            one.model,
            one.item_class,
            ", ".join(sorted(one.methods)),
            str(one.reports),
            ", ".join(sorted(one.origins)),
            "not known" if one.seen is None else str(one.seen),
        )
        for one in found
    ]
    columns = ("make", "model", "class", "methods", "reports", "by", "seen")
    print_table(columns, rows, empty="No conversion is known.")


def _kinds(named: list[str] | None) -> frozenset[str]:
    """Returns the kinds to list.

    Raises:
        ConfigurationError: One of them is no notice.
    """
    for one in named or ():
        if one not in NOTICE_KINDS:
            raise ConfigurationError(
                f"{one!r} is no kind of notice{suggestion(one, tuple(NOTICE_KINDS))}; "
                f"there are {', '.join(NOTICE_KINDS)}"
            )
    return frozenset(named or _LISTED)


def _row(one: Notice, now_ms: int) -> tuple[str, ...]:
    header, summary = one.content.header, one.summary
    until = "" if summary.expires_on is None else str(summary.expires_on)
    return (
        message_id_text(header.message_id),
        header.kind,
        f"from {header.origin}"
        if one.content.role is Role.RECEIVED
        else f"to {', '.join(header.parties)}",
        summary.about,
        ", ".join((*summary.words, *summary.items)),
        summary.grade,
        f"{until} EXPIRED" if summary.expired(now_ms) else until,
        short_time(header.created_ms),
    )


def _fields(one: Notice, now_ms: int) -> dict[str, object]:
    header, summary = one.content.header, one.summary
    return {
        "id": message_id_text(header.message_id),
        "digest": one.content.message_digest.hex(),
        "kind": header.kind,
        "from": header.origin,
        "to": list(header.parties),
        "handling": str(header.handling),
        "about": summary.about,
        "words": list(summary.words),
        "items": list(summary.items),
        "grade": summary.grade or None,
        "expires_on": None
        if summary.expires_on is None
        else summary.expires_on.isoformat(),
        "expired": summary.expired(now_ms),
        "sealed": iso_time(header.created_ms),
    }


def _model_fields(one: Convertible) -> dict[str, object]:
    return {
        "make": one.make,
        "model": one.model,
        "class": one.item_class,
        "methods": sorted(one.methods),
        "reports": one.reports,
        "by": sorted(one.origins),
        "seen": one.seen,
        "messages": [digest.hex() for digest in one.digests],
    }
