"""`rogatory assistance reviews` and `review`: reviews among peers.

What belongs to a review is left to `broker.app.assistance`.
"""

from typing import Final

from broker.app.assistance import reviews as known_reviews
from broker.cli.following import IdArgument
from broker.cli.options import JsonOption, NodeOption, PassphraseOption
from broker.cli.output import note, print_json, print_table, say_item
from broker.cli.secrets_prompt import unlock
from broker.cli.session import find, node_session
from broker.core.assistance.reviews import Review, review as made_of
from broker.core.errors import ConfigurationError

_SHOWN: Final = 12  # hexadecimal digits of a digest in a table


def reviews(
    node_dir: NodeOption = None,
    passphrase_file: PassphraseOption = None,
    as_json: JsonOption = False,
) -> None:
    """Lists reviews among peers, with who has contributed what."""
    with node_session(node_dir) as node:
        keys = unlock(node, passphrase_file)
        found = {
            root: made_of(parts) for root, parts in known_reviews(node, keys).items()
        }
    if as_json:
        listed = [{"digest": root.hex(), **_fields(r)} for root, r in found.items()]
        print_json({"reviews": listed})
        return
    rows = [
        (
            root.hex()[:_SHOWN],
            one.country,
            ", ".join(f"{part.by} {part.part}" for part in one.contributions),
            str(len(one.questions)),
            ", ".join(map(str, one.open_numbers)),
        )
        for root, one in found.items()
    ]
    columns = ("id", "country", "parts", "questions", "without response")
    print_table(columns, rows, empty="No review is known.")


def review(
    message: IdArgument,
    node_dir: NodeOption = None,
    passphrase_file: PassphraseOption = None,
    as_json: JsonOption = False,
) -> None:
    """Shows a review among peers, question by question, with who said what."""
    with node_session(node_dir) as node:
        wanted = find(node, message).message.message_digest
        keys = unlock(node, passphrase_file)
        known = known_reviews(node, keys)
    for root, parts in known.items():
        if wanted == root or any(one.digest == wanted for one in parts):
            _show(root, made_of(parts), as_json=as_json)
            return
    raise ConfigurationError("this message belongs to no review that can be read here")


def _show(root: bytes, one: Review, *, as_json: bool) -> None:
    if as_json:
        print_json({"digest": root.hex(), **_fields(one)})
        return
    print(f"Review of {one.country}, {root.hex()[:_SHOWN]}")
    for question in one.questions:
        print()
        say_item(f"{question.number}. ", " / ".join(question.wordings))
        for remark in question.remarks:
            say_item(f"   {remark.by}, {remark.part}: ", remark.text)
            if remark.recommendation:
                say_item("      so: ", remark.recommendation)
    if one.open_numbers:
        numbers = ", ".join(map(str, one.open_numbers))
        note(f"Findings without a response: {numbers}")


def _fields(one: Review) -> dict[str, object]:
    return {
        "country": one.country,
        "parts": [
            {"digest": part.digest.hex(), "from": part.by, "part": part.part.value}
            for part in one.contributions
        ],
        "questions": [
            {
                "number": question.number,
                "questions": list(question.wordings),
                "remarks": [
                    {
                        "from": remark.by,
                        "part": remark.part.value,
                        "message": remark.digest.hex(),
                        "text": remark.text,
                        "recommendation": remark.recommendation or None,
                    }
                    for remark in question.remarks
                ],
            }
            for question in one.questions
        ],
        "without_response": list(one.open_numbers),
    }
