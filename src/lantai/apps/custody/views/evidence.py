"""Evidence bundles, the picture of a proof, and the life of a package."""

from __future__ import annotations

from django.http import FileResponse, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from lantai.apps.custody import evidence, history, proofs, queries, services
from lantai.apps.custody.models import EvidenceBundle, Package
from lantai.apps.custody.permissions import P
from lantai.apps.custody.tables import BUNDLE_STATES, BundleTable
from lantai.apps.custody.types import BUNDLE_DAYS
from lantai.platform.blobs import services as blobs
from lantai.platform.context import Ctx
from lantai.platform.desk.progress import going_on
from lantai.platform.desk.words import act_label
from lantai.platform.gates import needs
from lantai.platform.ui import pages
from lantai.platform.ui.context import ctx_of
from lantai.platform.ui.tables import respond
from lantai.platform.ui.types import Act, Crumb, Empty, Fact, Moment, State, Tone


@needs(P.BUNDLE_MAKE)
@require_GET
def bundles(request: HttpRequest) -> HttpResponse:
    """Evidence bundles in my sight."""
    empty = Empty(
        _("还没有证据包"),
        _("在信息包或条目页面办理“制作证据包”。做好的证据包可以离线核对，交给法院或其他档案馆。"),
    )
    rows = evidence.visible_bundles(ctx_of(request))
    return respond(request, BundleTable(rows), title=_("证据包"), empty=empty)


@needs(P.BUNDLE_MAKE)
@require_GET
def bundle(request: HttpRequest, bundle_id: int) -> HttpResponse:
    """One bundle: what it holds, how far it is, how it is checked."""
    ctx = ctx_of(request)
    row = evidence.get_bundle(ctx, bundle_id)
    facts = [
        Fact(_("信息包"), row.package.title, url=reverse("custody:package", args=[row.package_id])),
        Fact(_("件"), row.item_key or _("整个信息包"), "code" if row.item_key else "text"),
        Fact(_("版本"), row.version, "number"),
        Fact(_("文件数"), row.file_count, "number"),
        Fact(_("大小"), row.size_bytes, "size"),
        Fact(_("SHA-256 摘要"), row.sha256, "code"),
        Fact(_("制作人"), row.asked_by),
        Fact(_("开始时间"), row.asked_at, "moment"),
        Fact(_("做好时间"), row.made_at, "moment"),
        Fact(_("保存到"), row.expires_at if row.destroyed_at is None else None, "moment"),
        Fact(_("销毁时间"), row.destroyed_at, "moment"),
    ]
    return pages.detail(
        request, title=row.title, kicker=_("证据包"), state=BUNDLE_STATES[row.standing],
        facts=[fact for fact in facts if fact.value is not None], acts=_acts_of_bundle(row),
        crumbs=[Crumb(_("证据包"), reverse("custody:bundles")), Crumb(row.title)],
        template="custody/bundle.html", progress=going_on(ctx, row.run_id), row=row, days=BUNDLE_DAYS,
    )  # fmt: skip


def _acts_of_bundle(row: EvidenceBundle) -> list[Act]:
    acts = []
    if row.is_kept:
        url = reverse("custody:bundle_zip", args=[row.pk])
        acts.append(Act(_("下载证据包"), url, tone=Tone.PRIMARY, method="get", icon="download"))
    elif row.run_id:
        acts.append(Act(_("查看任务"), reverse("desk:run", args=[row.run_id]), method="get"))
    if row.entry_id:
        url = reverse("custody:proof_of", args=[row.package_id, row.entry_id])
        acts.append(Act(_("查看存证"), url, method="get", icon="shield-check"))
    return acts


@needs(P.BUNDLE_MAKE)
@require_GET
def bundle_zip(request: HttpRequest, bundle_id: int) -> HttpResponseBase:
    """The bundle itself; who takes it stands in the ledger."""
    row = services.fetch_bundle(ctx_of(request), bundle_id=bundle_id)
    return FileResponse(
        blobs.open_blob(row.blob_key),
        as_attachment=True,
        filename=_("证据包-%(number)s.zip") % {"number": row.pk},
        content_type="application/zip",
    )


