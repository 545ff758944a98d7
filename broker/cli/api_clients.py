"""`rogatory api client`: which systems may call a node, and by what they show it."""

from pathlib import Path
from typing import Annotated, Final

import typer

from broker.api.founding import ApiFolder, make_client_certificate
from broker.api.roles import EVERY_DESK, Role
from broker.api.tokens import new_token, token_digest
from broker.app.node_folder import Node
from broker.cli.asking import confirm
from broker.cli.following import short_time
from broker.cli.options import JsonOption, NodeOption, PassphraseOption
from broker.cli.output import note, print_json, print_table
from broker.cli.routed_desks import note_unrouted
from broker.cli.secrets_prompt import unlock
from broker.cli.session import node_session
from broker.core.clients import (
    Client,
    Credential,
    CredentialKind,
    check_client,
)
from broker.core.errors import ConfigurationError
from broker.core.status import iso_time
from broker.infra.clock import SYSTEM_CLOCK
from keys.certificates import read_certificate
from keys.errors import CertificateError
from keys.private_files import write_private

app = typer.Typer(
    no_args_is_help=True, help="The systems that may call: who, for whom, until when."
)

_DAY_MS: Final = 86_400_000
_HOUR_MS: Final = 3_600_000
_COLUMNS: Final = ("client", "agency", "roles", "desks", "until", "last used")

NameArgument = Annotated[
    str, typer.Argument(help="Its name; unique at this node, for ever.")
]
TokenFileOption = Annotated[
    Path | None,
    typer.Option(help="Put the token into this file instead of printing it."),
]


@app.command("add")
def add(
    name: NameArgument,
    agency: Annotated[
        str, typer.Option(help="Whose system it is, as providers name agencies.")
    ],
    role: Annotated[list[Role], typer.Option(help="What it may do. May be repeated.")],
    desk: Annotated[
        list[str] | None,
        typer.Option(
            help="Whose deliveries it reads, as the policy's `route` names them; '*': "
            "whatever the node may read. May be repeated."
        ),
    ] = None,
    days: Annotated[
        int, typer.Option(min=1, max=3660, help="For how long it may call.")
    ] = 365,
    certificate: Annotated[
        Path | None,
        typer.Option(help="Its client certificate, PEM; then it gets no token."),
    ] = None,
    new_certificate: Annotated[
        Path | None,
        typer.Option(
            help="Make a client certificate with its key, as this file; then it gets "
            "no token."
        ),
    ] = None,
    token_file: TokenFileOption = None,
    node_dir: NodeOption = None,
    passphrase_file: PassphraseOption = None,
    as_json: JsonOption = False,
) -> None:
    """Registers a system, and gives out what it shows: a token, or a certificate.

    A token is shown once, here; kept is only its digest.
    """
    now_ms = SYSTEM_CLOCK.now_ms()
    client = Client(
        name=name,
        agency=agency,
        roles=frozenset(map(str, role)),
        desks=frozenset(desk or ()),
        created_ms=now_ms,
        expires_ms=now_ms + days * _DAY_MS,
    )
    check_client(client)
    reads = {Role.READ, Role.RESPOND} & set(role)
    if reads and not desk:
        raise ConfigurationError(
            "whose deliveries does it read? Give --desk, as the policy's `route` names "
            f"it, or --desk '{EVERY_DESK}' for whatever the node may read"
        )
    if certificate is not None and new_certificate is not None:
        raise ConfigurationError("give --certificate or --new-certificate, not both")
    if token_file is not None:
        _check_free(token_file)  # another system's token may stand there
    with node_session(node_dir) as node:
        if node.store.find_client(name) is not None:
            raise ConfigurationError(
                f"{name} is registered already: choose another name, or give it "
                f"something new to show with: rogatory api client rotate {name}"
            )
        if new_certificate is not None:
            _check_free(new_certificate)
            made = make_client_certificate(
                ApiFolder(node.folder.root),
                unlock(node, passphrase_file).holder.store_key,
                name,
                now_ms=now_ms,
                life_ms=days * _DAY_MS,
            )
            # Before it counts: a certificate that nobody holds lets nobody in.
            write_private(new_certificate, made.certificate + made.key)
            shown, token = _by_certificate(client, made.certificate), None
        elif certificate is not None:
            shown, token = _by_certificate(client, _read(certificate)), None
        else:
            shown, token = _by_token(client, now_ms)
            _keep(token, token_file)
        node.store.add_client(client, [shown])
        note_unrouted(node, client.desks)
    _tell(client, shown, token, token_file, as_json=as_json)


