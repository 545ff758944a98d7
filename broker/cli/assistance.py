"""`rogatory assistance`: needs, offers, what fits, projects, reviews among peers.

What fits what is left to `broker.core.assistance`; the reviews are beside it.
"""

import base64
from pathlib import Path
from typing import Annotated, Final

import typer
import yaml

from broker.app import assistance as known
from broker.cli.assistance_words import (
    fit_fields,
    need_fields,
    need_row,
    offer_fields,
    offer_row,
    project_fields,
)
from broker.cli.following import IdArgument
from broker.cli.options import JsonOption, NodeOption, PassphraseOption
from broker.cli.output import note, print_json, print_table
from broker.cli.peer_review import review, reviews
from broker.cli.secrets_prompt import unlock
from broker.cli.session import find, node_session
from broker.core.assistance.matching import Fit, done_twice, fits, newest
from broker.core.assistance.records import Need, Offer
from broker.core.errors import ConfigurationError
from broker.infra.text_files import write_text

_SHOWN: Final = 12  # hexadecimal digits of a digest in a table

app = typer.Typer(
    no_args_is_help=True,
    help="Assistance: needs, offers, what fits, projects, reviews among peers.",
)
app.command("reviews")(reviews)
app.command("review")(review)


@app.command("list")
def list_(
    node_dir: NodeOption = None,
    passphrase_file: PassphraseOption = None,
    as_json: JsonOption = False,
) -> None:
    """Lists needs and offers, from here and from others, oldest first."""
    needs, offers = _needs_and_offers(node_dir, passphrase_file)
    if as_json:
        print_json(
            {
                "needs": [need_fields(one) for one in needs],
                "offers": [offer_fields(one) for one in offers],
            }
        )
        return
    rows = [*map(need_row, needs), *map(offer_row, offers)]
    columns = ("what", "id", "from", "for", "areas", "forms", "when", "means", "title")
    print_table(columns, rows, empty="Nobody has named a need or made an offer.")


@app.command("matches")
def matches(
    least: Annotated[
        float, typer.Option("--min", min=0, max=1, help="Least score, from 0 to 1.")
    ] = 0.0,
    node_dir: NodeOption = None,
    passphrase_file: PassphraseOption = None,
    as_json: JsonOption = False,
) -> None:
    """Lists which offers fit which needs, the best first, with the reasons.

    The score is the share of areas and forms of help needed that the offer has. It
    proposes; who helps whom, the parties agree.
    """
    found = [
        one
        for one in fits(*_needs_and_offers(node_dir, passphrase_file))
        if one.score >= least
    ]
    if as_json:
        print_json({"matches": [fit_fields(one) for one in found]})
        return
    rows = [
        (
            f"{one.score:.2f}",
            f"{one.need.by} {one.need.digest.hex()[:_SHOWN]}",
            f"{one.offer.by} {one.offer.digest.hex()[:_SHOWN]}",
            "; ".join(one.reasons),
            "; ".join(one.doubts),
        )
        for one in found
    ]
    columns = ("score", "need", "offer", "fits", "does not, or not known")
    print_table(columns, rows, empty="No offer fits a need.")
    if found:
        note("To begin a project: rogatory assistance draft NEED OFFER --out FILE")


@app.command("draft")
def draft(
    need: IdArgument,
    offer: IdArgument,
    out: Annotated[
        Path | None, typer.Option("--out", "-o", help="The file to make.")
    ] = None,
    node_dir: NodeOption = None,
    passphrase_file: PassphraseOption = None,
) -> None:
    """Drafts the message that joins a need and an offer into a project.

    Look at it, complete it, then: rogatory send FILE --reply-to NEED
    """
    with node_session(node_dir) as node:
        chosen = [find(node, name).message.message_digest for name in (need, offer)]
        keys = unlock(node, passphrase_file)
        needs = {one.digest: one for one in known.needs(node, keys)}
        offers = {one.digest: one for one in known.offers(node, keys)}
        party = node.party
    if chosen[0] not in needs or chosen[1] not in offers:
        raise ConfigurationError("give a need and an offer: rogatory assistance list")
    found = fits([needs[chosen[0]]], [offers[chosen[1]]])
    if not found:
        raise ConfigurationError("the offer does not fit the need: nothing in common")
    text = _draft_text(found[0], party)
    if out is None:
        print(text, end="")
        return
    write_text(out, text, new=True)
    note(f"{out} is made. Complete it, then: rogatory send {out} --reply-to {need}")


@app.command("projects")
def projects(
    node_dir: NodeOption = None,
    passphrase_file: PassphraseOption = None,
    as_json: JsonOption = False,
) -> None:
    """Lists projects, and says which of them may do the same."""
    with node_session(node_dir) as node:
        keys = unlock(node, passphrase_file)
        found = newest(known.projects(node, keys))
    twice = done_twice(found)
    if as_json:
        print_json(
            {
                "projects": [project_fields(one) for one in found],
                "may_be_the_same": [
                    {
                        "first": one.first.digest.hex(),
                        "second": one.second.digest.hex(),
                        "reasons": list(one.reasons),
                    }
                    for one in twice
                ],
            }
        )
        return
    rows = [
        (
            one.digest.hex()[:_SHOWN],
            one.by,
            ", ".join(sorted(one.partners)),
            ", ".join(sorted(one.areas)),
            str(one.span),
            str(one.budget or ""),
            one.title,
        )
        for one in found
    ]
    columns = ("id", "from", "partners", "areas", "when", "means", "title")
    print_table(columns, rows, empty="No project is known.")
    for one in twice:
        first, second = one.first.digest.hex(), one.second.digest.hex()
        note(
            f"may be the same: {first[:_SHOWN]} of {one.first.by} and "
            f"{second[:_SHOWN]} of {one.second.by}: {'; '.join(one.reasons)}"
        )


def _needs_and_offers(
    node_dir: Path | None, passphrase_file: Path | None
) -> tuple[list[Need], list[Offer]]:
    with node_session(node_dir) as node:
        keys = unlock(node, passphrase_file)
        return list(known.needs(node, keys)), list(known.offers(node, keys))


def _draft_text(fit: Fit, party: str) -> str:
    need, offer = fit.need, fit.offer
    partners = sorted({str(one) for one in (need.by, offer.by, party)})
    span = need.span.common(offer.span)
    period = {
        name: day.isoformat()
        for name, day in (("from", span.first), ("to", span.last))
        if day is not None
    }
    content: dict[str, object] = {
        "needDigest": base64.b64encode(need.digest).decode(),
        "offerDigest": base64.b64encode(offer.digest).decode(),
        "title": need.title,
        "partners": partners,
        "areas": [
            "ASSISTANCE_AREA_" + one.upper().replace("-", "_")
            for one in sorted(need.areas & offer.areas)
        ],
        "period": period or {"from": "FILL IN"},
        "detail": "FILL IN: what is agreed, and how far it is",
    }
    document = {
        "kind": "assistance-match/1",
        "handling": "TLP:GREEN",
        "to": [one for one in partners if one != party],
        "content": content,
    }
    head = "".join(f"# {line}\n" for line in (*fit.reasons, *fit.doubts))
    return head + yaml.safe_dump(document, sort_keys=False, allow_unicode=True)
