"""Passing on, and asking for it: on a running federation, as officers do.

Mexico provides, Belgium passes on, Kenya gets it.
"""

import asyncio
from typing import Any

import pytest

from broker.app.node_folder import dispatcher
from broker.core.codec.permission import encode_copy, encode_grant, encode_wish
from broker.core.handling import Europol, Handling, IntendedUse, Tlp
from broker.core.onward import GRANT_KIND, ONWARD_KIND, REQUEST_KIND
from broker.core.outgoing import OutgoingDocument
from broker.core.permissions import Act, Copy, Grant, Verdict, Wish
from broker.services.holdings import Holdings
from keys.identity import PartyId
from tests.federation import EXAMPLES, Federation
from tests.unit.broker.cli.conftest import Cli
from tests.unit.broker.cli.partners_world import BEL, H2, KEN, MEX, USE, Desk

pytestmark = pytest.mark.integration


@pytest.fixture
def desk(cli: Cli, partners: Federation) -> Desk:
    return Desk(cli, partners)


def test_a_provider_consents_and_takes_it_back(desk: Desk) -> None:
    message = desk.route()
    forward = ("forward", message, "--to", "KEN")
    code, text = desk.refusal("BEL", *forward)
    assert code == "consent-needed"
    assert "MEX was not asked" in text
    consent = desk.granted(message)
    copy = desk.sends("BEL", *forward)
    shown = desk.at("KEN", "show", copy).json
    assert (shown["from"], shown["handling"]) == ("BEL", H2)
    content = shown["content"]
    assert content["provider"] == "MEX"
    assert content["handling"]["europol"] == ["EUROPOL_CODE_H2"]
    original = desk.at("BEL", "show", message).json["content"]
    assert content["routeIntelligence"] == original
    desk.sends("MEX", "permission", "withdraw", consent, "--yes")
    code, text = desk.refusal("BEL", *forward)
    assert (code, "withdrawn" in text) == ("consent-needed", True)


def test_the_list_says_who_asked_for_what_and_what_was_answered(desk: Desk) -> None:
    message = desk.route()
    request = desk.asked(message, until="2099-12-31")
    desk.sends(
        "MEX", "permission", "refuse", request, "--reason", "An operation runs", "--yes"
    )
    for party, directions in (
        ("BEL", ["received", "sent"]),
        ("MEX", ["sent", "received"]),
    ):
        answer, wish = desk.at(party, "permission", "list").json["permissions"][:2]
        assert [answer["direction"], wish["direction"]] == directions
        assert (answer["says"], wish["says"]) == ("refused", "asks")
        assert (wish["to"], wish["until"]) == (["KEN"], "2099-12-31")
        assert answer["about"] == wish["about"]
    table = desk.cli("permission", "list", "--node", desk.partners.folder / "MEX")
    assert "refused" in table.out
    assert "refused" in desk.refusal("BEL", "forward", message, "--to", "KEN")[1]


def test_what_the_community_may_know_goes_on_without_asking(desk: Desk) -> None:
    message = desk.route("TLP:GREEN")
    plan = desk.at("BEL", "forward", message, "--to", "KEN", "--dry-run")
    assert (plan.code, plan.json["would_get_it"][0]["party"]) == (0, "KEN")
    copy = desk.sends(
        "BEL", "forward", message, "--to", "KEN", "--handling", "TLP:AMBER"
    )
    assert desk.at("KEN", "show", copy).json["handling"] == "TLP:AMBER"
    code, _ = desk.refusal(
        "BEL", "permission", "ask", message, "--to", "KEN", "--purpose", USE,
        "--reason", "None",
    )  # fmt: skip
    assert code == "configuration"


def test_a_looser_handling_is_refused_whatever_was_granted(desk: Desk) -> None:
    message = desk.route()
    desk.granted(message)
    forward = ("forward", message, "--to", "KEN", "--handling")
    code, text = desk.refusal("BEL", *forward, "TLP:GREEN")
    assert (code, "without H2" in text) == ("looser-handling", True)


