"""Which addresses may be called, whoever has chosen them."""

import pytest

from broker.web.errors import CallbackRefusedError
from broker.web.listed_hosts import ListedHosts

LISTED = ListedHosts(
    (
        "hooks.example.org",
        "hooks.example.org:8443",
        "inside.example.org@10.1.0.0/16",
        "localhost:9000",
        "127.0.0.1:9000",
        "[::1]:9000",
    )
)


@pytest.mark.parametrize(
    ("url", "authority", "path"),
    [
        ("https://hooks.example.org/in?a=b", "hooks.example.org", "/in?a=b"),
        ("https://HOOKS.example.org:8443", "hooks.example.org:8443", "/"),
        ("http://localhost:9000/x", "localhost:9000", "/x"),
        ("https://[::1]:9000/x", "[::1]:9000", "/x"),
    ],
)
def test_a_listed_host_is_called_as_it_is_written(
    url: str, authority: str, path: str
) -> None:
    target = LISTED.target(url)
    assert (target.authority, target.path) == (authority, path)


@pytest.mark.parametrize(
    "url",
    [
        "https://hooks.example.com/",  # another host
        "https://sub.hooks.example.org/",
        "https://hooks.example.org.evil.example/",
        "https://hooks.example.org:444/",  # another port
        "https://hooks.example.org@evil.example/",
        "https://user@hooks.example.org/",
        "https://hooks.example.org\\@evil.example/",
        "https://evil.example#@hooks.example.org/",
        "https://hooks.example.org/#fragment",
        "https://hooks.example.org/a b",
        "https://hooks.example.org/\r\nX-Evil: 1",
        "https://hooks。example.org/",
        "https://hooks.example.org:99999/",
        "https:///nowhere",
        "//hooks.example.org/",
        "file:///etc/passwd",
        "gopher://localhost:9000/",
        "http://hooks.example.org:443/",  # without TLS, and not on this machine
        "https://2130706433:9000/",  # 127.0.0.1 in other notations
        "https://0x7f.1:9000/",
        "https://0177.0.0.1:9000/",
        "https://[::ffff:127.0.0.1]:9000/",
        "https://127.1:9000/",
        "https://[::1%25eth0]:9000/",
        "https://hooks.example.org/" + "a" * 2048,
        "",
    ],
)
def test_ssrf_an_address_that_is_not_listed_as_it_is_written_is_refused(
    url: str,
) -> None:
    with pytest.raises(CallbackRefusedError):
        LISTED.target(url)


@pytest.mark.parametrize(
    "address",
    [
        "169.254.169.254",  # metadata of clouds
        "100.100.100.200",
        "168.63.129.16",
        "fd00:ec2::254",
        "fe80::1",
        "fe80::1%eth0",
        "0.0.0.0",  # noqa: S104 - an address to be refused
        "::",
        "224.0.0.1",
        "ff02::1",
        "255.255.255.255",
        "::ffff:169.254.169.254",
        "64:ff9b::a9fe:a9fe",  # NAT64 of 169.254.169.254
        "2002:7f00:1::",  # 6to4 of 127.0.0.1
        "2001:0:4136:e378:8000:63bf:80ff:fffe",  # Teredo
        "::127.0.0.1",
        "not an address",
    ],
)
def test_ssrf_no_list_lets_a_name_lead_there(address: str) -> None:
    hosts = ListedHosts(("a.example@0.0.0.0/0", "a.example@::/0"))
    with pytest.raises(CallbackRefusedError, match="never called"):
        hosts.target("https://a.example/").check_address(address)


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "10.1.2.3",
        "192.168.0.1",
        "::1",
        "fd12::1",
        "fec0::1",
        "100.64.0.1",
    ],
)
def test_ssrf_a_public_name_that_leads_inside_is_refused(address: str) -> None:
    target = LISTED.target("https://hooks.example.org/")
    with pytest.raises(CallbackRefusedError, match="not public"):
        target.check_address(address)


def test_a_name_may_lead_into_the_network_that_it_is_listed_with() -> None:
    target = LISTED.target("https://inside.example.org/")
    target.check_address("10.1.2.3")
    target.check_address("::ffff:10.1.2.3")
    with pytest.raises(CallbackRefusedError):
        target.check_address("10.2.2.3")


def test_a_public_address_may_be_called() -> None:
    LISTED.target("https://hooks.example.org/").check_address("93.184.215.14")


def test_without_tls_only_this_machine_is_called() -> None:
    with pytest.raises(CallbackRefusedError, match="only https"):
        LISTED.target("http://localhost:9000/").check_address("93.184.215.14")


def test_nothing_listed_allows_nothing() -> None:
    with pytest.raises(CallbackRefusedError):
        ListedHosts.none().target("https://hooks.example.org/")


@pytest.mark.parametrize(
    "entry",
    ["", "*", "*.example.org", "a b", "a:x", "a:0", "a:70000", "a@b", "http://a", "12"],
)
def test_an_entry_that_is_no_host_is_refused(entry: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        ListedHosts((entry,))


def test_what_is_logged_of_an_address_leaves_its_path_out() -> None:
    shown = LISTED.target("https://hooks.example.org/in/secret").shown
    assert shown == "https://hooks.example.org"
