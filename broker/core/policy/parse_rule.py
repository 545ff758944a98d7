"""Rules of a policy document as values.

The document around them is left to `broker.core.policy.parse`, and whether what they
say fits together to `broker.core.policy.problems`.
"""

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Final, TypeAlias

from broker.core.errors import HandlingError
from broker.core.fields import TREATED, FieldClass, Treatment, essential
from broker.core.handling import Europol, Handling, IntendedUse, Tlp
from broker.core.policy import vocabulary as words
from broker.core.policy.facts import AdmiraltySource, EuropolSource, ItemClass
from broker.core.policy.reader import Reader
from broker.core.policy.rule import (
    ALWAYS,
    ApprovalRule,
    Ceiling,
    Conditions,
    Countries,
    Effect,
    Floor,
    Rule,
    RuleTerms,
)

_Fields: TypeAlias = Mapping[str, object]

_COUNTRIES_EXPECTED: Final = f"a list of country codes, and {words.THEIRS}"


def parse_rules(reader: Reader, value: object, side: str) -> Iterator[Rule]:
    """Yields the rules of one side ("export" or "import"); notes what does not fit."""
    if not isinstance(value, list):
        reader.add(side, value, "expected a list of rules; [] when there is none")
        return
    for index, item in enumerate(value):
        yield _rule(reader, item, f"{side}[{index}]", side)


def _rule(reader: Reader, value: object, path: str, side: str) -> Rule:
    key = words.SUBJECT_KEY[side]
    fields = reader.mapping(value, path, _known(value, side))
    effect = _effect(reader, fields, path)
    _misplaced(reader, fields, path, effect, side)
    what = "deny" if "deny" in fields else "permit"
    kinds = fields.get(what)
    subject = fields.get(key)
    everyone = subject == words.EVERYONE
    named = {} if everyone else _subject(reader, subject, f"{path}.{key}")
    out = _subject(reader, fields.get("except", {}), f"{path}.except")
    return Rule(
        id=reader.text(fields.get("id"), f"{path}.id", "a name for the rule"),
        effect=effect,
        parties=reader.parties(named.get("parties", []), f"{path}.{key}.parties"),
        groups=_group_names(reader, named, f"{path}.{key}"),
        everyone=everyone,
        except_parties=reader.parties(out.get("parties", []), f"{path}.except.parties"),
        except_groups=_group_names(reader, out, f"{path}.except"),
        kinds=_kinds(reader, kinds, f"{path}.{what}"),
        every_kind=kinds == words.EVERY_KIND,
        up_to=_ceiling(reader, fields, f"{path}.up-to"),
        starting_at=_label(reader, fields, f"{path}.starting-at"),
        conditions=_conditions(reader, fields, path),
        terms=_terms(reader, fields, path),
        validity=(
            reader.validity(fields["valid"], f"{path}.valid")
            if "valid" in fields
            else ALWAYS
        ),
        because=reader.line(
            fields.get("because", ""), f"{path}.because", "the reason in words"
        ),
    )


def _known(value: object, side: str) -> tuple[str, ...]:
    """Returns the keys of a rule, with those of the other side that it misplaces."""
    keys = words.RULE_KEYS[side]
    elsewhere = words.ONLY_IMPORTS if side == "export" else words.ONLY_EXPORTS
    present = value if isinstance(value, Mapping) else {}
    return (*keys, *(key for key in elsewhere if key in present))


def _effect(reader: Reader, fields: _Fields, path: str) -> Effect:
    given = [key for key in ("permit", "deny") if key in fields]
    if len(given) != 1:
        reader.add(f"{path}.permit", given or None, "expected either permit or deny")
        # Whichever the rest of the rule fits, so that it is not reported too.
        return Effect.PERMIT if "up-to" in fields else Effect.DENY
    return Effect[given[0].upper()]


def _misplaced(
    reader: Reader, fields: _Fields, path: str, effect: Effect, side: str
) -> None:
    here = words.ONLY_DENIALS if effect is Effect.PERMIT else words.ONLY_PERMITS
    elsewhere = words.ONLY_IMPORTS if side == "export" else words.ONLY_EXPORTS
    for key, value in fields.items():
        why = elsewhere.get(key) or here.get(key)
        if why is not None:
            reader.add(f"{path}.{key}", value, why)


def _subject(reader: Reader, value: object, path: str) -> _Fields:
    if not isinstance(value, Mapping):
        everyone = "" if path.endswith(".except") else f"{words.EVERYONE}, or "
        reader.add(path, value, f"expected {everyone}parties and groups")
        return {}
    return reader.mapping(value, path, words.SUBJECT_KEYS)


def _group_names(reader: Reader, named: _Fields, path: str) -> frozenset[str]:
    return reader.name_set(
        named.get("groups", []), f"{path}.groups", "a list of group names"
    )


def _kinds(reader: Reader, value: object, path: str) -> frozenset[str]:
    if value == words.EVERY_KIND:
        return frozenset()
    expected = f"{words.EVERY_KIND}, or a list of kinds"
    return frozenset(reader.choices(value, path, words.KINDS, expected))


