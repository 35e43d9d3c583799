"""One line of a digest manifest: what BagIt (RFC 8493 §2.1.3) and our own manifests share."""

from __future__ import annotations

import re

_ESCAPE = {"%": "%25", "\n": "%0A", "\r": "%0D"}
_MUST_ESCAPE = re.compile(r"[%\n\r]")
_ESCAPED = re.compile(r"%(25|0[AaDd])")
_LINE = re.compile(r"([0-9A-Fa-f]+)[ \t]+(.+)", re.DOTALL)
_OUR_LINE = re.compile(r"([0-9a-f]+)  (.+)", re.DOTALL)


def escape(path: str) -> str:
    """``path`` with line ends and the percent sign written as RFC 8493 asks."""
    return _MUST_ESCAPE.sub(lambda found: _ESCAPE[found[0]], path)


def unescape(text: str) -> str:
    """The inverse of `escape`; any other percent sequence stays as it is."""
    return _ESCAPED.sub(lambda found: chr(int(found[1], 16)), text)


def manifest_line(digest: str, path: str) -> str:
    """One line with its line end."""
    return f"{digest}  {escape(path)}\n"


def split_line(line: str) -> tuple[str, str] | None:
    """(lowercase digest, path) of one line without its line end, or None where it is none.

    BagIt allows any white space between the two, so that a path cannot begin with a space.
    """
    found = _LINE.fullmatch(line)
    return (found[1].lower(), unescape(found[2])) if found else None


def split_our_line(line: str) -> tuple[str, str] | None:
    """The inverse of `manifest_line`: exactly two spaces, so that the path may begin with one."""
    found = _OUR_LINE.fullmatch(line)
    return (found[1], unescape(found[2])) if found else None