@app.command("rotate")
def rotate(
    name: NameArgument,
    overlap_hours: Annotated[
        int,
        typer.Option(min=0, max=8784, help="For how long the old one goes on."),
    ] = 24,
    certificate: Annotated[
        Path | None,
        typer.Option(help="Its new client certificate, PEM, instead of a new token."),
    ] = None,
    token_file: TokenFileOption = None,
    node_dir: NodeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Gives a system a new token, or takes its new certificate; the old one ends."""
    now_ms = SYSTEM_CLOCK.now_ms()
    with node_session(node_dir) as node:
        client = _find(node, name)
        if not client.holds(now_ms):
            raise ConfigurationError(f"{name} was revoked, or has expired")
        if certificate is None:
            shown, token = _by_token(client, now_ms)
            _keep(token, token_file)
        else:
            shown, token = _by_certificate(client, _read(certificate)), None
        ends_ms = now_ms + overlap_hours * _HOUR_MS
        node.store.add_credential(shown, others_end_ms=ends_ms)
    _tell(client, shown, token, token_file, as_json=as_json)


@app.command("revoke")
def revoke(
    name: NameArgument,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    node_dir: NodeOption = None,
) -> None:
    """Ends all that a system may do, for good and at once."""
    with node_session(node_dir) as node:
        _find(node, name)
        confirm(f"Revoke {name}? Its name cannot be used again.", yes=yes)
        if not node.store.revoke_client(name, SYSTEM_CLOCK.now_ms()):
            note(f"{name} was revoked before.")
            return
    note(f"{name} is revoked.")


@app.command("list")
def list_(node_dir: NodeOption = None, as_json: JsonOption = False) -> None:
    """Lists every system that may call, or might before."""
    now_ms = SYSTEM_CLOCK.now_ms()
    with node_session(node_dir) as node:
        found = [
            (one, node.store.credentials_of(one.name)) for one in node.store.clients()
        ]
    if as_json:
        print_json({"clients": [_fields(one, shown) for one, shown in found]})
        return
    rows = [
        (
            one.name,
            one.agency,
            ", ".join(sorted(one.roles)),
            ", ".join(sorted(one.desks)),
            short_time(one.expires_ms) if one.holds(now_ms) else _why_not(one),
            _last_used(shown),
        )
        for one, shown in found
    ]
    print_table(_COLUMNS, rows, empty="No system is registered.")


@app.command("show")
def show(
    name: NameArgument, node_dir: NodeOption = None, as_json: JsonOption = False
) -> None:
    """Shows a system, and what it shows itself by; no secret is kept of it."""
    with node_session(node_dir) as node:
        client = _find(node, name)
        shown = node.store.credentials_of(name)
    fields = _fields(client, shown)
    if as_json:
        print_json(fields)
        return
    for what in ("agency", "roles", "desks", "created", "expires", "revoked"):
        value = fields[what]
        text = ", ".join(value) if isinstance(value, list) else value
        print(f"{what}: {text or '-'}")
    rows = [
        (
            one.kind.value,
            one.digest.hex()[:16],
            short_time(one.created_ms),
            short_time(one.expires_ms),
            "" if one.revoked_ms is None else short_time(one.revoked_ms),
            "" if one.used_ms is None else short_time(one.used_ms),
        )
        for one in shown
    ]
    columns = ("shows", "digest", "since", "until", "revoked", "last used")
    print_table(columns, rows, empty="It shows nothing.")


def _keep(token: str, file: Path | None) -> None:
    """Writes a token where it was asked for, before it counts: else nobody has it."""
    if file is not None:
        write_private(file, token.encode() + b"\n")


def _by_token(client: Client, now_ms: int) -> tuple[Credential, str]:
    token = new_token()
    return (
        Credential(
            digest=token_digest(token),
            kind=CredentialKind.TOKEN,
            client=client.name,
            created_ms=now_ms,
            expires_ms=client.expires_ms,
        ),
        token,
    )


def _by_certificate(client: Client, pem: bytes) -> Credential:
    try:
        found = read_certificate(pem)
    except CertificateError as error:
        raise ConfigurationError(f"the client certificate: {error}") from error
    return Credential(
        digest=found.fingerprint,
        kind=CredentialKind.CERTIFICATE,
        client=client.name,
        created_ms=SYSTEM_CLOCK.now_ms(),
        expires_ms=min(found.valid_to_ms, client.expires_ms),
    )


def _tell(
    client: Client,
    shown: Credential,
    token: str | None,
    token_file: Path | None,
    *,
    as_json: bool,
) -> None:
    if token is not None and token_file is not None:
        note(f"The token is in {token_file}.")
        token = None
    if as_json:
        fields = _fields(client, [shown])
        print_json({**fields, "token": token} if token else fields)
        return
    if token is not None:
        print(token)
        note("This is the token; it is not shown again.")
    else:
        note(f"{shown.kind.value} {shown.digest.hex()}")
    note(f"{client.name} may call until {iso_time(shown.expires_ms)}.")


def _fields(client: Client, shown: list[Credential]) -> dict[str, object]:
    revoked_ms = client.revoked_ms
    return {
        "client": client.name,
        "agency": client.agency,
        "roles": sorted(client.roles),
        "desks": sorted(client.desks),
        "created": iso_time(client.created_ms),
        "expires": iso_time(client.expires_ms),
        "revoked": None if revoked_ms is None else iso_time(revoked_ms),
        "shows": [
            {
                "kind": one.kind.value,
                "digest": one.digest.hex(),
                "created": iso_time(one.created_ms),
                "expires": iso_time(one.expires_ms),
                "revoked": None if one.revoked_ms is None else iso_time(one.revoked_ms),
                "used": None if one.used_ms is None else iso_time(one.used_ms),
            }
            for one in shown
        ],
    }


def _find(node: Node, name: str) -> Client:
    found = node.store.find_client(name)
    if found is None:
        raise ConfigurationError(
            f"no client {name!r} is registered; see: rogatory api client list"
        )
    return found


def _check_free(file: Path) -> None:
    if file.exists():
        raise ConfigurationError(f"{file} is there already; name another file")


def _read(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise ConfigurationError(f"{file} cannot be read: {error.strerror}") from error


def _why_not(client: Client) -> str:
    return "expired" if client.revoked_ms is None else "revoked"


def _last_used(shown: list[Credential]) -> str:
    used = [one.used_ms for one in shown if one.used_ms is not None]
    return short_time(max(used)) if used else "never"
