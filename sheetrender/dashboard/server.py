"""The server: it listens in a thread of its own until it is closed."""

from __future__ import annotations

import errno
import ipaddress
import socket
import threading
from types import TracebackType

import uvicorn

from sheetrender.dashboard.answers import Show, application
from sheetrender.dashboard.guard import LOOPBACK
from sheetrender.model.errors import UsageError

_CONNECTIONS = 200
_LAST_SECONDS = 2


class Server:
    """Serves until it is closed; use it as a context manager.

    Attributes:
        ended: it serves no more, which happens by itself only where something is broken.
    """

    def __init__(self, show: Show, listening: socket.socket) -> None:
        self.ended = threading.Event()
        self._closing = show.closing
        self._socket = listening
        self._server = uvicorn.Server(
            uvicorn.Config(
                application(show),
                http="h11",
                ws="none",
                loop="asyncio",
                lifespan="off",
                log_config=None,
                log_level="error",
                access_log=False,
                server_header=False,
                proxy_headers=False,
                limit_concurrency=_CONNECTIONS,
                timeout_graceful_shutdown=_LAST_SECONDS,
            )
        )
        self._thread = threading.Thread(target=self._run, name="dashboard", daemon=True)

    def __enter__(self) -> Server:
        self._thread.start()
        return self

    def _run(self) -> None:
        try:
            self._server.run(sockets=[self._socket])
        finally:
            self.ended.set()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._closing.set()
        self._server.should_exit = True
        self._thread.join()
        self._socket.close()


def is_loopback(host: str) -> bool:
    """Say whether only this machine reaches a host's name."""
    if host.lower() in LOOPBACK:
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def is_everywhere(host: str) -> bool:
    """Say whether a host stands for every address of this machine."""
    return host in ("0.0.0.0", "::")


def listen(host: str, port: int | None, last: int) -> socket.socket:
    """Return a socket that listens.

    Args:
        host: name or number of this machine.
        port: that somebody asks for; None for any.
        last: port that it had before, where it is free; 0 where none.

    Raises:
        UsageError: the port is taken or may not be used, or the host is not this machine's.
    """
    if port is not None:
        return _bound(host, port)
    try:
        return _bound(host, last)
    except UsageError:
        return _bound(host, 0)


def _bound(host: str, port: int) -> socket.socket:
    try:
        family, _, _, _, place = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
    except (OSError, UnicodeError) as error:
        raise _no_host(host) from error
    listening = socket.socket(family, socket.SOCK_STREAM)
    try:
        listening.setsockopt(socket.SOL_SOCKET, *_rebinding())
        listening.bind(place)
        listening.listen(128)
    except OSError as error:
        listening.close()
        if error.errno in (errno.EADDRNOTAVAIL, getattr(errno, "WSAEADDRNOTAVAIL", -1)):
            raise _no_host(host) from error
        why = "may not be used" if error.errno == errno.EACCES else "is taken by another program"
        raise UsageError(
            f"Port {port} {why}. Give another with --port, or leave that out for a free one."
        ) from error
    return listening


def _rebinding() -> tuple[int, int]:
    """Return what lets the server begin again at once, and nobody else listen too."""
    if hasattr(socket, "SO_EXCLUSIVEADDRUSE"):  # on Windows the other one would let it
        return int(socket.SO_EXCLUSIVEADDRUSE), 1
    return socket.SO_REUSEADDR, 1


def _no_host(host: str) -> UsageError:
    return UsageError(
        f"--host {host} is no address of this machine. Leave it out, or give one that it has."
    )
