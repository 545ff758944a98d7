"""Where a passphrase comes from: a file, a setting, or the person at the keyboard."""

import getpass
import sys
from pathlib import Path

from broker.app.credentials import read_passphrase
from broker.core.errors import ConfigurationError
from broker.settings import HubSettings, NodeSettings


def passphrase_for(settings: HubSettings | NodeSettings, given: Path | None) -> bytes:
    """Returns the passphrase of an existing keystore.

    Raises:
        ConfigurationError: There is none, and nobody to ask.
    """
    found = read_passphrase(given, settings.passphrase_file)
    if found is None and settings.passphrase is not None:
        found = settings.passphrase.get_secret_value().encode()
    return found or _ask("Passphrase of the keystore: ")


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


def _ask(prompt: str) -> bytes:
    if not sys.stdin.isatty():
        raise ConfigurationError(
            "a passphrase is needed: give --passphrase-file FILE, or run this in a "
            "terminal"
        )
    answer = getpass.getpass(prompt)
    if not answer:
        raise ConfigurationError("the passphrase is empty")
    return answer.encode()
