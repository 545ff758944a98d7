"""What an e-mail address, a telephone number and a language tag look like.

Whether anybody answers there is left to the calendar: whoever attests has tried.
"""

import re
from typing import Final

EMAIL_PATTERN: Final = (
    r"^[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@"
    r"[A-Za-z0-9](-?[A-Za-z0-9]){0,62}(\.[A-Za-z0-9](-?[A-Za-z0-9]){0,62})+$"
)
"""The part of RFC 5321 that is in use: no quotes, no comments, ASCII."""

TELEPHONE_PATTERN: Final = r"^\+[1-9]([ -]?[0-9]){5,14}$"
"""ITU-T E.164: a country code, at most 15 digits; single spaces or hyphens between."""

LANGUAGE_PATTERN: Final = r"^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8}){0,4}$"
"""The part of BCP 47 that names languages, scripts and regions: fr, pt-BR."""

TIME_ZONE_PATTERN: Final = (
    r"^(UTC|[A-Z][A-Za-z0-9_+-]{1,31}(/[A-Z][A-Za-z0-9_+-]{1,31}){1,2})$"
)
"""A name of the tz database such as Africa/Nairobi, or UTC."""

_EMAIL: Final = re.compile(EMAIL_PATTERN.removesuffix("$") + r"\Z")
_TELEPHONE: Final = re.compile(TELEPHONE_PATTERN.removesuffix("$") + r"\Z")
_LANGUAGE: Final = re.compile(LANGUAGE_PATTERN.removesuffix("$") + r"\Z")
_EMAIL_MAX: Final = 200  # characters
# What offices are called: one of these beside a dot is no first name.
_OFFICE_WORDS: Final = frozenset(
    {
        *("admin", "agency", "armas", "armee", "armes", "arms", "army", "authority"),
        *("ballistics", "border", "branch", "bureau", "center", "central", "centre"),
        *("chief", "coast", "command", "commission", "committee", "contact", "control"),
        *("coordination", "crime", "customs", "defence", "defense", "department"),
        *("desk", "directorate", "division", "douane", "douanes", "duty", "enquiries"),
        *("export", "exports", "firearm", "firearms", "fiu", "focal", "foreign"),
        *("forensic", "forensics", "general", "guard", "head", "help", "hotline", "hq"),
        *("import", "info", "information", "inquiries", "intelligence", "interpol"),
        *("justice", "lab", "laboratory", "liaison", "licence", "licences"),
        *("licensing", "mail", "ministry", "national", "ncb", "office", "officer"),
        *("operations", "ops", "permit", "permits", "point", "police", "policia"),
        *("post", "postal", "press", "programme", "record", "records", "region"),
        *("register", "registry", "report", "room", "secretariat", "section"),
        *("security", "service", "services", "small", "stock", "support", "team"),
        *("technical", "trace", "traces", "tracing", "unit", "watch", "weapon"),
        *("weapons",),
    }
)
_NAME: Final = re.compile(r"[a-z]{2,}(-[a-z]{2,})?\Z")
_INITIALS: Final = re.compile(r"[a-z]\Z")


def is_email(text: str) -> bool:
    """Tells whether `text` has the form of an e-mail address."""
    return len(text) <= _EMAIL_MAX and bool(_EMAIL.match(text))


def is_telephone(text: str) -> bool:
    """Tells whether `text` has the form of a telephone number with country code."""
    return bool(_TELEPHONE.match(text))


def is_language(text: str) -> bool:
    """Tells whether `text` has the form of a language tag."""
    return bool(_LANGUAGE.match(text))


def looks_personal(email: str) -> bool:
    """Tells whether an address is probably that of a person, not of an office.

    It recognises a first and a last name with a dot or an underscore between them, or
    an initial instead of one: "firstname.lastname@", "f.lastname@". It cannot know;
    what follows from it is a warning and nothing else.
    """
    local = email.partition("@")[0].casefold()
    words = re.split(r"[._]", local)
    names = [word for word in words if _NAME.match(word)]
    initials = [word for word in words if _INITIALS.match(word)]
    if len(words) < 2 or len(names) + len(initials) < len(words) or not names:  # noqa: PLR2004 - a first and a last
        return False
    return not any(part in _OFFICE_WORDS for name in names for part in name.split("-"))


def tidy_telephone(text: str) -> str:
    """Returns a number as `is_telephone` wants it, as far as that is safe to do.

    Lists write "(+254) 20 000.0000" and "00254 20 0000000"; what is not understood
    comes back as it was.
    """
    tidy = re.sub(r"\(0\)", " ", text.strip())
    tidy = re.sub(r"[().\u2010-\u2015\u00a0/]+", " ", tidy)
    tidy = re.sub(r"\s*[- ]\s*", " ", tidy).strip()
    if tidy.startswith("00"):
        tidy = "+" + tidy[2:].lstrip()
    tidy = re.sub(r"^\+ ", "+", tidy)
    return tidy if is_telephone(tidy) else text.strip()
