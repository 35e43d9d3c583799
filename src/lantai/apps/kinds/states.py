"""State table of versions: drafted, submitted, published by a second person, superseded by the next one."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from lantai.apps.kinds.permissions import P
from lantai.apps.kinds.types import VersionState as S
from lantai.platform.workflow.machine import AUTOMATIC, Machine, Move, State

VERSION = Machine(
    field="state",
    initial="draft",
    final=frozenset({"superseded", "discarded"}),
    states={
        S.DRAFT.value: State(S.DRAFT.label, "plain"),
        S.SUBMITTED.value: State(S.SUBMITTED.label, "busy"),
        S.PUBLISHED.value: State(S.PUBLISHED.label, "good"),
        S.SUPERSEDED.value: State(S.SUPERSEDED.label, "plain"),
        S.DISCARDED.value: State(S.DISCARDED.label, "plain"),
    },
    moves=(
        Move(
            name="submit",
            source=frozenset({"draft"}),
            target="submitted",
            label=_("提交发布"),
            past="submitted",
            permission=P.KIND_DESIGN,
            org_path="archives_id",
            waits=False,
            is_primary=True,
        ),
        Move(
            name="publish",
            source=frozenset({"submitted"}),
            target="published",
            label=_("发布这一版"),
            past="published",
            permission=P.KIND_PUBLISH,
            org_path="archives_id",
            by_someone_else_than=("submit",),
            is_primary=True,
        ),
        Move(
            name="send_back",
            source=frozenset({"submitted"}),
            target="draft",
            label=_("退回修改"),
            past="sent_back",
            permission=P.KIND_PUBLISH,
            org_path="archives_id",
            needs_reason=True,
            waits=False,
        ),
        Move(
            name="discard",
            source=frozenset({"draft"}),
            target="discarded",
            label=_("放弃这一版"),
            past="discarded",
            permission=P.KIND_DESIGN,
            org_path="archives_id",
            needs_reason=True,
            waits=False,
        ),
        Move(
            name="supersede",
            source=frozenset({"published"}),
            target="superseded",
            label=_("由新一版替代"),
            past="superseded",
            permission=AUTOMATIC,
            org_path="archives_id",
        ),
    ),
)