@needs(P.BUNDLE_MAKE)
@require_POST
def make_bundle(request: HttpRequest, package_id: int) -> HttpResponse:
    """Begin the making of a bundle of a package, or of one item of it."""
    item_key = request.POST.get("item", "")
    row = services.ask_for_bundle(ctx_of(request), package_id=package_id, item_key=item_key)
    return pages.done(
        request, _("证据包正在制作，可以关闭本页。"), to=reverse("custody:bundle", args=[row.pk])
    )


@needs(P.PACKAGE_READ)
@require_GET
def proof(request: HttpRequest, package_id: int, entry_id: int = 0) -> HttpResponse:
    """The picture of the proof of one act upon a package: of its sealing, when none is named."""
    row = queries.get(ctx_of(request), package_id)
    entry = evidence.entry_of(row, entry_id)
    links = proofs.picture_of(entry)
    facts = [
        Fact(_("操作"), act_label(entry.act)),
        Fact(_("操作人"), entry.actor_name),
        Fact(_("时间"), entry.at, "moment"),
    ]
    return pages.detail(
        request, title=row.title, kicker=_("存证图"), state=_state_of(links), facts=facts, links=links,
        crumbs=[*_above(row), Crumb(_("存证图"))], template="custody/proof.html",
        acts=[Act(_("办理过程"), reverse("custody:life", args=[row.pk]), method="get", icon="history")],
    )  # fmt: skip


def _state_of(links: list[proofs.Link]) -> State:
    tones = {link.tone for link in links}
    if Tone.BAD in tones:
        return State(_("有不符之处"), Tone.BAD)
    return State(_("等待编入"), Tone.BUSY) if Tone.BUSY in tones else State(_("证据相符"), Tone.GOOD)


@needs(P.PACKAGE_READ)
@require_GET
def life(request: HttpRequest, package_id: int) -> HttpResponse:
    """Every act upon a package, oldest first, each with its proof."""
    row = queries.get(ctx_of(request), package_id)
    moments = [
        Moment(
            entry.at,
            f"{entry.actor_name} {entry.org_name}".strip(),
            act_label(entry.act),
            reason=str(entry.detail.get("message") or entry.detail.get("item") or ""),
            proof_url=reverse("custody:proof_of", args=[row.pk, entry.pk]),
        )
        for entry in history.entries_of(row.pk)
    ]
    facts = [
        Fact(_("形成单位"), row.origin.name),
        Fact(_("保管单位"), row.custodian.name),
        Fact(_("版本"), row.version, "number"),
        Fact(_("封存时间"), row.stored_at, "moment"),
    ]
    return pages.detail(
        request, title=row.title, kicker=_("档案的经历"), facts=facts, life=moments,
        crumbs=[*_above(row), Crumb(_("档案的经历"))], template="custody/life.html",
    )  # fmt: skip


def _above(row: Package) -> list[Crumb]:
    return [
        Crumb(_("信息包"), reverse("custody:packages")),
        Crumb(row.title, reverse("custody:package", args=[row.pk])),
    ]


def acts_of_package(ctx: Ctx, row: Package) -> list[Act]:
    """What the page of a package offers on its evidence."""
    acts = [
        Act(_("存证图"), reverse("custody:proof", args=[row.pk]), method="get", icon="shield-check"),
        Act(_("档案的经历"), reverse("custody:life", args=[row.pk]), method="get", icon="history"),
    ]
    if row.custodian_id in ctx.actor.orgs_with(P.BUNDLE_MAKE):
        acts.append(
            Act(_("制作证据包"), reverse("custody:make_bundle", args=[row.pk]), icon="package",
                confirm=_("把这个信息包的全部内容连同元数据、事件、摘要和证明做成一个 ZIP，供离线核对。"))
        )  # fmt: skip
    return acts
