"""`rogatory hub certificates`: what the message bus shows, and how it is exchanged."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from broker.app.certificates import (
    ServerFiles,
    install as install_pair,
    is_own,
    renew as renew_pair,
    server_files,
)
from broker.app.credentials import load_hub_keys
from broker.cli.options import JsonOption, PassphraseOption
from broker.cli.output import note, print_json, visible
from broker.cli.secrets_prompt import passphrase_for
from broker.core.errors import ConfigurationError
from broker.infra.clock import SYSTEM_CLOCK
from broker.settings import HubFolder, HubSettings, load_hub
from keys.certificates import CertificateFacts, read_certificate

app = typer.Typer(
    help="The message bus's certificate: show, renew, exchange it.",
    no_args_is_help=True,
)

FolderArgument = Annotated[Path, typer.Argument(help="Folder of the hub.")]


@app.command("show")
def show(folder: FolderArgument, as_json: JsonOption = False) -> None:
    """Shows the certificate of the bus, and of the hub's own authority."""
    settings, place = load_hub(folder), HubFolder(folder)
    files = server_files(place, settings)
    found = {"server": files.read()}
    if place.authority.is_file():
        found["authority"] = read_certificate(place.authority.read_bytes())
    if as_json:
        print_json({name: _fields(facts) for name, facts in found.items()})
        return
    for name, facts in found.items():
        print(f"{name}")
        for field, value in _fields(facts).items():
            text = ", ".join(value) if isinstance(value, list) else value
            if text:
                print(f"  {field:<12} {visible(text)}")
    note(f"  in {files.certificate}")
    if _renews(place, settings):
        note("The hub renews it by itself, 30 days before it expires.")
    else:
        note("It is of your own authority: exchange it before it expires, with")
        note(f"  rogatory hub certificates install {folder} --certificate … --key …")


@app.command("renew")
def renew(
    folder: FolderArgument,
    passphrase_file: PassphraseOption = None,
    as_json: JsonOption = False,
) -> None:
    """Makes a new key and certificate, signed by the hub's own authority.

    A running hub with an embedded nats-server shows it within seconds, and no
    connection is dropped. One that runs elsewhere must be told: send it SIGHUP. A
    certificate of your own authority is replaced.
    """
    settings, place = load_hub(folder), HubFolder(folder)
    if settings.tls_certificate is not None:
        raise ConfigurationError(
            f"{place.settings} names tls_certificate: renew that file, or remove the "
            "setting"
        )
    keys = load_hub_keys(place.keys, passphrase_for(settings, passphrase_file))
    if not keys.tls_authority:
        raise ConfigurationError(f"{place.keys} holds no authority's key")
    facts = renew_pair(
        place, keys.tls_authority, settings.bus_url, now_ms=SYSTEM_CLOCK.now_ms()
    )
    _done(settings, facts, as_json=as_json)


@app.command("install")
def install(
    folder: FolderArgument,
    certificate: Annotated[
        Path, typer.Option(help="The server's certificate, with its chain, PEM.")
    ],
    key: Annotated[Path, typer.Option(help="Its private key, PEM, not encrypted.")],
    authorities: Annotated[
        Path | None,
        typer.Option(
            help="Whom parties shall trust from now on, PEM. Give every party the "
            "federation.json anew."
        ),
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Takes a certificate of your own authority into use; copies both files.

    Refused is what a party would not accept: another name than that of bus_url, a
    chain that does not lead to the authorities, a certificate out of its time. Without
    --authorities it must lead to those that the parties trust already.
    """
    settings, place = load_hub(folder), HubFolder(folder)
    if settings.tls_certificate is not None:
        raise ConfigurationError(
            f"{place.settings} names tls_certificate: exchange that file, or remove "
            "the setting"
        )
    given = ServerFiles(certificate=certificate, key=key)
    facts = install_pair(place, settings, given, authorities)
    _done(settings, facts, as_json=as_json)
    if authorities is not None:
        note(f"  give every party anew     {place.federation}")


def _done(settings: HubSettings, facts: CertificateFacts, *, as_json: bool) -> None:
    if as_json:
        print_json(_fields(facts))
    else:
        note(f"The bus has a new certificate, until {_day(facts.valid_to_ms)}.")
    if settings.bus == "external":
        note("  send its nats-server SIGHUP: it then shows the new one")


def _renews(place: HubFolder, settings: HubSettings) -> bool:
    return settings.tls_certificate is None and is_own(place)


def _fields(facts: CertificateFacts) -> dict[str, str | list[str]]:
    return {
        "subject": facts.subject,
        "issuer": facts.issuer,
        "names": list(facts.names),
        "valid_from": _day(facts.valid_from_ms),
        "valid_to": _day(facts.valid_to_ms),
        "sha256": facts.fingerprint.hex(),
    }


def _day(at_ms: int) -> str:
    return datetime.fromtimestamp(at_ms / 1000, UTC).strftime("%Y-%m-%d %H:%M:%SZ")
