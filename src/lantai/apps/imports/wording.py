"""Messages that were kept with what they name, in the reader's language."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import gettext as _

from lantai.apps.imports.models import AttachedFile, Attachment, Batch, Problem
from lantai.apps.imports.types import BatchState


def said(problem: Problem) -> str:
    """What is wrong."""
    return _in_words(problem.message, problem.params)


def said_of_standing(row: Batch) -> str:
    """What entering will do or has done, in one sentence; of a file with errors, how many there are."""
    if row.state == BatchState.FAULTY:
        counts = {"errors": row.error_count, "warnings": row.warning_count}
        return _("错误 %(errors)d 处，提醒 %(warnings)d 处") % counts
    counts = {"new": row.new_count, "changed": row.changed_count, "same": row.same_count}
    if row.state == BatchState.UNDONE:
        return _("新增的 %(new)d 条已删除，更新的 %(changed)d 条已恢复原样") % counts
    return _("新增 %(new)d 条，更新 %(changed)d 条，没有变化 %(same)d 条") % counts


def why_of(row: AttachedFile | Attachment) -> str:
    """What keeps a file or a batch out; "" where nothing does."""
    return _in_words(row.why, row.why_params)


def _in_words(message: str, params: Mapping[str, object]) -> str:
    if not message:
        return ""  # to gettext the empty message is its own head
    return _(message) % params if params else _(message)
