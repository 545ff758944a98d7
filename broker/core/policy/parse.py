"""A policy read from its document form.

The document is what a loader made of YAML or JSON: mappings, lists and texts. Writing
it is left to `broker.core.policy.render`, one rule to `broker.core.policy.parse_rule`,
and where in a file each place stands to `broker.infra.policy_files`.
"""

import base64
import binascii
from collections.abc import Iterator

from broker.core.errors import PolicyError
from broker.core.policy.parse_rule import parse_rules
from broker.core.policy.problems import problems_in
from broker.core.policy.reader import Reader
from broker.core.policy.rule import ALWAYS, Group, Officer
from broker.core.policy.rules import Policy
from broker.core.policy.vocabulary import KEY_FORMS, POLICY_KEYS

_KEY_EXPECTED = " or ".join(
    f"{form}: with {size} bytes in base64" for form, size in KEY_FORMS.items()
)


def parse_policy(document: object) -> Policy:
    """Reads a policy.

    Args:
        document: As loaded from YAML or JSON. The loader has to refuse a key given
            twice: here it can no longer be seen.

    Raises:
        PolicyError: With everything that is wrong at once.
    """
    reader = Reader()
    fields = reader.mapping(document, "", POLICY_KEYS)
    party = reader.party(fields.get("party"), "party")
    validity = (
        reader.validity(fields["valid"], "valid") if "valid" in fields else ALWAYS
    )
    officers = tuple(_officers(reader, fields.get("officers", {})))
    groups = tuple(_groups(reader, fields.get("groups", {})))
    exports = tuple(parse_rules(reader, fields.get("export", []), "export"))
    imports = tuple(parse_rules(reader, fields.get("import", []), "import"))
    # What stands where reading already failed would be reported twice.
    problems = reader.problems + [
        problem
        for problem in problems_in(party, groups, exports, imports, officers, validity)
        if not reader.repeats(problem)
    ]
    if problems or party is None:
        raise PolicyError(problems)
    return Policy(
        party=party,
        groups=groups,
        exports=exports,
        imports=imports,
        officers=officers,
        validity=validity,
    )


def _groups(reader: Reader, value: object) -> Iterator[Group]:
    expected = "group names, each with a list of parties"
    for name, members in reader.names(value, "groups", expected).items():
        yield Group(name=name, members=reader.parties(members, f"groups.{name}"))


def _officers(reader: Reader, value: object) -> Iterator[Officer]:
    expected = "names of officers, each with a public key"
    for name, key in reader.names(value, "officers", expected).items():
        raw = _public_key(reader, key, f"officers.{name}")
        yield Officer(name=name, public_key=raw)


def _public_key(reader: Reader, value: object, path: str) -> bytes:
    form, _, text = value.partition(":") if isinstance(value, str) else ("", "", "")
    try:
        raw = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raw = b""
    # Written again, so that one key has one text.
    if len(raw) == KEY_FORMS.get(form) and base64.b64encode(raw).decode() == text:
        return raw
    reader.add(path, value, f"expected {_KEY_EXPECTED}")
    return b""
