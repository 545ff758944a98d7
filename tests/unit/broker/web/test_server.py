"""What one client may hold up or fill at a server, and what becomes of the others."""

import asyncio
from dataclasses import replace

import pytest

from broker.core.errors import ConfigurationError
from broker.web.server import Scope, ServerPlan
from tests.unit.broker.web.conversation import (
    CLOSE,
    GET,
    QUICK,
    answered,
    refusal,
    running,
    say,
)


class TestWhatIsServed:
    async def test_a_request_is_answered(self) -> None:
        async with running() as port:
            answer = await say(port, GET)
        assert answer.startswith(b"HTTP/1.1 200 OK\r\n")
        assert answer.endswith(b"\r\n\r\n0")

    async def test_a_path_may_take_more_than_the_others(self) -> None:
        head = b"POST /large?x=1 HTTP/1.1\r\n" + CLOSE + b"Content-Length: 4000\r\n\r\n"
        async with running() as port:
            assert (await say(port, head, b"x" * 4000)).endswith(b"\r\n\r\n4000")

    async def test_requests_in_a_row_on_one_connection_are_all_answered(self) -> None:
        one = b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\nab"
        last = GET
        async with running() as port:
            answer = await say(port, one + one + last)
        assert answer.count(b"HTTP/1.1 200 OK") == 3


class TestASlowClient:
    async def test_that_does_not_end_its_head_is_told_and_cut(self) -> None:
        async with running() as port:
            answer = await say(port, b"GET / HTTP/1.1\r\nHost: x\r\nX-A: ")
        assert refusal(answer) == (408, "too-slow")

    async def test_that_sends_its_head_byte_by_byte_is_cut(self) -> None:
        pieces = [b"GET / HTTP/1.1\r\n"] + [b"a"] * 30
        async with running() as port:
            assert b"200 OK" not in await answered(port, *pieces, pause_s=0.1)

    async def test_that_says_nothing_is_cut_without_a_word(self) -> None:
        async with running() as port:
            assert await answered(port) == b""

    async def test_that_sends_empty_lines_for_ever_is_cut(self) -> None:
        async with running() as port:
            assert await answered(port, *[b"\r\n"] * 30, pause_s=0.1) == b""

    async def test_whose_body_hardly_comes_is_told_and_cut(self) -> None:
        head = b"POST / HTTP/1.1\r\n" + CLOSE + b"Content-Length: 900\r\n\r\n"
        async with running() as port:
            answer = await say(port, head, b"a", b"b", pause_s=0.1)
        assert refusal(answer) == (408, "too-slow")

    async def test_that_does_not_read_its_answer_is_cut(self) -> None:
        sent, gone = asyncio.Event(), asyncio.Event()

        async def flood(scope: Scope, _receive: object, send: object) -> None:
            if scope["type"] == "lifespan":
                raise RuntimeError("not spoken")
            await send({"type": "http.response.start", "status": 200})  # type: ignore[operator]  # ASGI's
            sent.set()
            for _ in range(1000):
                await send(  # type: ignore[operator]  # ASGI's
                    {
                        "type": "http.response.body",
                        "body": b"x" * 65_536,
                        "more_body": True,
                    }
                )
            gone.set()

        async with running(app=flood) as port:
            _, writer = await asyncio.open_connection("127.0.0.1", port, limit=1)
            writer.write(GET)
            await sent.wait()
            async with asyncio.timeout(5):
                await gone.wait()
            writer.close()

    async def test_does_not_keep_the_others_from_being_answered(self) -> None:
        async with running() as port:
            slow = asyncio.create_task(say(port, b"GET / HTTP/1.1\r\nX: "))
            answer = await say(port, GET)
            assert answer.startswith(b"HTTP/1.1 200 OK")
            await slow


