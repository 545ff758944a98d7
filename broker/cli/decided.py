"""What policy decided about a message, for people and for programs."""

from collections.abc import Iterable, Iterator

from broker.cli.export_plans import treated_words
from broker.core.decisions import DecisionRecord
from broker.core.policy.past import Verdict


def decision_fields(records: Iterable[DecisionRecord]) -> list[dict[str, object]]:
    """Returns decisions as JSON, one for each party."""
    return [
        {
            "party": one.party,
            "verdict": one.verdict.value,
            "code": one.code or None,
            "rules": list(one.rule_ids),
            "reasons": list(one.reasons),
            "near_misses": list(one.near_misses),
            "fields": {field.word: how.word for field, how in one.fields},
            "policy": one.policy_digest.hex() or None,
        }
        for one in records
    ]


def decision_lines(records: Iterable[DecisionRecord]) -> Iterator[str]:
    """Yields a line for each group of parties about whom the same was decided."""
    groups: dict[str, list[str]] = {}
    for one in records:
        groups.setdefault(_words(one), []).append(one.party)
    for words, parties in groups.items():
        yield f"{', '.join(parties)}: {words}"


def _words(one: DecisionRecord) -> str:
    by = f" by rule {', '.join(one.rule_ids)}" if one.rule_ids else ""
    match one.verdict:
        case Verdict.ALLOW:
            return f"permitted{by}"
        case Verdict.REDACT:
            return f"permitted{by}; {treated_words(one.fields)}"
        case Verdict.DENY:
            return f"withheld{by}, {one.code}: {'; '.join(one.reasons)}"
