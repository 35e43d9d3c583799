"""Identifiers of descriptions for harvesters."""

from __future__ import annotations

from urllib.parse import quote, unquote

from django.conf import settings

from lantai.kit.errors import Missing
from lantai.kit.numbering.permanent import number_of, permanent_id


def namespace() -> str:
    """The domain name under which we name our records; it is the log's, which never changes."""
    return str(settings.LANTAI_LOG_ORIGIN).partition("/")[0]


def oai_of(archives_code: str, row_id: int) -> str:
    """``oai:archives.example:A0/0000015``."""
    return f"oai:{namespace()}:{quote(archives_code, safe='')}/{permanent_id(row_id)}"


def row_of_oai(identifier: str) -> int:
    """The row that an identifier of ours names; ``Missing`` for anything else."""
    begins = f"oai:{namespace()}:"
    code, slash, permanent = identifier.removeprefix(begins).rpartition("/")
    if not identifier.startswith(begins) or not slash or not unquote(code):
        raise Missing
    return number_of(permanent)
