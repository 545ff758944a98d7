"""What a policy file may say, as JSON Schema: published, for editors and other tools.

It says what a schema can say. What has to fit together (groups that are defined, days
in their order, numbers of officers) is left to `broker.core.policy.problems`.
"""

from collections.abc import Iterable, Sequence
from typing import Final, TypeAlias

from broker.core.fields import TREATED, Treatment
from broker.core.handling import IntendedUse
from broker.core.policy import vocabulary as words
from broker.core.policy.facts import ItemClass
from broker.core.words import Word

Schema: TypeAlias = dict[str, object]

_DAY: Final = "[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])"
# Six bits for each sign; what does not fill a whole byte has to be zero.
_BASE64: Final = {
    "ed25519": "[A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]=",
    "p256": "B[A-Za-z0-9+/]{85}[AEIMQUYcgkosw048]=",
}


def _ref(name: str) -> Schema:
    return {"$ref": f"#/$defs/{name}"}


def _form(pattern: str, title: str, most: int | None = None) -> Schema:
    schema: Schema = {"type": "string", "pattern": f"^{pattern}$", "title": title}
    return schema if most is None else {**schema, "maxLength": most}


def _word(members: Iterable[str], title: str) -> Schema:
    return {"enum": list(members), "title": title}


def _list(items: Schema, title: str, most: int, *, least: int = 0) -> Schema:
    schema: Schema = {
        "type": "array",
        "items": items,
        "uniqueItems": True,
        "maxItems": most,
        "title": title,
    }
    return {**schema, "minItems": least} if least else schema


def _some(kind: type[Word], title: str) -> Schema:
    return _list(_word(kind.words(), title), title, len(kind), least=1)


def _mapping(
    properties: Schema, title: str, required: Sequence[str] = (), *, least: int = 0
) -> Schema:
    schema: Schema = {
        "type": "object",
        "title": title,
        "additionalProperties": False,
        "required": list(required),
        "properties": properties,
    }
    return {**schema, "minProperties": least} if least else schema


def _named(values: Schema, title: str, most: int) -> Schema:
    return {
        "type": "object",
        "title": title,
        "propertyNames": _ref("name"),
        "additionalProperties": values,
        "maxProperties": most,
    }


def _ceiling() -> str:
    """Returns the pattern of a ceiling: one label, codes, one PAP label, any order."""
    tlp = "TLP:(CLEAR|GREEN|AMBER(\\+STRICT)?|RED)"
    pap = "PAP:(CLEAR|GREEN|AMBER|RED)"
    word = f"({'|'.join([tlp, pap, *words.CODES])})"
    twice = [f"{one}.*{one}" for one in ("TLP:", "PAP:", *words.CODES)]
    once = "".join(f"(?!.*{pattern})" for pattern in twice)
    return f"{once}(?=.*TLP:)\\s*{word}(\\s+{word})*\\s*"


_DEFINITIONS: Final[Schema] = {
    "party": _form(
        "(?!HUB$)[A-Z]{3}", "a party code of three capital letters, such as KEN"
    ),
    "name": _form(
        words.NAME_PATTERN,
        "small letters and digits, in words joined by hyphens",
        words.NAME_MAX,
    ),
    "parties": _list(_ref("party"), "party codes", words.PARTIES_MAX),
    "group-names": _list(_ref("name"), "names of groups", words.GROUPS_MAX),
    "subject": _mapping(
        {"parties": _ref("parties"), "groups": _ref("group-names")},
        "parties and groups; a party in any of them is meant",
    ),
    "day": {**_form(_DAY, "a day, such as 2026-12-31"), "format": "date"},
    "validity": _mapping(
        {"from": _ref("day"), "until": _ref("day")},
        "the days (UTC) on which it holds, both included",
        least=1,
    ),
    "span": _form(
        words.SPAN_PATTERN, "days, weeks or years: 30d, 8w, 2y (365 days a year)"
    ),
    "label": _word(words.LABELS, "a label of TLP 2.0"),
    "ceiling": _form(
        _ceiling(), "the most closed handling it covers, such as TLP:AMBER H1 PAP:RED"
    ),
    "countries": _list(
        _form(f"({words.COUNTRY_PATTERN}|{words.THEIRS})", "a country code, or theirs"),
        "country codes, and theirs for the other party's own",
        words.COUNTRIES_MAX + 1,
        least=1,
    ),
    "officer": _form(
        f"(ed25519:{_BASE64['ed25519']}|p256:{_BASE64['p256']})",
        "an officer's public key: ed25519: or p256: with its bytes in base64",
    ),
}

