"""Identifiers of descriptions for harvesters."""

from __future__ import annotations

from urllib.parse import quote, unquote

from django.conf import settings

from lantai.kit.errors import Missing
from lantai.kit.numbering.permanent import number_of, permanent_id


def namespace() -> str:
    """The domain name under which we name our records; it is the log's, which never changes."""
    return str(settings.LANTAI_LOG_ORIGIN).partition("/")[0]


def oai_of(archives_code: str, number: int) -> str:
    """``oai:archives.example:A0/8zk4q0m2x7v1h``, by the permanent number of a row."""
    return f"oai:{namespace()}:{quote(archives_code, safe='')}/{permanent_id(number)}"


def number_of_oai(identifier: str) -> int:
    """The permanent number that an identifier of ours names; ``Missing`` for anything else."""
    begins = f"oai:{namespace()}:"
    code, slash, permanent = identifier.removeprefix(begins).rpartition("/")
    if not identifier.startswith(begins) or not slash or not unquote(code):
        raise Missing
    return number_of(permanent)
