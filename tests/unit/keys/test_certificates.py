"""Certificates for TLS: an authority of the federation's own, and its servers."""

import pytest

from keys.certificates import (
    AUTHORITY_LIFE_MS,
    SERVER_LIFE_MS,
    Authority,
    check_issued,
    issue_server,
    make_authority,
    new_authority_key,
    read_certificate,
    read_certificates,
)
from keys.errors import CertificateError
from tests.world import DAY_MS, NOW_MS

HOUR_MS = 3_600_000


@pytest.fixture
def authority() -> Authority:
    return make_authority("Fédération d'Essai", new_authority_key(), now_ms=NOW_MS)


def test_an_authority_lives_ten_years(authority: Authority) -> None:
    facts = read_certificate(authority.certificate)
    assert facts.subject == facts.issuer == "CN=Fédération d'Essai authority"
    assert facts.valid_from_ms == NOW_MS - HOUR_MS
    assert facts.valid_to_ms == NOW_MS + AUTHORITY_LIFE_MS
    assert facts.names == ()
    check_issued(authority.certificate, authority.certificate)


def test_a_server_is_certified_for_its_names_and_a_year(authority: Authority) -> None:
    names = ("hub.example", "127.0.0.1", "::1", "xn--gre-6ka8i.example")
    made = issue_server(authority, names, now_ms=NOW_MS)
    facts = read_certificate(made.certificate)
    assert set(facts.names) == {
        "hub.example",
        "127.0.0.1",
        "::1",
        "xn--gre-6ka8i.example",
    }
    assert facts.valid_to_ms == NOW_MS + SERVER_LIFE_MS
    check_issued(made.certificate, authority.certificate)
    assert made.key.startswith(b"-----BEGIN PRIVATE KEY-----")


def test_every_certificate_has_a_key_of_its_own(authority: Authority) -> None:
    pair = [issue_server(authority, ["a"], now_ms=NOW_MS) for _ in range(2)]
    assert pair[0].key != pair[1].key
    assert pair[0].certificate != pair[1].certificate


def test_a_server_does_not_outlive_its_authority(authority: Authority) -> None:
    late_ms = NOW_MS + AUTHORITY_LIFE_MS - 30 * DAY_MS
    made = issue_server(authority, ["a"], now_ms=late_ms)
    assert read_certificate(made.certificate).valid_to_ms == NOW_MS + AUTHORITY_LIFE_MS
    with pytest.raises(CertificateError, match="expired"):
        issue_server(authority, ["a"], now_ms=NOW_MS + AUTHORITY_LIFE_MS)


@pytest.mark.parametrize(
    "names", [[], ["a..b"], ["x" * 70 + ".example"], ["größe.example"], ["*"]]
)
def test_a_server_without_a_proper_name_is_not_certified(
    authority: Authority, names: list[str]
) -> None:
    with pytest.raises(CertificateError, match="name"):
        issue_server(authority, names, now_ms=NOW_MS)


def test_the_key_of_another_authority_certifies_nothing(authority: Authority) -> None:
    mixed = Authority(certificate=authority.certificate, key=new_authority_key())
    with pytest.raises(CertificateError, match="not that of its certificate"):
        issue_server(mixed, ["a"], now_ms=NOW_MS)


def test_a_certificate_of_another_authority_is_told_apart(
    authority: Authority,
) -> None:
    """Also when it calls itself the same."""
    twin = make_authority("Fédération d'Essai", new_authority_key(), now_ms=NOW_MS)
    made = issue_server(twin, ["a"], now_ms=NOW_MS)
    with pytest.raises(CertificateError, match="another authority"):
        check_issued(made.certificate, authority.certificate)
    other = make_authority("Other", new_authority_key(), now_ms=NOW_MS)
    with pytest.raises(CertificateError, match="another authority"):
        check_issued(made.certificate, other.certificate)


def test_a_long_or_strange_name_still_makes_an_authority() -> None:
    made = make_authority("a\n" + "b" * 100, new_authority_key(), now_ms=NOW_MS)
    assert read_certificate(made.certificate).subject.startswith("CN=a?b")


def test_no_key_is_shown_by_repr(authority: Authority) -> None:
    made = issue_server(authority, ["a"], now_ms=NOW_MS)
    assert "key" not in repr(authority)
    assert "PRIVATE" not in repr(made)


@pytest.mark.parametrize(
    "data", [b"", b"x", b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----"]
)
def test_what_is_no_certificate_is_told(data: bytes) -> None:
    with pytest.raises(CertificateError):
        read_certificate(data)
    with pytest.raises(CertificateError):
        read_certificates(data)


def test_a_bundle_is_read_whole(authority: Authority) -> None:
    made = issue_server(authority, ["a"], now_ms=NOW_MS)
    facts = read_certificates(made.certificate + authority.certificate)
    assert [one.issuer for one in facts] == [facts[1].subject] * 2


@pytest.mark.parametrize("key", [b"", b"not a key"])
def test_what_is_no_key_makes_no_authority(key: bytes) -> None:
    with pytest.raises(CertificateError, match="not the key of an authority"):
        make_authority("x", key, now_ms=NOW_MS)
