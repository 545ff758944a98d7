"""Every code that a linter can report: how bad, what it costs, what to do about it.

The points are this project's own judgement of how often such a slip makes a trace fail,
and no treaty's. Finding them is left to the modules beside this one.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum, unique
from types import MappingProxyType
from typing import Final


class Severity(StrEnum):
    """How bad a finding is."""

    ERROR = "error"
    WARNING = "warning"
    HINT = "hint"


@unique
class LintCode(StrEnum):
    """What may be found. Stable: never renamed, never reused."""

    DOES_NOT_FIT = "does-not-fit"
    SERIAL_MISSING = "serial-missing"
    SERIAL_NOT_ON_FRAME = "serial-not-on-frame"
    SERIAL_UNREADABLE = "serial-unreadable"
    MASK_MISSING = "mask-missing"
    MAKE_MISSING = "make-missing"
    MODEL_MISSING = "model-missing"
    COUNTRY_MISSING = "country-missing"
    YEAR_MISSING = "year-missing"
    IMPORT_MARK_MISSING = "import-mark-missing"
    PHOTOGRAPH_MISSING = "photograph-missing"
    FEATURES_MISSING = "features-missing"
    IDENTIFICATION_MISSING = "identification-missing"
    CONDITION_MISSING = "condition-missing"
    TYPE_VAGUE = "type-vague"
    SEVERAL_UNDER_ONE_NUMBER = "several-under-one-number"
    CIRCUMSTANCES_MISSING = "circumstances-missing"
    PLACE_MISSING = "place-missing"
    LEGAL_BASIS_THIN = "legal-basis-thin"
    DOMESTIC_CHECK_MISSING = "domestic-check-missing"
    SERIAL_IMPLAUSIBLE = "serial-implausible"
    SERIAL_LOOK_ALIKE = "serial-look-alike"
    SERIAL_SCRIPTS = "serial-scripts"
    SERIAL_IS_OTHER_MARK = "serial-is-other-mark"
    SERIAL_REPEATED = "serial-repeated"
    SERIALS_DIFFER = "serials-differ"
    CALIBRE_AMBIGUOUS = "calibre-ambiguous"
    CALIBRE_UNKNOWN = "calibre-unknown"
    CALIBRE_CONTRADICTED = "calibre-contradicted"
    CALIBRE_AND_TYPE = "calibre-and-type"
    ACTION_AND_TYPE = "action-and-type"
    CLASS_AND_TYPE = "class-and-type"
    MODEL_AND_CALIBRE = "model-and-calibre"
    MODEL_AND_MAKER = "model-and-maker"
    MODEL_AND_TYPE = "model-and-type"
    MODEL_AND_YEAR = "model-and-year"
    MAKER_AND_COUNTRY = "maker-and-country"
    MAKER_UNKNOWN = "maker-unknown"
    COUNTRY_AND_YEAR = "country-and-year"
    COUNTRY_UNKNOWN = "country-unknown"
    FORMER_STATE = "former-state"
    YEAR_IMPOSSIBLE = "year-impossible"
    ANTIQUE = "antique"
    IMPORT_BEFORE_MANUFACTURE = "import-before-manufacture"
    IMPORT_AT_HOME = "import-at-home"
    RECOVERY_DATE = "recovery-date"
    CONDITION_CONTRADICTED = "condition-contradicted"
    NOT_UNMARKED = "not-unmarked"
    NO_UNDERTAKING = "no-undertaking"
    HANDLING_OPEN = "handling-open"
    NO_ONWARD = "no-onward"
    ANSWER_DAY = "answer-day"
    OUTSIDE_INSTRUMENT = "outside-instrument"
    NOT_THE_ONE_TO_ASK = "not-the-one-to-ask"
    EMBARGO = "embargo"
    IN_OWN_RECORDS = "in-own-records"
    ALIKE = "alike"
    ASKED_BEFORE = "asked-before"
    ASKED_BY_OTHERS = "asked-by-others"
    FILED_ELSEWHERE = "filed-elsewhere"


@dataclass(frozen=True, slots=True)
class Rule:
    """How bad a finding is, and what to do about it.

    Attributes:
        severity: How bad.
        weight: Points that it costs, of 100.
        fix: What to do, as a sentence without full stop.
    """

    severity: Severity
    weight: int
    fix: str


def _error(weight: int, fix: str) -> Rule:
    return Rule(Severity.ERROR, weight, fix)


def _warning(weight: int, fix: str) -> Rule:
    return Rule(Severity.WARNING, weight, fix)


def _hint(weight: int, fix: str) -> Rule:
    return Rule(Severity.HINT, weight, fix)


_LOOK: Final = (
    "look at the weapon again; what is compared here is a table of this software, "
    "which may be wrong"
)

CATALOGUE: Final[Mapping[LintCode, Rule]] = MappingProxyType(
    {
        LintCode.DOES_NOT_FIT: _error(100, "put it right; it cannot be sent like that"),
        LintCode.SERIAL_MISSING: _error(
            30, "give the number on the frame or receiver, or say why there is none"
        ),
        LintCode.SERIAL_NOT_ON_FRAME: _warning(
            12, "look for the number on the frame or receiver: records go by it"
        ),
        LintCode.SERIAL_UNREADABLE: _warning(
            15, "have it restored, and say with a mask which signs may be which"
        ),
        LintCode.MASK_MISSING: _hint(
            3, "say with a mask which signs may be which, such as [0O]"
        ),
        LintCode.MAKE_MISSING: _error(
            20, "name the maker as marked, or describe the marks of arsenal and proof"
        ),
        LintCode.MODEL_MISSING: _warning(12, "name the model as marked"),
        LintCode.COUNTRY_MISSING: _warning(
            10, "say where it was made, and how that is known"
        ),
        LintCode.YEAR_MISSING: _hint(1, "give the year of manufacture, if it is known"),
        LintCode.IMPORT_MARK_MISSING: _hint(
            1, "look for a mark of import, and say so when there is none"
        ),
        LintCode.PHOTOGRAPH_MISSING: _hint(3, "attach photographs of the marks"),
        LintCode.FEATURES_MISSING: _hint(
            3, "describe what tells it from others: barrel, finish, other marks"
        ),
        LintCode.IDENTIFICATION_MISSING: _hint(
            2, "say how it was identified, and how sure that is"
        ),
        LintCode.CONDITION_MISSING: _hint(2, "say in which state the marks are"),
        LintCode.TYPE_VAGUE: _warning(6, "name the type of weapon"),
        LintCode.SEVERAL_UNDER_ONE_NUMBER: _warning(
            10, "list each weapon as an item of its own, with its number"
        ),
        LintCode.CIRCUMSTANCES_MISSING: _hint(
            4, "tell how it was found; the tracing instrument asks for it"
        ),
        LintCode.PLACE_MISSING: _hint(3, "say at least in which country it was found"),
        LintCode.LEGAL_BASIS_THIN: _warning(
            5, "name the law or decision that makes it illicit"
        ),
        LintCode.DOMESTIC_CHECK_MISSING: _warning(
            6, "consult your own records first, and say which"
        ),
        LintCode.SERIAL_IMPLAUSIBLE: _warning(
            10, "make sure that the whole number was read, and nothing else"
        ),
        LintCode.SERIAL_LOOK_ALIKE: _warning(
            6, "look at the mark again; if in doubt say so in the mask"
        ),
        LintCode.SERIAL_SCRIPTS: _warning(
            10, "read the mark again, and type all of it in one script"
        ),
        LintCode.SERIAL_IS_OTHER_MARK: _error(
            25, "look for the serial number; enter this as the mark that it is"
        ),
        LintCode.SERIAL_REPEATED: _warning(
            12, "read both weapons again; if they do bear one number, say so"
        ),
        LintCode.SERIALS_DIFFER: _hint(
            2, "say whether parts were exchanged; the number of the frame counts"
        ),
        LintCode.CALIBRE_AMBIGUOUS: _error(
            18, "measure the chamber, or read the whole mark: diameter and case length"
        ),
        LintCode.CALIBRE_UNKNOWN: _warning(
            8, "give it as marked, and the designation as diameter and case: 9x19"
        ),
        LintCode.CALIBRE_CONTRADICTED: _error(
            18, "correct the designation, or what was read"
        ),
        LintCode.CALIBRE_AND_TYPE: _warning(10, _LOOK),
        LintCode.ACTION_AND_TYPE: _warning(8, "correct the action, or the type"),
        LintCode.CLASS_AND_TYPE: _warning(
            8, "correct the class or the type: policies go by the class"
        ),
        LintCode.MODEL_AND_CALIBRE: _warning(12, _LOOK),
        LintCode.MODEL_AND_MAKER: _warning(10, _LOOK),
        LintCode.MODEL_AND_TYPE: _warning(10, _LOOK),
        LintCode.MODEL_AND_YEAR: _warning(10, _LOOK),
        LintCode.MAKER_AND_COUNTRY: _hint(
            4, "say how the country is known: it may have been made under licence"
        ),
        LintCode.MAKER_UNKNOWN: _hint(
            1, "compare the spelling with the mark; nothing is wrong if it is right"
        ),
        LintCode.COUNTRY_AND_YEAR: _warning(
            12, "correct the country or the year; the State did not exist then"
        ),
        LintCode.COUNTRY_UNKNOWN: _warning(
            8, "give the country as ISO 3166-1 alpha-3, or a former code"
        ),
        LintCode.FORMER_STATE: _hint(1, "ask the successor whose territory it was"),
        LintCode.YEAR_IMPOSSIBLE: _error(18, "correct the year"),
        LintCode.ANTIQUE: _warning(
            10, "make sure of the year: what was made before 1900 is no matter of ITI"
        ),
        LintCode.IMPORT_BEFORE_MANUFACTURE: _error(
            15, "correct the year of import, or that of manufacture"
        ),
        LintCode.IMPORT_AT_HOME: _warning(
            6, "see whether it is a mark of proof or of transfer instead"
        ),
        LintCode.RECOVERY_DATE: _error(15, "correct the date of recovery"),
        LintCode.CONDITION_CONTRADICTED: _warning(
            8, "correct the state of the marks, or what was read"
        ),
        LintCode.NOT_UNMARKED: _hint(
            3, "say in which way the marks fall short of what is asked"
        ),
        LintCode.NO_UNDERTAKING: _warning(
            8, "give an undertaking if you can: its lack is a ground for refusal"
        ),
        LintCode.HANDLING_OPEN: _hint(
            2, "use TLP:AMBER unless everybody in the federation may know"
        ),
        LintCode.NO_ONWARD: _hint(
            2, "allow it, or be ready to be asked: makers and others hold the records"
        ),
        LintCode.ANSWER_DAY: _warning(
            6, "name a later day, or say with urgency why it cannot wait"
        ),
        LintCode.OUTSIDE_INSTRUMENT: _hint(
            2, "ask only States that accept such requests: see their policy"
        ),
        LintCode.NOT_THE_ONE_TO_ASK: _warning(
            10, "ask the State of manufacture first, or the last importer"
        ),
        LintCode.EMBARGO: _hint(
            0, "have a person look at it; nothing follows by itself"
        ),
        LintCode.IN_OWN_RECORDS: _warning(
            8, "look at that record first: the trace may end at home"
        ),
        LintCode.ALIKE: _hint(0, "look at that message; it is a lead, and no more"),
        LintCode.ASKED_BEFORE: _warning(
            15, "go on in that case, or name it in references and say what is new"
        ),
        LintCode.ASKED_BY_OTHERS: _hint(
            2, "tell them: two States may hold parts of one matter"
        ),
        LintCode.FILED_ELSEWHERE: _hint(
            2, "see what came of it there, and say so in the request"
        ),
    }
)
"""One rule for every code."""
