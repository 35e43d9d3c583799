"""One line an event, nothing in it that could forge another line."""

from __future__ import annotations

import logging

_ESCAPES = {c: f"\\x{c:02x}" for c in [*range(32), 127, *range(0x80, 0xA0)]} | {
    0x2028: "\\u2028",
    0x2029: "\\u2029",
}


class LineFormatter(logging.Formatter):
    """Time, level, logger, message; control characters are escaped (a traceback keeps its line breaks)."""

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s: %(message)s")

    def formatMessage(self, record: logging.LogRecord) -> str:
        return super().formatMessage(record).translate(_ESCAPES)
