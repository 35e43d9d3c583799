"""Places of copies, for those who keep them."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from lantai.kit.errors import Missing, Refusal
from lantai.platform.context import Ctx
from lantai.platform.desk.placing import ChangePlaceForm, PlaceForm, ReviseVolumeForm, VolumeForm
from lantai.platform.desk.tables import PLACE_STATES, PlaceTable
from lantai.platform.gates import needs
from lantai.platform.places import media, queries, services
from lantai.platform.places.models import Place
from lantai.platform.places.permissions import P
from lantai.platform.places.registry import kind_label
from lantai.platform.places.types import PlaceState
from lantai.platform.ui import pages
from lantai.platform.ui.tables import respond
from lantai.platform.ui.types import Act, Crumb, Empty, Fact, Tone

_GB = 1_000_000_000
_NEXT = {
    PlaceState.ACTIVE: (PlaceState.READ_ONLY, PlaceState.RETIRING),
    PlaceState.READ_ONLY: (PlaceState.ACTIVE, PlaceState.RETIRING),
    PlaceState.RETIRING: (PlaceState.ACTIVE,),
}


@needs(P.PLACE_READ)
@require_GET
def places(request: HttpRequest) -> HttpResponseBase:
    """Where copies are kept."""
    ctx: Ctx = request.ctx  # type: ignore[attr-defined]
    new = Act(_("新增存储位置"), reverse("desk:new_place"), Tone.PRIMARY, "plus", method="get")
    acts = [new] if ctx.actor.holds(P.PLACE_MANAGE) else []
    empty = Empty(
        _("这里会出现存放副本的位置"), _("登记第二块磁盘、异地文件夹、对象存储或离线介质，副本才有处可放。")
    )
    rows = queries.visible(ctx)
    return respond(request, PlaceTable(rows), title=pgettext("many", "存储位置"), empty=empty, acts=acts)


@needs(P.PLACE_READ)
@require_GET
def place(request: HttpRequest, place_id: int) -> HttpResponse:
    """One place, how it answers, and its media."""
    ctx: Ctx = request.ctx  # type: ignore[attr-defined]
    row = queries.get(ctx, place_id)
    return pages.detail(
        request,
        title=row.title,
        kicker=row.slug,
        state=PLACE_STATES[row.state],
        acts=_acts(ctx, row),
        facts=_facts(row),
        crumbs=[*_crumbs(), Crumb(row.slug)],
        template="desk/place.html",
        volumes=media.volumes_of(row) if row.kind == "media" else (),
        place=row,
        may_manage=ctx.actor.holds(P.PLACE_MANAGE),
    )


def _crumbs() -> list[Crumb]:
    return [Crumb(pgettext("many", "存储位置"), reverse("desk:places"))]


def _facts(row: Place) -> list[Fact]:
    return [
        Fact(_("类型"), str(kind_label(row.kind))),
        Fact(_("地址"), row.address or str(queries.storage_root()), "code"),
        Fact(_("所在地"), row.site),
        Fact(_("介质"), row.get_medium_display()),
        Fact(_("读取顺序"), row.read_order, "number"),
        Fact(_("加密"), _("是") if row.is_sealed else _("否")),
        Fact(_("容量"), row.capacity_bytes, "size"),
        Fact(_("已用（%）"), row.used_percent, "number"),
        Fact(_("最近查看"), row.looked_at, "moment"),
        Fact(_("失联时间"), row.away_since, "moment"),
        Fact(_("失联原因"), row.away_why),
        Fact(_("管理单位"), row.custodian.name if row.custodian else ""),
    ]


def _acts(ctx: Ctx, row: Place) -> list[Act]:
    if not (row.is_primary or row.custodian_id in ctx.actor.orgs_with(P.PLACE_MANAGE)):
        return []
    acts = [Act(_("修改"), reverse("desk:change_place", args=[row.pk]), icon="edit", method="get")]
    for state in _NEXT.get(PlaceState(row.state), ()):
        if not (row.is_primary and state == PlaceState.RETIRING):
            url = reverse("desk:set_place_state", args=[row.pk, state.value])
            acts.append(Act(_("改为“%(state)s”") % {"state": state.label}, url, needs_reason=True))
    if row.is_sealed:
        url = reverse("desk:rotate_place_key", args=[row.pk])
        warn = _(
            "更换后，旧的密钥份额全部作废。请随后在服务器上运行 lantai keys split 重新拆分。内容不会重写。"
        )
        acts.append(Act(_("更换密钥"), url, confirm=warn))
    if row.kind == "media":
        acts.append(Act(_("登记介质"), reverse("desk:new_volume", args=[row.pk]), icon="plus", method="get"))
        acts.append(Act(_("查看已接入的介质"), reverse("desk:look_at_media", args=[row.pk])))
    return acts


@needs(P.PLACE_MANAGE)
@require_http_methods(["GET", "POST"])
def new_place(request: HttpRequest) -> HttpResponse:
    """Enter a place."""
    ctx: Ctx = request.ctx  # type: ignore[attr-defined]
    form = PlaceForm(request.POST or None, orgs=queries.orgs_to_manage(ctx))
    if form.is_valid():
        try:
            row = services.add_place(ctx, **form.said())
            return pages.done(request, _("已新增存储位置“%(title)s”。") % {"title": row.title}, to=row)
        except Refusal as refusal:
            pages.refused(form, refusal)
    return pages.form(
        request,
        form,
        title=_("新增存储位置"),
        submit=_("新增"),
        crumbs=_crumbs(),
        cancel_url=reverse("desk:places"),
    )


@needs(P.PLACE_MANAGE)
@require_http_methods(["GET", "POST"])
def change_place(request: HttpRequest, place_id: int) -> HttpResponse:
    """Change how a place is called and when it is read."""
    ctx: Ctx = request.ctx  # type: ignore[attr-defined]
    row = queries.get(ctx, place_id)
    capacity = row.capacity_bytes / _GB if row.capacity_bytes else None
    said = {"title": row.title, "site": row.site, "read_order": row.read_order, "capacity_gb": capacity}
    form = ChangePlaceForm(request.POST or None, initial=said)
    if form.is_valid():
        services.change_place(ctx, place_id=row.pk, **form.said())
        return pages.done(request, _("已修改。"), to=row)
    return pages.form(
        request,
        form,
        title=_("修改存储位置"),
        submit=_("保存"),
        crumbs=[*_crumbs(), Crumb(row.slug, row.get_absolute_url())],
        cancel_url=row.get_absolute_url(),
    )


@needs(P.PLACE_MANAGE)
@require_POST
def set_place_state(request: HttpRequest, place_id: int, state: str) -> HttpResponse:
    """Say how far a place may be used."""
    ctx: Ctx = request.ctx  # type: ignore[attr-defined]
    row = queries.get(ctx, place_id)
    if state not in _NEXT.get(PlaceState(row.state), ()):
        raise Missing
    row = services.set_state(ctx, place_id=row.pk, state=state, reason=request.POST.get("reason", ""))
    return pages.done(request, _("存储位置现为“%(state)s”。") % {"state": row.get_state_display()}, to=row)


@needs(P.PLACE_MANAGE)
@require_POST
def rotate_place_key(request: HttpRequest, place_id: int) -> HttpResponse:
    """Guard the keys of a place with a new key."""
    ctx: Ctx = request.ctx  # type: ignore[attr-defined]
    row = queries.get(ctx, place_id)
    services.rotate_key(ctx, place_id=row.pk)
    return pages.done(request, _("密钥已更换，内容没有重写。请重新拆分份额。"), to=row)


@needs(P.PLACE_MANAGE)
@require_POST
def look_at_media(request: HttpRequest, place_id: int) -> HttpResponse:
    """See which media are mounted."""
    ctx: Ctx = request.ctx  # type: ignore[attr-defined]
    row = queries.get(ctx, place_id)
    here = media.look_at_media(ctx, place_id=row.pk)
    return pages.done(
        request, _("已接入 %(n)d 个介质：%(numbers)s") % {"n": len(here), "numbers": "、".join(here)}, to=row
    )


@needs(P.PLACE_MANAGE)
@require_http_methods(["GET", "POST"])
def new_volume(request: HttpRequest, place_id: int) -> HttpResponse:
    """Enter a medium."""
    ctx: Ctx = request.ctx  # type: ignore[attr-defined]
    row = queries.get(ctx, place_id)
    form = VolumeForm(request.POST or None)
    if form.is_valid():
        try:
            volume = media.add_volume(ctx, place_id=row.pk, **form.cleaned_data)
            return pages.done(request, _("已登记介质“%(number)s”。") % {"number": volume.number}, to=row)
        except Refusal as refusal:
            pages.refused(form, refusal)
    return pages.form(
        request,
        form,
        title=_("登记介质"),
        submit=_("登记"),
        crumbs=[*_crumbs(), Crumb(row.slug, row.get_absolute_url())],
        cancel_url=row.get_absolute_url(),
    )


@needs(P.PLACE_MANAGE)
@require_http_methods(["GET", "POST"])
def revise_volume(request: HttpRequest, volume_id: int) -> HttpResponse:
    """Say where a medium lies now."""
    ctx: Ctx = request.ctx  # type: ignore[attr-defined]
    row = media.get(ctx, volume_id)
    form = ReviseVolumeForm(
        request.POST or None, initial={"label": row.label, "shelf": row.shelf, "state": row.state}
    )
    if form.is_valid():
        media.revise_volume(ctx, volume_id=row.pk, **form.cleaned_data)
        return pages.done(request, _("已修改。"), to=row.place)
    return pages.form(
        request,
        form,
        title=_("介质 %(number)s") % {"number": row.number},
        submit=_("保存"),
        crumbs=[*_crumbs(), Crumb(row.place.slug, row.place.get_absolute_url())],
        cancel_url=row.place.get_absolute_url(),
    )
