"""`rogatory doctor`: is everything as it should be, and if not, what to do."""

from broker.app.node_check import check_node
from broker.cli.findings import show_findings
from broker.cli.options import JsonOption, NodeOption, PassphraseOption
from broker.cli.running import run
from broker.cli.secrets_prompt import unlock
from broker.cli.session import node_session


def doctor(
    node_dir: NodeOption = None,
    passphrase_file: PassphraseOption = None,
    as_json: JsonOption = False,
) -> None:
    """Checks a node: keys, hub, clock, certificate, directory, policy, disk, queues."""
    with node_session(node_dir) as node:
        findings = run(check_node(node, lambda: unlock(node, passphrase_file)))
    show_findings(findings, as_json=as_json)
