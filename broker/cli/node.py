"""`rogatory node`: make a party's node, run it, publish its policy."""

import asyncio
import os
from pathlib import Path
from typing import Annotated

import typer

from broker.app.credentials import read_passphrase
from broker.app.exchange_files import FederationFile, RoleKeyFile
from broker.app.joining import NodePlan, make_node
from broker.app.node import run_node
from broker.app.node_link import connected
from broker.app.publishing import publish_policy
from broker.cli import node_keystore
from broker.cli.options import JsonOption, PassphraseOption
from broker.cli.output import note, print_json
from broker.cli.running import run, run_until_stopped
from broker.cli.secrets_prompt import new_secret, unlock
from broker.cli.session import node_session
from broker.infra import logs
from broker.infra.clock import SYSTEM_CLOCK
from broker.infra.policy_files import read_policy
from broker.settings import NodeFolder
from keys.directory.model import Contact
from keys.identity import PartyId
from keys.token_uri import TokenUri

app = typer.Typer(
    help="A party's node: make it, run it, publish its policy.", no_args_is_help=True
)
app.command("protect")(node_keystore.protect)

FolderArgument = Annotated[Path, typer.Argument(help="Folder of the node.")]
PolicyOption = Annotated[Path, typer.Option(help="The party's sharing policy, YAML.")]


@app.command("init")
def init(
    folder: FolderArgument,
    party: Annotated[str, typer.Option(help="Party code: KEN, XPO, …")],
    name: Annotated[str, typer.Option(help="Name of the party or focal point.")],
    federation: Annotated[
        Path, typer.Option(help="federation.json, from the hub's operator.")
    ],
    policy: PolicyOption,
    office: Annotated[str, typer.Option(help="Office of the focal point.")] = "",
    email: Annotated[str, typer.Option(help="E-mail address of that office.")] = "",
    telephone: Annotated[str, typer.Option(help="Telephone of that office.")] = "",
    language: Annotated[
        list[str] | None, typer.Option(help="Language it works in. May be repeated.")
    ] = None,
    bus_url: Annotated[
        str | None, typer.Option(help="Message bus, if not as the hub says.")
    ] = None,
    token: Annotated[
        str | None,
        typer.Option(
            help="Token whose key shall protect the keystore: pkcs11:token=LABEL. "
            "Its PIN is then what opens the keystore."
        ),
    ] = None,
    role_token: Annotated[
        str | None,
        typer.Option(
            help="Token to make the key of the party's role in: pkcs11:token=LABEL."
        ),
    ] = None,
    role_pin_file: Annotated[
        Path | None,
        typer.Option(help="File with the PIN of --role-token, if it is another."),
    ] = None,
    role_key: Annotated[
        list[Path] | None,
        typer.Option(
            help="Public role key that is kept elsewhere, from keys role init. May be "
            "repeated; this node then holds none."
        ),
    ] = None,
    role_threshold: Annotated[
        int, typer.Option(min=1, help="How many of them must sign what is published.")
    ] = 1,
    after_version: Annotated[
        int,
        typer.Option(
            min=0,
            help="For a party that has lost its keys: what it published last, as the "
            "stewards' refusal names it, less one.",
        ),
    ] = 0,
    passphrase_file: PassphraseOption = None,
    if_missing: Annotated[
        bool, typer.Option("--if-missing", help="Succeed when there is one already.")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Makes a party's keys, and the request that the stewards admit it by."""
    place = NodeFolder(folder)
    if if_missing and place.settings.exists():
        note(f"{folder} is a node already; nothing was changed")
        return
    sharing = read_policy(policy)
    keystore_token = None if token is None else TokenUri.parse(token)
    plan = NodePlan(
        party=PartyId(party),
        name=name,
        policy=sharing.policy,
        policy_text=sharing.text,
        contact=Contact(
            office=office,
            email=email,
            telephone=telephone,
            languages=tuple(language or ()),
        ),
        bus_url=bus_url,
        token=keystore_token,
        role_token=None if role_token is None else TokenUri.parse(role_token),
        role_pin=read_passphrase(role_pin_file, None),
        role_keys=tuple(RoleKeyFile.read(path).key for path in role_key or ()),
        role_threshold=role_threshold,
        after_version=after_version,
    )
    federation_file = FederationFile.read(federation)
    request = make_node(
        folder,
        plan,
        federation_file,
        new_secret(passphrase_file, keystore_token),
        now_ms=SYSTEM_CLOCK.now_ms(),
    )
    if as_json:
        print_json(
            {
                "party": request.party,
                "join_request": str(place.join_request),
                "role_key_sha256": request.fingerprint,
                "federation_root_sha256": federation_file.fingerprint,
            }
        )
        return
    note(f"The node of {party} is made in {folder}.")
    if role_key:
        note(
            f"  to be signed first         {role_threshold} of {len(role_key)} role "
            "key(s): rogatory keys sign"
        )
    note(f"  send to the stewards       {place.join_request}")
    note(f"  tell them, by other means  {request.fingerprint}")
    note(f"  federation's root          {federation_file.fingerprint}")
    note("    compare it with what the hub's operator tells you, by other means")
    note(f"Next, once they have admitted you: rogatory node run {folder}")


@app.command("run")
def run_command(
    folder: FolderArgument,
    passphrase_file: PassphraseOption = None,
    log_json: Annotated[
        bool, typer.Option("--log-json", help="One JSON object for each log line.")
    ] = False,
) -> None:
    """Runs the node until Ctrl-C: sends what waits, takes in what is for us.

    A hub that cannot be reached is waited for; nothing is lost meanwhile.
    """
    with node_session(folder) as node:
        logs.configure(node.settings.log_level, as_json=log_json)
        keys = unlock(node, passphrase_file)

        async def serve(stop: asyncio.Event) -> None:
            ready = asyncio.Event()
            telling = asyncio.create_task(_tell(ready, node.party))
            try:
                await run_node(node, keys, stop, ready=ready)
            finally:
                telling.cancel()

        run_until_stopped(serve)


async def _tell(ready: asyncio.Event, party: str) -> None:
    await ready.wait()
    note(f"node of {party} ready")


@app.command("publish")
def publish(
    folder: FolderArgument,
    policy: Annotated[
        Path | None, typer.Option(help="The new policy; the node's own if absent.")
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Check only; change nothing.")
    ] = False,
    passphrase_file: PassphraseOption = None,
    as_json: JsonOption = False,
) -> None:
    """Publishes the party's record and sharing policy; takes effect at once.

    Do it before the directory's record of the party expires, 90 days after the last
    time, and whenever the policy changes.
    """
    with node_session(folder) as node:
        path = policy or node.folder.policy
        sharing = read_policy(path)
        if dry_run:
            note(f"{path} holds together; nothing was published")
            return
        keys = unlock(node, passphrase_file)

        async def go() -> int:
            async with connected(node, keys, name=f"publish-{os.getpid()}") as bus:
                return await publish_policy(
                    node, keys, bus, sharing.policy, sharing.text
                )

        version = run(go())
        if as_json:
            print_json({"party": node.party, "version": version})
        else:
            note(f"{node.party} has published version {version}")
