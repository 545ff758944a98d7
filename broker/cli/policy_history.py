"""`rogatory policy history` and `pull`: what was in force when, and what is now."""

from pathlib import Path
from typing import Annotated

import typer
import yaml

from broker.app.node_folder import Node
from broker.cli.options import JsonOption, NodeOption, PassphraseOption
from broker.cli.output import note, print_json, print_table
from broker.cli.session import current_trust, node_session
from broker.core.codec.policy import decode_policy, encode_policy, policy_digest
from broker.core.errors import BrokerError, ConfigurationError, RefusedError
from broker.core.policy.render import render_policy
from broker.core.policy_history import Eyes, PolicyVersion
from broker.core.status import iso_time
from broker.infra.policy_files import policy_in
from broker.infra.text_files import write_text

history_app = typer.Typer(
    help="Every policy of this party that its node knows of.",
    invoke_without_command=True,
)
_NAME_SIZE = 16  # hexadecimal digits of a key or digest that are shown
_EYES = {
    Eyes.FOUR: "two people or more",
    Eyes.TWO: "one key was enough",
    Eyes.UNKNOWN: "not known",
}
OutputOption = Annotated[
    Path | None,
    typer.Option("--output", "-o", help="The file to make; printed without it."),
]


@history_app.callback()
def history(
    context: typer.Context, node_dir: NodeOption = None, as_json: JsonOption = False
) -> None:
    """Lists the policies that were published: when, signed by whom, by two or one."""
    if context.invoked_subcommand is not None:
        return
    with node_session(node_dir) as node:
        versions = node.store.policies()
    current = versions[0].version if versions else 0
    if as_json:
        print_json({"versions": [_fields(one, current) for one in versions]})
        return
    rows = [
        (
            str(one.version) + (" (in force)" if one.version == current else ""),
            iso_time(one.published_ms),
            one.digest.hex()[:_NAME_SIZE],
            _rules(one),
            ", ".join(key[:_NAME_SIZE] for key in one.signers) or "not known",
            _EYES[one.eyes],
        )
        for one in versions
    ]
    print_table(
        ("version", "published", "digest", "rules", "role keys", "signed by"),
        rows,
        empty="No policy was seen here yet; a running node notes them.",
    )


@history_app.command("show")
def show(
    version: Annotated[int, typer.Argument(help="From: rogatory policy history")],
    output: OutputOption = None,
    node_dir: NodeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Shows a policy of the past: as it was written, if it was published from here."""
    with node_session(node_dir) as node:
        found = {one.version: one for one in node.store.policies()}
        current = max(found, default=0)
    if version not in found:
        raise ConfigurationError(
            f"no policy came with version {version}; see: rogatory policy history"
        )
    one = found[version]
    text = written(one.policy, one.text)
    if as_json:
        print_json({**_fields(one, current), "text": text})
        return
    _put(text, output)


def pull(
    output: OutputOption = None,
    node_dir: NodeOption = None,
    passphrase_file: PassphraseOption = None,
    as_json: JsonOption = False,
) -> None:
    """Writes the policy that is in force as a file: to look at it, or to change it."""
    with node_session(node_dir) as node:
        trust = current_trust(node, passphrase_file)
        entry = trust.view.parties.get(node.party)
        if entry is None or entry.policy is None:
            raise ConfigurationError(f"{node.party} has no policy in force")
        text = written(entry.policy, _text_of(node, entry.policy))
    if as_json:
        digest = policy_digest(entry.policy).hex()
        print_json({"party": node.party, "digest": digest, "text": text})
        if output is None:
            return
    _put(text, output)


def written(policy: bytes, text: str) -> str:
    """Returns a published policy as a file: `text` if it means the same, else rendered.

    Args:
        policy: As published.
        text: As it is said to have been written; empty if that is not known.

    Raises:
        RefusedError: The policy cannot be read.
    """
    if text:
        try:
            if encode_policy(policy_in(text, Path("policy.yaml")).policy) == policy:
                return text
        except BrokerError:
            pass  # written for another version of this program
    document = render_policy(decode_policy(policy))
    return yaml.safe_dump(document, sort_keys=False, allow_unicode=True)


def _text_of(node: Node, policy: bytes) -> str:
    known = node.store.policy_of(policy_digest(policy))
    return "" if known is None else known.text


def _put(text: str, output: Path | None) -> None:
    if output is None:
        print(text, end="")
        return
    write_text(output, text, new=True)
    note(f"{output} is made.")


def _rules(version: PolicyVersion) -> str:
    try:
        policy = decode_policy(version.policy)
    except RefusedError:
        return "cannot be read"
    return f"{len(policy.exports)} export, {len(policy.imports)} import"


def _fields(version: PolicyVersion, current: int) -> dict[str, object]:
    return {
        "version": version.version,
        "digest": version.digest.hex(),
        "published": iso_time(version.published_ms),
        "seen": iso_time(version.seen_ms),
        "rules": _rules(version),
        "role_keys": list(version.signers),
        "signatures_needed": version.threshold or None,
        "eyes": version.eyes.value,
        "in_force": version.version == current,
        "with_comments": bool(version.text),
    }