def test_a_message_of_our_own_is_sent_and_not_passed_on(desk: Desk) -> None:
    own = desk.route()
    assert desk.refusal("MEX", "forward", own, "--to", "KEN")[0] == "configuration"


def test_a_grant_for_one_recipient_cannot_be_used_for_another(
    desk: Desk,
) -> None:
    message = desk.route()
    desk.granted(message, to="XPO")
    code, text = desk.refusal("BEL", "forward", message, "--to", "KEN")
    assert (code, "does not name KEN" in text) == ("consent-needed", True)


def test_a_grant_for_another_message_does_not_count(desk: Desk) -> None:
    first, second = desk.route(), desk.route()
    desk.granted(first)
    assert desk.refusal("BEL", "forward", second, "--to", "KEN")[0] == "consent-needed"


def test_a_grant_that_has_run_out_does_not_count(desk: Desk) -> None:
    message = desk.route()
    desk.granted(message, "--until", "2020-01-01")
    assert "held until" in desk.refusal("BEL", "forward", message, "--to", "KEN")[1]


def crafted(
    desk: Desk, party: str, to: PartyId, kind: str, body: bytes, handling: Handling
) -> bytes:
    """Sends what no command would make, past this party's own checks."""
    member = desk.partners.members[party]
    trust = desk.partners.trust()
    sender = dispatcher(member.node, member.keys, lambda: trust)
    sender._onward = lambda _document: _Anything()  # type: ignore[assignment,return-value]
    [sealed] = sender.send(
        OutgoingDocument(kind=kind, body=body, recipients=(to,), handling=handling)
    )
    return sealed.message_digest


class _Anything:
    withheld: frozenset[Any] = frozenset()
    provided = "whatever it says"

    def check(self, *_: object) -> None:
        """Lets everything pass, as a node would that was tampered with."""


def held(desk: Desk, message: str) -> Copy:
    """Returns the copy that Belgium would make of a message."""
    member = desk.partners.members["BEL"]
    [digest] = member.node.store.resolve(message)
    received = member.node.store.find_received(digest)
    assert received is not None
    provided = Holdings(member.keys.holder, member.node.store).provided(received)
    return Copy(
        provider=MEX,
        message_digest=digest,
        handling=provided.provider.handling,
        kind=provided.kind,
        body=provided.body,
    )


def test_a_grant_forged_by_a_third_party_does_not_count(desk: Desk) -> None:
    message = desk.route()
    grant = Grant(
        message_digest=held(desk, message).message_digest,
        act=Act.ONWARD,
        verdict=Verdict.GRANTED,
        parties=frozenset({KEN}),
    )
    digest = crafted(
        desk, "KEN", BEL, GRANT_KIND, encode_grant(grant), Handling(tlp=Tlp.GREEN)
    )
    asyncio.run(desk.partners.opened("KEN", digest, ["BEL"]))
    assert (
        "MEX was not asked" in desk.refusal("BEL", "forward", message, "--to", "KEN")[1]
    )


@pytest.mark.parametrize(
    ("handling", "grant", "code"),
    [
        (Handling(tlp=Tlp.GREEN), b"g" * 32, "looser-handling"),
        (
            Handling(tlp=Tlp.GREEN, europol=frozenset({Europol.H2})),
            b"",
            "consent-needed",
        ),
    ],
)
def test_a_recipient_does_not_open_a_copy_of_a_node_that_was_tampered_with(
    desk: Desk, handling: Handling, grant: bytes, code: str
) -> None:
    copy = held(desk, desk.route())
    body = encode_copy(
        Copy(
            provider=copy.provider,
            message_digest=copy.message_digest,
            grant_digest=grant,
            handling=copy.handling,
            kind=copy.kind,
            body=copy.body,
        )
    )
    digest = crafted(desk, "BEL", KEN, ONWARD_KIND, body, handling)
    receipts = asyncio.run(
        desk.partners.until(
            lambda: [
                one
                for one in desk.partners.receipts("BEL", digest)
                if one.by == KEN and one.code
            ],
            "a refusal",
        )
    )
    assert receipts[0].code == code