class TestALargeRequest:
    async def test_of_a_gigabyte_is_refused_before_it_is_read(self) -> None:
        head = b"POST / HTTP/1.1\r\n" + CLOSE + b"Content-Length: 1073741824\r\n\r\n"
        async with running() as port:
            assert refusal(await say(port, head)) == (413, "too-large")

    async def test_that_does_not_say_so_is_refused_when_it_shows(self) -> None:
        head = b"POST / HTTP/1.1\r\n" + CLOSE + b"Transfer-Encoding: chunked\r\n\r\n"
        chunk = b"258\r\n" + b"x" * 600 + b"\r\n"
        async with running() as port:
            assert refusal(await say(port, head, chunk, chunk)) == (413, "too-large")

    async def test_with_a_large_head_is_refused(self) -> None:
        field = b"X-A: " + b"a" * 3000 + b"\r\n"
        async with running() as port:
            head = b"GET / HTTP/1.1\r\n" + field + b"\r\n"
            assert refusal(await say(port, head)) == (431, "too-large")

    async def test_with_a_head_that_never_ends_is_refused(self) -> None:
        async with running() as port:
            pieces = [b"GET / HTTP/1.1\r\nX-A: ", b"a" * 3000]
            answer = await say(port, *pieces, pause_s=0.05)
        assert refusal(answer) == (431, "too-large")

    async def test_hears_why_even_if_it_goes_on_sending(self) -> None:
        head = b"POST / HTTP/1.1\r\n" + CLOSE + b"Content-Length: 9000000\r\n\r\n"
        async with running() as port:
            assert refusal(await say(port, head, b"x" * 9_000_000)) == (
                413,
                "too-large",
            )


class TestWhatIsNotHttp:
    @pytest.mark.parametrize(
        "junk",
        [
            b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
            b"GET / HTTP/1.1\r\nContent-Length: x\r\n\r\n",
            b"GET / HTTP/1.1\r\nContent-Length:1\r\nTransfer-Encoding:chunked\r\n\r\n",
            b"GET /\xff HTTP/1.1\r\nHost: x\r\n\r\n",
            b"CONNECT x:1 HTTP/1.1\r\nHost: x\r\n\r\n",
        ],
        ids=["tls to a plain port", "length", "two lengths", "path", "connect"],
    )
    async def test_is_refused_in_words(self, junk: bytes) -> None:
        async with running() as port:
            assert refusal(await say(port, junk)) == (400, "bad-request")

    async def test_an_upgrade_that_is_not_spoken_changes_nothing(self) -> None:
        head = (
            b"GET / HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n"
        )
        async with running() as port:
            answer = await say(port, head)
            assert answer.startswith(b"HTTP/1.1 200 OK")

    @pytest.mark.parametrize(
        "length", [b"Content-Length: 40", b"Transfer-Encoding: chunked"]
    )
    async def test_a_body_behind_an_upgrade_never_becomes_a_request(
        self, length: bytes
    ) -> None:
        head = b"POST / HTTP/1.1\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n" + length
        async with running() as port:
            answer = await say(port, head + b"\r\n\r\n", GET, pause_s=0.05)
        assert refusal(answer) == (400, "bad-request")
        assert b"200 OK" not in answer


class TestManyConnections:
    async def test_beyond_the_bound_are_closed_and_the_others_go_on(self) -> None:
        plan = replace(QUICK, head_wait_s=5)
        async with running(plan) as port:
            held = [await asyncio.open_connection("127.0.0.1", port) for _ in range(4)]
            await asyncio.sleep(0.05)
            assert await answered(port, GET) == b""
            reader, writer = held[0]
            writer.write(GET)
            assert (await reader.read()).startswith(b"HTTP/1.1 200 OK")
            for _, one in held:
                one.close()


class TestStarting:
    async def test_nothing_is_served_over_a_network_without_tls(self) -> None:
        with pytest.raises(ConfigurationError, match="without TLS over a network"):
            async with running(ServerPlan(host="0.0.0.0")):  # noqa: S104 - the point
                pass

    async def test_a_port_that_is_taken_is_told_of(self) -> None:
        async with running() as port:
            with pytest.raises(ConfigurationError, match="cannot be listened on"):
                async with running(replace(QUICK, port=port)):
                    pass


async def test_it_ends_in_time_though_an_answer_never_does() -> None:
    begun = asyncio.Event()

    async def endless(scope: Scope, _receive: object, send: object) -> None:
        if scope["type"] == "lifespan":
            raise RuntimeError("not spoken")
        await send({"type": "http.response.start", "status": 200})  # type: ignore[operator]  # ASGI's
        begun.set()
        await asyncio.Event().wait()

    async with asyncio.timeout(10):
        async with running(app=endless) as port:
            _, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.write(GET)
            await begun.wait()
        writer.close()
