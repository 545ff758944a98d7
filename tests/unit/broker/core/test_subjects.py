"""Tests of `broker.core.subjects`."""

from collections.abc import Callable, Sequence

import pytest
from hypothesis import given, strategies as st

from broker.core import subjects
from broker.core.errors import Code, RefusedError
from keys.nats_jwt import Export, Import, StreamExport, StreamImport
from keys.nkeys import KeyKind, encode_public

accounts = st.binary(min_size=32, max_size=32).map(
    lambda raw: encode_public(KeyKind.ACCOUNT, raw)
)
KEN = encode_public(KeyKind.ACCOUNT, bytes([1]) * 32)
HUB = encode_public(KeyKind.ACCOUNT, bytes([2]) * 32)

TAKES_AN_ACCOUNT: dict[str, Callable[[str], object]] = {
    "submission": subjects.submission,
    "inbox": subjects.inbox,
    "inbox_filter": subjects.inbox_filter,
    "importer": lambda account: subjects.party_imports(account, HUB),
    "exporter": lambda account: subjects.party_imports(KEN, account),
    "node": lambda account: subjects.node_permissions(account, "_INBOX_n"),
    "account_of": lambda account: subjects.account_of(f"x.in.{account}"),
}


def services(exports: Sequence[Export | StreamExport]) -> list[Export]:
    return [export for export in exports if isinstance(export, Export)]


@given(accounts)
def test_the_account_comes_back_out_of_its_subject(account: str) -> None:
    assert subjects.account_of(subjects.submission(account)) == account


@given(accounts)
def test_an_inbox_lies_under_its_own_filter(account: str) -> None:
    prefix = subjects.inbox_filter(account).removesuffix(">")
    assert subjects.inbox(account).startswith(prefix)


@pytest.mark.parametrize("take", TAKES_AN_ACCOUNT.values(), ids=TAKES_AN_ACCOUNT.keys())
@pytest.mark.parametrize(
    "forged",
    ["", "*", ">", KEN + ".x", KEN + "\n", KEN.lower(), KEN[:-1], "O" + KEN[1:]],
)
def test_a_forged_account_cannot_widen_a_subject(
    take: Callable[[str], object], forged: str
) -> None:
    with pytest.raises(RefusedError):
        take(forged)


@pytest.mark.parametrize(
    "subject", ["x.inbox", "x.inbox.", f"x.inbox.{KEN}.msg", f"x.audit.{KEN}", "", KEN]
)
def test_only_subjects_of_parties_name_a_sender(subject: str) -> None:
    with pytest.raises(RefusedError) as refusal:
        subjects.account_of(subject)
    assert refusal.value.code is Code.WRONG_CONNECTION


def test_in_every_export_the_server_checks_a_token_that_is_open() -> None:
    for export in services(subjects.hub_exports()):
        tokens = export.subject.split(".")
        assert tokens[export.account_token_position - 1] == "*"
        assert tokens.count("*") == 1


def test_every_import_has_its_export_and_names_its_own_account() -> None:
    imports = subjects.party_imports(KEN, HUB)
    exports = subjects.hub_exports()
    assert [i.subject for i in imports] == [
        export.subject.replace("*", KEN) for export in exports
    ]
    assert {i.account for i in imports} == {HUB}


def test_a_node_may_use_its_imports_and_nothing_else() -> None:
    permissions = subjects.node_permissions(KEN, "_INBOX_node")
    imports = subjects.party_imports(KEN, HUB)
    asked = [i for i in imports if isinstance(i, Import)]
    assert set(permissions.publish) == {i.local_subject or i.subject for i in asked}
    heard = tuple(i.subject for i in imports if isinstance(i, StreamImport))
    assert permissions.subscribe == (*heard, "_INBOX_node.>")
    assert not permissions.replies


def test_the_relay_cannot_say_what_the_registrar_says() -> None:
    for permissions in (
        subjects.relay_permissions("_INBOX_r"),
        subjects.log_permissions("_INBOX_l"),
        subjects.node_permissions(KEN, "_INBOX_n"),
    ):
        for reserved in (subjects.SNAPSHOTS, subjects.NEWS, subjects.AUDIT):
            assert reserved not in permissions.publish


def test_nobody_at_the_hub_may_change_streams() -> None:
    for permissions in (
        subjects.relay_permissions("_INBOX_r"),
        subjects.log_permissions("_INBOX_l"),
        subjects.check_permissions("_INBOX_c"),
        subjects.service_permissions("_INBOX_s"),
    ):
        for subject in permissions.publish:
            assert "STREAM" not in subject
            assert "CREATE" not in subject
            assert subject not in {">", "$JS.>", "$JS.API.>"}


def test_each_user_has_answers_of_its_own() -> None:
    assert subjects.inbox_prefix("relay") != subjects.inbox_prefix("log")
