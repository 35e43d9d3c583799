"""Messages that were kept with what they name, in the reader's language."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import gettext as _

from lantai.apps.imports.models import AttachedFile, Attachment, Problem


def said(problem: Problem) -> str:
    """What is wrong."""
    return _in_words(problem.message, problem.params)


def why_of(row: AttachedFile | Attachment) -> str:
    """What keeps a file or a batch out; "" where nothing does."""
    return _in_words(row.why, row.why_params)


def _in_words(message: str, params: Mapping[str, object]) -> str:
    if not message:
        return ""  # to gettext the empty message is its own head
    return _(message) % params if params else _(message)