_KINDS: Final[Schema] = {
    "oneOf": [
        {"const": words.EVERY_KIND},
        _list(_word(words.KINDS, "a kind"), "kinds", words.KINDS_MAX),
    ],
    "title": "every-kind, or a list of kinds",
}
_PURPOSES: Final = _some(IntendedUse, "purposes that information may be used for")
_ITEMS: Final = _some(ItemClass, "classes of items")

_CONDITIONS: Final[Schema] = {
    "purposes": _PURPOSES,
    "recovered-in": _ref("countries"),
    "manufactured-in": _ref("countries"),
    "involves": _ref("countries"),
    "embargo": {"type": "boolean", "title": "whether the breach of an embargo is said"},
    "valid": _ref("validity"),
    "because": {
        "type": "string",
        # A long reason may be folded over lines; its words are counted elsewhere.
        "title": f"the reason in words, at most {words.BECAUSE_MAX} characters",
    },
}
_PERMITS: Final[Schema] = {
    "permit": _KINDS,
    "up-to": _ref("ceiling"),
    "items": {
        "oneOf": [{"const": words.EVERY_ITEM}, _ITEMS],
        "title": "every-item, or a list of classes of items",
    },
    "source-at-least": _mapping(
        {
            "admiralty": _word(words.ADMIRALTY_FLOORS, "Admiralty system"),
            "europol": _word(words.EUROPOL_FLOORS, "Europol's system"),
        },
        "how reliable the source must be, in each system that is accepted",
        least=1,
    ),
    "no-older-than": _ref("span"),
    "retention": _ref("span"),
    "onward": _word(words.ONWARD, "whether passing it on needs our consent"),
}
_DENIALS: Final[Schema] = {
    "deny": _KINDS,
    "starting-at": _ref("label"),
    "items": _ITEMS,
    "older-than": _ref("span"),
}
_EXPORTS: Final[Schema] = {
    "fields": _mapping(
        {
            field.word: _word(Treatment.words(), f"what becomes of {field.word}")
            for field in TREATED
        },
        "what becomes of fields before sealing",
    ),
    "approval": _mapping(
        {
            "officers": _list(
                _ref("name"), "officers who may approve", words.OFFICERS_MAX, least=1
            ),
            "needed": {
                "type": "integer",
                "minimum": 1,
                "maximum": words.OFFICERS_MAX,
                "title": "how many of them must",
            },
        },
        "who must approve the release",
        ["officers", "needed"],
    ),
}
_IMPORTS: Final[Schema] = {
    "route": _list(
        _ref("name"), "desks and adapters that get it", words.ROUTES_MAX, least=1
    ),
    "quarantine": {"type": "boolean", "title": "whether a person looks at it first"},
}


def _rule(side: str, effect: str) -> Schema:
    """Returns what a rule of one side and effect may say, its keys in their order."""
    key = words.SUBJECT_KEY[side]
    permits = effect == "permit"
    known: Schema = {
        "id": _ref("name"),
        key: {
            "oneOf": [{"const": words.EVERYONE}, _ref("subject")],
            "title": "everyone, or parties and groups",
        },
        "except": _ref("subject"),
        **_CONDITIONS,
        **(_PERMITS if permits else _DENIALS),
    }
    if permits:
        known |= _EXPORTS if side == "export" else _IMPORTS
    properties = {word: known[word] for word in words.RULE_KEYS[side] if word in known}
    needed = ["id", effect, key, *(["up-to"] if permits else [])]
    return _mapping(properties, f"a rule that {effect}s", needed)


def _rules(side: str, title: str) -> Schema:
    return {
        "type": "array",
        "maxItems": words.RULES_MAX,
        "title": title,
        "items": {
            # By what it has, so that an editor names the one thing that is wrong.
            "if": {"type": "object", "required": ["deny"]},
            "then": _rule(side, "deny"),
            "else": _rule(side, "permit"),
        },
    }


POLICY_SCHEMA: Final[Schema] = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "$id": "urn:rogatory:policy",
    **_mapping(
        {
            "party": _ref("party"),
            "valid": _ref("validity"),
            "officers": _named(
                _ref("officer"), "who may approve releases", words.OFFICERS_MAX
            ),
            "groups": _named(_ref("parties"), "parties under names", words.GROUPS_MAX),
            "export": _rules("export", "rules for what leaves"),
            "import": _rules("import", "rules for what arrives"),
        },
        "a party's sharing policy",
        ["party"],
    ),
    "$defs": _DEFINITIONS,
}
"""The policy file (draft 2020-12). `title` says in a few words what a value is."""
