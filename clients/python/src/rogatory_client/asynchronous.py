"""The client for asynchronous programs, from which that for others is made.

What the answers hold is in `models`, made from the OpenAPI document of the node.
"""

import asyncio
from collections.abc import AsyncIterator, Mapping
from typing import Any, Self

import httpx2

from rogatory_client import calls, models
from rogatory_client.connection import Connection, check, is_passing, pause_s
from rogatory_client.errors import UnreachableError
from rogatory_client.events import Event, EventReader

_STREAM = {"Accept": "text/event-stream"}


class AsyncClient:
    """Speaks to one node.

    Every call raises `RefusedError` when the node says no, and `UnreachableError` when
    it does not answer, after as many repetitions as the connection allows. Only what
    has the same effect twice is repeated.

    Args:
        connection: How the node is reached.
    """

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._http = httpx2.AsyncClient(
            base_url=connection.url,
            verify=connection.context(),
            timeout=connection.timeout_s,
            follow_redirects=False,
        )

    async def __aenter__(self) -> Self:
        """Does nothing yet: the node is reached with the first call."""
        return self

    async def __aexit__(self, *_: object) -> None:
        """Closes the connections."""
        await self.aclose()

    async def aclose(self) -> None:
        """Closes the connections."""
        await self._http.aclose()

    async def me(self) -> models.Me:
        """Returns who we are to the node, and what we may do."""
        found: models.Me = await self._json(calls.get("/v1/me"))
        return found

    async def kinds(self) -> models.Kinds:
        """Returns the kinds of documents that the node knows."""
        found: models.Kinds = await self._json(calls.get("/v1/kinds"))
        return found

    async def schema(self, kind: str) -> dict[str, Any]:
        """Returns the JSON Schema of a kind's content."""
        path = calls.below("/v1/kinds", kind, "schema")
        found: dict[str, Any] = await self._json(calls.get(path))
        return found

    async def parties(self) -> models.Parties:
        """Returns the parties of the federation."""
        found: models.Parties = await self._json(calls.get("/v1/parties"))
        return found

    async def submit(
        self, document: Mapping[str, object], *, key: str | None = None
    ) -> models.Submission:
        """Sends a document; it is durable at the node on return.

        Args:
            document: As a file has it: kind, content, handling, to, case_reference; and
                attachments, partial, anyway as the interface takes them.
            key: What tells a repetition. Give your own and keep it until this returns:
                with the same after a crash, the document is sent once.
        """
        found: models.Submission = await self._json(calls.submission(document, key))
        return found

    async def plan(self, document: Mapping[str, object]) -> models.Plan:
        """Returns who would get what of a document, and why not; sends nothing."""
        found: models.Plan = await self._json(
            calls.post("/v1/messages/plan", document, again=True)
        )
        return found

    async def messages(
        self, *, limit: int = 100, **wanted: str | int | bool
    ) -> AsyncIterator[models.Message]:
        """Yields messages, page by page.

        Args:
            limit: How many in one page.
            wanted: Filters: direction, kind, case, origin, since, …
        """
        async for one in self._pages("/v1/messages", "messages", limit, wanted):
            yield one

    async def message(self, name: str) -> models.Message:
        """Returns the header of a message, and how far it has come.

        Args:
            name: Its id or its digest; whole.
        """
        found: models.Message = await self._json(calls.get(calls.message(name)))
        return found

    async def content(self, name: str) -> models.Content:
        """Returns the content of a message, with the handling that binds us."""
        path = calls.message(name, "content")
        found: models.Content = await self._json(calls.get(path))
        return found

    async def receipts(self, name: str) -> models.Receipts:
        """Returns what was said about a message, by whom and when."""
        path = calls.message(name, "receipts")
        found: models.Receipts = await self._json(calls.get(path))
        return found

    async def acknowledge(
        self, name: str, *, office: str | None = None, note: str = ""
    ) -> models.Statement:
        """Tells the origin that an authority here has taken a message up.

        Said once, however often it is called; it cannot be taken back.

        Args:
            name: Id or digest of the message.
            office: Which office of our agency; the origin reads it.
            note: For the node's own files.
        """
        return await self._say(name, "acknowledgement", office, note=note)

    async def act(
        self, name: str, *, office: str | None = None, note: str = ""
    ) -> models.Statement:
        """Tells the origin that an authority here has done what a message asks."""
        return await self._say(name, "action", office, note=note)

    async def refuse(
        self, name: str, reason: str, *, office: str | None = None
    ) -> models.Statement:
        """Tells the origin that an authority here will not act on a message.

        Args:
            name: Id or digest of the message.
            reason: Why: kept at the node, and told to nobody.
            office: Which office of our agency; the origin reads it.
        """
        return await self._say(name, "refusal", office, reason=reason)

    async def upload(
        self,
        data: bytes,
        name: str,
        *,
        media_type: str = "application/octet-stream",
        caption: str = "",
        shows: str = "",
    ) -> models.Upload:
        """Uploads a file; a document names it by its handle.

        Args:
            data: The file.
            name: As its sender calls it; no path.
            media_type: What it is said to be.
            caption: What it shows, in words.
            shows: What it shows, as a word of the node: "mark", "weapon", …
        """
        call = calls.upload(data, name, media_type, caption, shows)
        found: models.Upload = await self._json(call)
        return found

    async def attachments(self, name: str) -> models.Attachments:
        """Returns the files beside a message."""
        path = calls.message(name, "attachments")
        found: models.Attachments = await self._json(calls.get(path))
        return found

    async def attachment(self, name: str, number: int) -> bytes:
        """Returns a file beside a message, in clear; it has 50 MB at most."""
        call = calls.get(calls.message(name, "attachments", number))
        return (await self._answer(call)).content

    async def cases(
        self, *, limit: int = 100, **wanted: str | int | bool
    ) -> AsyncIterator[models.CaseSummary]:
        """Yields cases, page by page."""
        async for one in self._pages("/v1/cases", "cases", limit, wanted):
            yield one

    async def case(self, name: str) -> models.Case:
        """Returns one case: its legs, what is owed, what can be done."""
        found: models.Case = await self._json(calls.get(calls.below("/v1/cases", name)))
        return found

    async def story(self, name: str) -> models.Story:
        """Returns all that happened to a message, in order."""
        path = calls.below("/v1/audit/messages", name)
        found: models.Story = await self._json(calls.get(path))
        return found

    async def evidence(self, name: str) -> bytes:
        """Returns the evidence about a message: a file that a stranger can check."""
        call = calls.get(calls.below("/v1/evidence", name))
        return (await self._answer(call)).content

    async def events(self, after: str | int = "") -> AsyncIterator[Event]:
        """Yields what happens at the node, for ever; goes on where it broke off.

        Args:
            after: Id of the last event that was dealt with; 0: all there are; empty:
                from now on.

        Raises:
            RefusedError: The node does not let us.
        """
        reader = EventReader(last_id=str(after))
        while True:
            try:
                async for event in self._stream(reader):
                    yield event
            except (httpx2.TransportError, UnreachableError):
                pass
            reader.broken_off()
            await asyncio.sleep(reader.retry_s)

    async def call(self, call: calls.Call) -> Any:  # noqa: ANN401 - whatever it is
        """Returns the answer to a call that has no method of its own here."""
        return await self._json(call)

    async def _say(
        self, name: str, what: str, office: str | None, **words: str
    ) -> models.Statement:
        body: dict[str, object] = {**words}
        if office is not None:
            body["office"] = office
        call = calls.post(calls.message(name, what), body, again=True)
        found: models.Statement = await self._json(call)
        return found

    async def _pages(
        self,
        path: str,
        member: str,
        limit: int,
        wanted: Mapping[str, str | int | bool],
    ) -> AsyncIterator[Any]:
        more, cursor = True, None
        while more:
            call = calls.get(path, limit=limit, cursor=cursor, **wanted)
            page = await self._json(call)
            for one in page[member]:
                yield one
            cursor = page.get("next_cursor")
            # Where a page does not say whether there is more, a cursor does.
            more = page.get("more", cursor is not None)

    async def _stream(self, reader: EventReader) -> AsyncIterator[Event]:
        headers = dict(_STREAM)
        if reader.last_id:
            headers["Last-Event-ID"] = reader.last_id
        call = calls.Call(method="GET", path="/v1/events/stream", headers=headers)
        async with self._http.stream(
            call.method, call.path, headers=self._connection.headers(call)
        ) as response:
            if is_passing(response.status_code):
                raise UnreachableError("the node has no time now")
            if not response.is_success:
                await response.aread()
            _check(response)
            async for line in response.aiter_lines():
                event = reader.take(line)
                if event is not None:
                    yield event

    async def _json(self, call: calls.Call) -> Any:  # noqa: ANN401 - whatever it is
        response = await self._answer(call)
        return response.json() if response.content else None

    async def _answer(self, call: calls.Call) -> httpx2.Response:
        attempts = self._connection.attempts if call.again else 1
        for attempt in range(1, attempts + 1):
            last = attempt == attempts
            try:
                response = await self._http.request(
                    call.method,
                    call.path,
                    params=dict(call.params),
                    headers=self._connection.headers(call),
                    json=call.json,
                    content=call.content,
                )
            except httpx2.TransportError as error:
                if last:
                    raise UnreachableError(
                        str(error) or type(error).__name__
                    ) from error
                await asyncio.sleep(pause_s(attempt, None))
                continue
            if last or not is_passing(response.status_code):
                _check(response)
                return response
            await asyncio.sleep(pause_s(attempt, response.headers.get("Retry-After")))
        raise UnreachableError("no attempt is allowed")


def _check(response: httpx2.Response) -> None:
    if response.is_success:
        return
    media_type = response.headers.get("Content-Type", "")
    try:
        body: object = response.json()
    except ValueError:
        body = None
    check(response.status_code, media_type, body)
