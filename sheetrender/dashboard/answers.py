"""The answers of the server: the page, its news, pictures by number, and the video."""

from __future__ import annotations

import asyncio
import json
import threading
import time
from collections import OrderedDict
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers, MutableHeaders, QueryParams
from starlette.exceptions import HTTPException
from starlette.responses import (
    FileResponse,
    HTMLResponse,
    PlainTextResponse,
    Response,
    StreamingResponse,
)
from starlette.routing import Route

from sheetrender.dashboard.facts import Facts
from sheetrender.dashboard.guard import HEADERS, METHODS, POLICY, Guard
from sheetrender.dashboard.lookout import LOOK_SECONDS, Lookout
from sheetrender.dashboard.news import news
from sheetrender.dashboard.standing import STILL, Standing

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

HEARTBEAT_SECONDS = 10.0
"""So often a line goes out even where nothing happens: what is cut off is found out by that."""
_MOST_THUMBNAILS = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Show:
    """What is shown and how.

    Attributes:
        lookout: over the folder.
        page: returns the page of a plan and what the browser may do for it.
        thumbnail: returns the small picture of a file as JPEG, or nothing where it cannot be read.
        guard: who may look.
        closing: the server is about to end.
    """

    lookout: Lookout
    page: Callable[[Facts], tuple[str, str]]
    thumbnail: Callable[[Path], bytes]
    guard: Guard
    closing: threading.Event = field(default_factory=threading.Event)


def application(show: Show) -> ASGIApp:
    """Return the server's application."""
    answers = _Answers(show)
    routes = [
        Route("/", answers.page),
        Route("/events", answers.events),
        Route("/frame/{number:int}", answers.frame),
        Route("/thumb/{number:int}", answers.thumb),
        Route("/video", answers.video),
    ]
    return _Guarded(Starlette(routes=routes), show.guard)


class _Guarded:
    """Refuses before anything else sees a request, and seals every answer."""

    def __init__(self, inner: ASGIApp, guard: Guard) -> None:
        self._inner = inner
        self._guard = guard

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def sealed(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers[name] = value
                headers.setdefault("content-security-policy", POLICY)
            await send(message)

        answer = self._refusal(scope) or self._inner
        await answer(scope, receive, sealed)

    def _refusal(self, scope: Scope) -> Response | None:
        headers = dict(Headers(scope=scope))
        token = QueryParams(scope["query_string"]).get("token") if scope["path"] == "/" else None
        refusal = self._guard.refusal(scope["method"], headers, token)
        if refusal is None:
            return None
        allow = {"allow": ", ".join(METHODS)}
        return PlainTextResponse(f"{refusal.sentence}\n", refusal.status, allow)


class _Answers:
    def __init__(self, show: Show) -> None:
        self._show = show
        self._small: OrderedDict[tuple[int, int], bytes] = OrderedDict()

    async def page(self, _: Request) -> Response:
        facts = await run_in_threadpool(lambda: self._show.lookout.facts)
        text, policy = await run_in_threadpool(self._show.page, facts)
        answer = HTMLResponse(
            text, headers={"content-security-policy": f"{policy}; frame-ancestors 'none'"}
        )
        guard = self._show.guard
        answer.set_cookie(guard.cookie, guard.token, httponly=True, samesite="strict")
        return answer

    async def events(self, _: Request) -> Response:
        return StreamingResponse(self._lines(), media_type="text/event-stream")

    async def _lines(self) -> AsyncIterator[str]:
        yield "retry: 1000\n\n"
        known: Standing | None = None
        sent = 0.0
        while not self._show.closing.is_set():
            now = await run_in_threadpool(self._show.lookout.look)
            if now is not known:
                text = json.dumps(news(now, known), separators=(",", ":"), allow_nan=False)
                yield f"data: {text}\n\n"
                known, sent = now, time.monotonic()
            elif time.monotonic() - sent > HEARTBEAT_SECONDS:
                yield ": still there\n\n"
                sent = time.monotonic()
            await asyncio.sleep(LOOK_SECONDS)

    async def frame(self, request: Request) -> Response:
        path = await run_in_threadpool(
            self._show.lookout.picture, int(request.path_params["number"])
        )
        if path is None:
            raise HTTPException(404, "No such picture.")
        return FileResponse(path, media_type="image/png")

    async def thumb(self, request: Request) -> Response:
        data = await run_in_threadpool(self._thumbnail, int(request.path_params["number"]))
        if not data:
            raise HTTPException(404, "No such picture.")
        return Response(data, media_type="image/jpeg")

    def _thumbnail(self, number: int) -> bytes:
        lookout = self._show.lookout
        written = lookout.look().pictures.get(number, STILL)
        small = self._small.get((number, written))
        if small is not None:
            return small
        path = lookout.picture(number)
        small = self._show.thumbnail(path) if path else b""
        if small:
            self._small[number, written] = small
        while len(self._small) > _MOST_THUMBNAILS:
            self._small.popitem(last=False)
        return small

    async def video(self, _: Request) -> Response:
        path = await run_in_threadpool(self._show.lookout.video)
        if path is None:
            raise HTTPException(404, "The video is not made yet.")
        return FileResponse(path, media_type="video/mp4")
