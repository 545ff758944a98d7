"""Logging: one line an event, on standard error, never with content or secrets."""

import logging
import sys
from typing import Final

import structlog

LEVELS: Final = ("debug", "info", "warning", "error")
# What asyncio says each time a server ends a connection over TLS: the bus's client
# library does not tell it that the transport is one. It has no consequence.
_NO_NEWS: Final = "returning true from eof_received()"


def configure(level: str = "info", *, as_json: bool = False) -> None:
    """Sets logging up for this process.

    Args:
        level: One of `LEVELS`; less than that is not written.
        as_json: True for machines, one JSON object a line.
    """
    logging.getLogger("asyncio").addFilter(_is_news)
    renderer = (
        structlog.processors.JSONRenderer()
        if as_json
        else structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())
    )
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(
            getattr(logging, level.upper())
        ),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=False,
    )


def _is_news(record: logging.LogRecord) -> bool:
    return not record.getMessage().startswith(_NO_NEWS)
