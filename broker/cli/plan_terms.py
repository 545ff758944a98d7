"""`rogatory plan terms`: a version of a plan as a file, to be changed and proposed."""

from pathlib import Path
from typing import Annotated, Final

import typer

from broker.app.plans import plan_of
from broker.cli.drafts import hand_out
from broker.cli.options import JsonOption, NodeOption, PassphraseOption
from broker.cli.plan_saying import PlanArgument, VersionOption, version_in
from broker.cli.secrets_prompt import unlock
from broker.cli.session import node_session
from broker.core.codec.plans import PROPOSAL_KIND, terms_document

_FILLED_IN: Final = ("planId", "replaces")
_HEAD: Final = """\
# Version {digest} of a plan. Change it, and answer with it:
# rogatory plan answer {plan} amend --terms FILE --reason "…"
"""


def terms(
    plan: PlanArgument,
    out: Annotated[
        Path | None, typer.Option("--out", help="File to write; the screen if absent.")
    ] = None,
    version: VersionOption = None,
    node_dir: NodeOption = None,
    passphrase_file: PassphraseOption = None,
    as_json: JsonOption = False,
) -> None:
    """Writes a version of a plan as YAML: the agreed one, or the one that is open."""
    with node_session(node_dir) as node:
        keys = unlock(node, passphrase_file)
        _, found = plan_of(node, keys, plan)
        digest = version_in(found, version)
    shown = found.version(digest)
    fields = {} if shown is None else terms_document(shown.terms)
    content = {k: v for k, v in fields.items() if k not in _FILLED_IN}
    head = _HEAD.format(digest=digest.hex(), plan=found.plan_id.hex()[:12])
    draft = {"kind": PROPOSAL_KIND, "content": {"terms": content}}
    hand_out(head, draft, out, as_json=as_json)
