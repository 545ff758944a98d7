"""Where a passphrase or a PIN comes from: a file, a setting, or the keyboard."""

import getpass
import sys
from pathlib import Path

from broker.app.credentials import NodeKeys, read_passphrase
from broker.app.node_folder import Node
from broker.core.errors import ConfigurationError
from broker.settings import HubSettings, NodeSettings
from keys import custody
from keys.token_uri import TokenUri


def unlock(node: Node, given: Path | None) -> NodeKeys:
    """Returns the private keys of a node.

    Raises:
        ConfigurationError: There is no passphrase or PIN, and nobody to ask.
        KeystoreError: They cannot be read.
        TokenError: The token that protects them is not there, or refuses the PIN.
    """
    return node.unlock(
        _configured(node.settings, given) or secret_for(node.folder.keys, None)
    )


def passphrase_for(settings: HubSettings | NodeSettings, given: Path | None) -> bytes:
    """Returns the passphrase of an existing keystore.

    Raises:
        ConfigurationError: There is none, and nobody to ask.
    """
    return _configured(settings, given) or _ask("Passphrase of the keystore: ")


def secret_for(path: Path, given: Path | None) -> bytes:
    """Returns what opens `path`: its passphrase, or the PIN of the token it names.

    Args:
        path: A keystore, or the file of a key to sign with.
        given: The file that holds the secret, if one was named.

    Raises:
        ConfigurationError: There is none, and nobody to ask.
        KeystoreError: `path` cannot be read.
    """
    token = custody.protection(path)
    asked = f"Passphrase of {path}: " if token is None else _pin_of(token)
    return read_passphrase(given, None) or _ask(asked)


def new_secret(given: Path | None, token: TokenUri | None) -> bytes:
    """Returns the passphrase of a file that is about to be made, or a token's PIN.

    Raises:
        ConfigurationError: There is none, nobody to ask, or two different answers.
    """
    if token is None:
        return new_passphrase(given)
    return read_passphrase(given, None) or _ask(_pin_of(token))


def new_passphrase(given: Path | None) -> bytes:
    """Returns the passphrase for a keystore that is about to be made.

    Raises:
        ConfigurationError: There is none, nobody to ask, or two different answers.
    """
    found = read_passphrase(given, None)
    if found is not None:
        return found
    first = _ask("Passphrase for the new keystore: ")
    if first != _ask("The same again: "):
        raise ConfigurationError("the two passphrases are not the same")
    return first


def _configured(
    settings: HubSettings | NodeSettings, given: Path | None
) -> bytes | None:
    found = read_passphrase(given, settings.passphrase_file)
    if found is None and settings.passphrase is not None:
        found = settings.passphrase.get_secret_value().encode()
    return found


def _pin_of(token: TokenUri) -> str:
    return f"PIN of the token {token.of_token}: "


def _ask(prompt: str) -> bytes:
    if not sys.stdin.isatty():
        raise ConfigurationError(
            "a passphrase or a PIN is needed: give the file that holds it, with "
            "--passphrase-file or what --help names for it, or run this in a terminal"
        )
    answer = getpass.getpass(prompt)
    if not answer:
        raise ConfigurationError("nothing was typed")
    return answer.encode()
