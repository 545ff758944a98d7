"""Options and words that the commands about permissions share."""

import datetime as dt
from collections.abc import Collection, Sequence
from typing import Annotated, Final

import typer

from broker.core.errors import ConfigurationError
from broker.core.handling import IntendedUse
from broker.core.permissions import Act

USES: Final = ", ".join(IntendedUse.words())
"""Every purpose, as people write it."""

PurposesOption = Annotated[
    list[str] | None,
    typer.Option("--purpose", help=f"What for; may be repeated: {USES}."),
]
UntilOption = Annotated[
    str | None, typer.Option(help="The last day on which it holds: 2026-12-31.")
]
YesOption = Annotated[bool, typer.Option("--yes", help="Do not ask for confirmation.")]
DryRunOption = Annotated[
    bool, typer.Option("--dry-run", help="Say who would get it; send nothing.")
]
WaitOption = Annotated[
    float, typer.Option(help="Seconds to wait for the hub to accept it.")
]


def purpose_in(word: str) -> IntendedUse:
    """Returns the purpose that an option names.

    Raises:
        ConfigurationError: It is none.
    """
    use = IntendedUse.from_word(word)
    if use is None:
        raise ConfigurationError(f"{word!r} is no purpose: {USES}")
    return use


def purposes_in(words: Sequence[str] | None) -> frozenset[IntendedUse]:
    """Returns the purposes that an option names; none when it is not there.

    Raises:
        ConfigurationError: One of them is none.
    """
    return frozenset(purpose_in(word) for word in words or ())


def purpose_words(uses: Collection[IntendedUse]) -> str:
    """Returns purposes as people read them."""
    return ", ".join(use.word for use in sorted(uses))


def act_in(word: str, parties: Collection[object]) -> Act:
    """Returns the act that an option names, checked against the parties it is for.

    Raises:
        ConfigurationError: It is none, or the parties do not fit it.
    """
    act = Act.from_word(word)
    if act is None:
        raise ConfigurationError(f"{word!r} is none of {', '.join(Act.words())}")
    if (act is Act.ONWARD) != bool(parties):
        raise ConfigurationError(
            "to whom is it to be passed on? Give --to KEN"
            if act is Act.ONWARD
            else f"--to is for {Act.ONWARD.word} only"
        )
    return act


def day_in(text: str | None) -> dt.date | None:
    """Returns the day that an option names.

    Raises:
        ConfigurationError: It is none.
    """
    try:
        return None if text is None else dt.date.fromisoformat(text)
    except ValueError:
        raise ConfigurationError(f"{text!r} is no day such as 2026-12-31") from None
