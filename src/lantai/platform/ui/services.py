"""What a person arranges for themselves, written. It is no record, hence no ledger line."""

from __future__ import annotations

from collections.abc import Sequence

from lantai.kit.errors import N_, Denied, Invalid
from lantai.platform.context import Ctx
from lantai.platform.ui.models import Density, SavedView, TablePreference


class SignInFirst(Denied):
    """Only a person has preferences."""

    message = N_("请先登录，再保存自己的设置。")


def _person(ctx: Ctx) -> int:
    if ctx.actor.id is None:
        raise SignInFirst
    return ctx.actor.id


def arrange_table(ctx: Ctx, *, table: str, columns: Sequence[str], density: str) -> TablePreference:
    """Remember columns and density of ``table`` for the actor; no columns means the table's own."""
    user_id = _person(ctx)
    if density not in Density.values:
        raise Invalid(N_("没有名为“%(density)s”的行距。"), field="density", density=density)
    chosen = {"columns": list(columns)[:100], "density": density}
    found, _ = TablePreference.objects.update_or_create(user_id=user_id, table=table[:80], defaults=chosen)
    return found


def save_view(ctx: Ctx, *, table: str, name: str, path: str, query: str, is_shared: bool) -> SavedView:
    """Save the query under ``name``; the actor's view of the same name is replaced."""
    user_id = _person(ctx)
    name = name.strip()[:60]
    if not name:
        raise Invalid(N_("请给视图起一个名称。"), field="name")
    if not path.startswith("/") or path.startswith("//"):
        raise Invalid(N_("视图只能指向本系统内的列表。"), field="path")
    saved = {"path": path[:200], "query": query, "is_shared": is_shared, "org_id": ctx.org_id}
    view, _ = SavedView.objects.update_or_create(
        owner_id=user_id, table=table[:80], name=name, defaults=saved
    )
    return view


def delete_views(ctx: Ctx, *, view_ids: Sequence[int]) -> int:
    """Delete own views; others' are left alone. Returns how many went."""
    return SavedView.objects.filter(pk__in=view_ids, owner_id=_person(ctx)).delete()[0]