def _ceiling(reader: Reader, fields: _Fields, path: str) -> Ceiling | None:
    if "up-to" not in fields:
        return None
    value = fields["up-to"]
    given = value.split() if isinstance(value, str) else []
    labels = [word for word in given if word.upper().startswith("TLP")]
    label = next(iter(labels or given), value)
    if reader.choice(label, path, words.LABELS) is None or not isinstance(value, str):
        return None
    try:
        handling = Handling.parse(value)
    except HandlingError as error:
        reader.add(path, value, str(error))
        return None
    if Europol.H0 in handling.europol:
        reader.add(path, value, "expected no H0: every ceiling covers it")
        return None
    return Ceiling(tlp=handling.tlp, codes=handling.europol, pap=handling.pap)


def _label(reader: Reader, fields: _Fields, path: str) -> Tlp | None:
    if "starting-at" not in fields:
        return None
    label = reader.choice(fields["starting-at"], path, words.LABELS)
    return None if label is None else Tlp.from_label(label)


def _conditions(reader: Reader, fields: _Fields, path: str) -> Conditions:
    every_item = fields.get("items") == words.EVERY_ITEM
    age = "older-than" if "older-than" in fields else "no-older-than"
    return Conditions(
        items=(
            reader.words(
                fields["items"],
                f"{path}.items",
                ItemClass,
                f"{words.EVERY_ITEM}, or a list of classes of items",
            )
            if "items" in fields and not every_item
            else None
        ),
        every_item=every_item,
        purposes=(
            reader.words(
                fields["purposes"],
                f"{path}.purposes",
                IntendedUse,
                "a list of purposes",
            )
            if "purposes" in fields
            else None
        ),
        floor=_floor(reader, fields, f"{path}.source-at-least"),
        recovered_in=_countries(reader, fields, path, "recovered-in"),
        manufactured_in=_countries(reader, fields, path, "manufactured-in"),
        involves=_countries(reader, fields, path, "involves"),
        embargo=(
            reader.truth(fields["embargo"], f"{path}.embargo")
            if "embargo" in fields
            else None
        ),
        age_days=reader.days(fields[age], f"{path}.{age}") if age in fields else None,
    )


def _floor(reader: Reader, fields: _Fields, path: str) -> Floor | None:
    if "source-at-least" not in fields:
        return None
    floor = reader.mapping(fields["source-at-least"], path, words.FLOOR_KEYS)
    admiralty = europol = None
    if "admiralty" in floor:
        admiralty = reader.choice(
            floor["admiralty"], f"{path}.admiralty", words.ADMIRALTY_FLOORS
        )
    if "europol" in floor:
        europol = reader.choice(
            floor["europol"], f"{path}.europol", words.EUROPOL_FLOORS
        )
    return Floor(
        admiralty=None if admiralty is None else AdmiraltySource[admiralty],
        europol=None if europol is None else EuropolSource[europol],
    )


def _countries(
    reader: Reader, fields: _Fields, path: str, key: str
) -> Countries | None:
    if key not in fields:
        return None
    texts = reader.texts(fields[key], f"{path}.{key}", _COUNTRIES_EXPECTED)
    named = frozenset(code for _, code in texts)
    return Countries(named=named - {words.THEIRS}, theirs=words.THEIRS in named)


def _terms(reader: Reader, fields: _Fields, path: str) -> RuleTerms:
    retention, onward = None, None
    if "retention" in fields:
        retention = reader.days(fields["retention"], f"{path}.retention")
    if "onward" in fields:
        onward = reader.choice(fields["onward"], f"{path}.onward", tuple(words.ONWARD))
    return RuleTerms(
        fields=_treatments(reader, fields.get("fields", {}), f"{path}.fields"),
        retention_days=retention,
        with_consent=onward is not None and words.ONWARD[onward],
        approval=_approval(reader, fields, f"{path}.approval"),
        routes=_routes(reader, fields, f"{path}.route"),
        quarantine=reader.truth(fields.get("quarantine", False), f"{path}.quarantine"),
    )


def _treatments(
    reader: Reader, value: object, path: str
) -> Mapping[FieldClass, Treatment]:
    stated: dict[FieldClass, Treatment] = {}
    given = reader.mapping(value, path, tuple(field.word for field in TREATED))
    for field in TREATED:
        if field.word in given:
            word = reader.choice(
                given[field.word], f"{path}.{field.word}", Treatment.words()
            )
            stated[field] = Treatment.from_word(word or "") or Treatment.KEEP
    return MappingProxyType(essential(stated))


def _routes(reader: Reader, fields: _Fields, path: str) -> frozenset[str]:
    if fields.get("route") == []:
        reader.add(path, [], "expected at least one; without the key there is no route")
    return reader.name_set(fields.get("route", []), path, "a list of desks")


def _approval(reader: Reader, fields: _Fields, path: str) -> ApprovalRule | None:
    if "approval" not in fields:
        return None
    given = reader.mapping(fields["approval"], path, words.APPROVAL_KEYS)
    return ApprovalRule(
        needed=reader.count(
            given.get("needed"), f"{path}.needed", "how many of them must approve"
        ),
        officers=reader.name_set(
            given.get("officers"), f"{path}.officers", "a list of officers"
        ),
    )