def test_onward_of_an_onward_copy_needs_the_first_provider_still(desk: Desk) -> None:
    message = desk.route()
    desk.granted(message)
    copy = desk.sends("BEL", "forward", message, "--to", "KEN")
    code, text = desk.refusal("KEN", "forward", copy, "--to", "BEL")
    assert (code, "MEX was not asked" in text) == ("consent-needed", True)
    request = desk.sends(
        "KEN", "permission", "ask", copy, "--to", "BEL", "--purpose", USE,
        "--reason", "They may have lost it",
    )  # fmt: skip
    desk.sends("MEX", "permission", "grant", request, "--yes")
    back = desk.sends("KEN", "forward", copy, "--to", "BEL")
    assert desk.at("BEL", "show", back).json["content"]["provider"] == "MEX"


def test_a_request_about_a_message_of_somebody_else_cannot_be_granted(
    desk: Desk,
) -> None:
    digest = crafted(
        desk,
        "KEN",
        BEL,
        REQUEST_KIND,
        encode_wish(
            Wish(
                message_digest=held(desk, desk.route()).message_digest,
                act=Act.ONWARD,
                parties=frozenset({KEN}),
                purposes=frozenset({IntendedUse.ANALYSIS}),
                reason="Belgium might take it for its own",
            )
        ),
        Handling(tlp=Tlp.GREEN),
    )
    asyncio.run(desk.partners.opened("KEN", digest, ["BEL"]))
    grant = ("permission", "grant", digest.hex(), "--yes")
    code, text = desk.refusal("BEL", *grant)
    assert (code, "no message of ours" in text) == ("configuration", True)
    withdraw = ("permission", "withdraw", digest.hex(), "--yes")
    assert desk.refusal("BEL", *withdraw)[0] == "configuration"


def test_what_somebody_left_out_is_not_read_as_unknown_further_on(desk: Desk) -> None:
    alert = EXAMPLES / "diversion-alert.yaml"
    message = desk.sends("MEX", "send", alert, "--to", "BEL", "--handling", "TLP:GREEN")
    shown = desk.at("BEL", "show", message)
    assert shown.json["withheld"] == ["personal"]
    assert "Held back, and not unknown: personal" in shown.err
    inbox = desk.cli("inbox", "--node", desk.partners.folder / "BEL")
    assert "opened without personal" in inbox.out
    copy = desk.sends("BEL", "forward", message, "--to", "KEN")
    assert desk.at("KEN", "show", copy).json["withheld"] == ["personal"]


@pytest.mark.parametrize(
    ("options", "word"),
    [
        (("--act", "fly"), "onward, judicial"),
        (("--act", "judicial", "--to", "KEN"), "--to is for onward only"),
        (("--purpose", USE), "to whom"),
        (("--to", "KEN", "--purpose", "fun"), "no purpose"),
        (("--to", "KEN"), "what for"),
        (("--to", "KEN", "--purpose", USE, "--until", "soon"), "no day"),
    ],
)
def test_a_question_that_makes_no_sense_is_not_sent(
    desk: Desk, options: tuple[str, ...], word: str
) -> None:
    message = desk.route()
    ask = ("permission", "ask", message, "--reason", "x", *options)
    code, text = desk.refusal("BEL", *ask)
    assert code == "configuration"
    assert word in text


def test_only_requests_are_answered_and_not_for_more_than_they_ask(desk: Desk) -> None:
    message = desk.route()
    request = desk.asked(message)
    grant = ("permission", "grant", request, "--yes")
    for options in (("--to", "XPO"), ("--purpose", "statistics")):
        code, text = desk.refusal("MEX", *grant, *options)
        assert (code, "only" in text) == ("configuration", True)
    other = desk.at("MEX", "inbox", "--limit", 100).json["messages"]
    [wish] = [one for one in other if one["id"] == request]
    assert wish["in_reply_to"]
    assert desk.refusal("BEL", "permission", "grant", message, "--yes")[0] == (
        "configuration"
    )
