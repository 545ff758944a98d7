"""`rogatory identify` explains marks, numbers and codes, and keeps nothing."""

import pytest

from tests.unit.broker.cli.conftest import Cli


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("serial", "zzq 00417"), "ZZQ00417"),
        (("serial", "ZZQ-0O417"), "Perhaps ZZQ00417."),
        (("serial", "ZZQ-00417", "--mask", "ZZQ-00[4A]17"), "ZZQ00A17"),
        (("calibre", "9mm Luger"), "9x19"),
        (("calibre", "9mm"), "ambiguous"),
        (("calibre", ".308 Win"), "7.62x51"),
        (("calibre", "spoon"), "does not know it"),
        (("maker", "S&W"), "Smith & Wesson"),
        (("maker", "CZ"), "say the country"),
        (("country", "yug"), "SRB, BIH"),
        (("country", "KEN"), "no code of a State that is no more"),
        (("hs", "9305.21"), "replaced by 9305.20"),
        (("hs", "9302.00"), "Revolvers and pistols"),
        (("container", "CSQU3054383"), "holds"),
        (("container", "CSQU3054384"), "expected the check digit 3"),
        (("imo", "9074729"), "holds"),
        (("imo", "ship"), "has not the form"),
        (("waybill", "020-12345675"), "holds"),
        (("locode", "BE ANR"), "BEL"),
        (("locode", "QQZZZ"), "no country"),
    ],
    ids=" ".join,
)
def test_a_value_is_explained(cli: Cli, arguments: tuple[str, ...], told: str) -> None:
    ended = cli("identify", *arguments)
    assert ended.code == 0
    assert told in ended.out + ended.err


@pytest.mark.parametrize(
    ("arguments", "name", "value"),
    [
        (("serial", "ZZQ-00417"), "scripts", ["latin"]),
        (("calibre", "9mm Luger"), "designation", "9x19"),
        (("maker", "nobody"), "maker", None),
        (("country", "KEN"), "former", None),
        (("hs", "9302.00"), "known", True),
        (("imo", "9074728"), "holds", False),
        (("locode", "BEANR"), "country", "BEL"),
    ],
    ids=str,
)
def test_programs_read_the_same(
    cli: Cli, arguments: tuple[str, ...], name: str, value: object
) -> None:
    assert cli("identify", *arguments, "--json").json[name] == value
