"""One description: what it says, what it holds, what was done to it, how it is proved."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET

from lantai.apps.catalogue import queries
from lantai.apps.catalogue.marks import marks_of
from lantai.apps.catalogue.models import Description
from lantai.apps.catalogue.permissions import P
from lantai.apps.catalogue.queries import wording
from lantai.apps.catalogue.queries.panels import panels_of
from lantai.apps.catalogue.tables import OPENNESS
from lantai.apps.catalogue.types import Happening, Level
from lantai.apps.catalogue.views.facts import facts_of, standings_of
from lantai.apps.catalogue.views.tree import level_counts
from lantai.apps.custody import queries as custody
from lantai.apps.custody.types import FileRow
from lantai.kit.errors import Missing
from lantai.kit.text.figures import is_number
from lantai.platform.context import Ctx
from lantai.platform.gates import signed_in
from lantai.platform.ui import pages
from lantai.platform.ui.context import url_or_nothing
from lantai.platform.ui.types import Act, Crumb, Integrity, Moment, Tone

SHOWN = ("application/pdf", "image/", "application/ofd", "application/vnd.ofd")


@dataclass(frozen=True, slots=True)
class Viewer:
    """One page of one file with the way to its neighbours."""

    file: FileRow
    page: int
    last_page: int
    image_url: str
    large_url: str
    marks_url: str  # where the words searched for stand on it, as a picture to lay over
    before_url: str
    after_url: str


@signed_in
@require_GET
def item(request: HttpRequest, item_id: int) -> HttpResponse:
    """The page of a description."""
    ctx: Ctx = request.ctx  # type: ignore[attr-defined]
    row = queries.get(ctx, item_id)
    may_read = queries.may_read_content(ctx, row)
    files = custody.files_of(row.package_id, row.item_key) if row.package_id else []
    marks = marks_of(ctx, [row]).get(row.pk, ())
    counts = queries.counts_below(ctx, row)
    return pages.detail(
        request,
        title=row.title,
        kicker=row.reference_code,
        state=OPENNESS[row.openness],
        acts=_acts(ctx, row),
        facts=facts_of(ctx, row),
        moments=_moments(ctx, row),
        integrity=_integrity(row) if files else None,
        crumbs=_crumbs(ctx, row),
        template="catalogue/item.html",
        row=row,
        files=files,
        may_read=may_read,
        viewer=_viewer(request, row, files) if may_read else None,
        window=queries.tree_window(ctx, row),
        counts=level_counts(counts),
        is_beyond=sum(counts.values()) >= queries.COUNTED,
        may_arrange=queries.may_arrange(ctx, row),
        former=queries.former_codes(row),
        origins=queries.origins(ctx, row),
        standings=standings_of(ctx, row),
        related=queries.related(ctx, row),
        points=queries.points_of(ctx, row),
        may_link=row.custodian_id in ctx.actor.orgs_with(P.ITEM_DESCRIBE),
        marks=marks,
        panels=panels_of(ctx, row),
        is_gone=any(mark.is_gone for mark in marks),
        hides_persons=not queries.sees_persons(ctx, row),
    )


def _acts(ctx: Ctx, row: Description) -> list[Act]:
    acts = []
    if queries.may_describe(ctx, row):
        acts.append(
            Act(_("修改著录"), reverse("catalogue:describe", args=[row.pk]), icon="edit", method="get")
        )
        if row.revision > 1:
            url = reverse("catalogue:history", args=[row.pk])
            acts.append(Act(_("修改历史"), url, icon="history", method="get"))
    if queries.may_arrange(ctx, row) and row.package_id is None:
        acts.append(Act(_("设定开放标识或保管期限"), reverse("catalogue:state", args=[row.pk]), method="get"))
    export_url = url_or_nothing("imports:export_choose")
    if export_url and row.custodian_id in ctx.actor.orgs_with(P.ITEM_EXPORT):
        is_unit = row.level not in {Level.ITEM, Level.COMPONENT}
        label = _("导出下级目录") if is_unit else _("导出著录")
        to = f"{export_url}?{'file' if is_unit else 'id'}={row.pk}"
        acts.append(Act(label, to, icon="download", method="get"))
    return acts


def _crumbs(ctx: Ctx, row: Description) -> list[Crumb]:
    return [
        Crumb(_("目录"), reverse("catalogue:list")),
        Crumb(str(row.fonds), f"{reverse('catalogue:list')}?fonds={row.fonds_id}"),
        *(Crumb(above.reference_code, above.get_absolute_url()) for above in queries.ancestors(ctx, row)),
        Crumb(row.reference_code),
    ]


def _integrity(row: Description) -> Integrity:
    found = custody.integrity_of(row.package_id, row.item_key)
    url = reverse("catalogue:evidence", args=[row.pk])
    return Integrity(Tone(found.tone), found.label, found.checked_at, found.copies, url)


def _moments(ctx: Ctx, row: Description) -> tuple[Moment, ...]:
    """The life of the row, newest first, each act with its proof."""
    labels = wording.labels_of(wording.scheme_of_row(row))
    return tuple(
        Moment(
            one.at,
            one.who,
            _what(one),
            "、".join(labels.get(name, name) for name in one.fields),
            reverse("catalogue:proof", args=[row.pk, one.entry_id]),
            request_id=one.request_id,
        )
        for one in reversed(queries.timeline(ctx, row))
    )


def _what(one: Happening) -> str:
    if one.count == 1:
        return one.what
    said = ngettext("%(what)s，当天 %(n)d 次", "%(what)s，当天 %(n)d 次", one.count)
    return said % {"what": one.what, "n": one.count}


def _viewer(request: HttpRequest, row: Description, files: list[FileRow]) -> Viewer | None:
    shown = [file for file in files if file.mime.startswith(SHOWN)]
    asked = request.GET.get("file", "")
    file = next((file for file in shown if str(file.id) == asked), shown[0] if shown else None)
    if file is None:
        return None
    last = file.page_count or 1
    page_text = request.GET.get("page", "1")
    page = min(max(int(page_text), 1), last) if is_number(page_text, 7) else 1
    text = request.GET.get("q", "").strip()[:200]
    kept = f"{row.get_absolute_url()}?{urlencode({'file': file.id} | ({'q': text} if text else {}))}"
    picture = reverse("catalogue:page", args=[row.pk, file.id, page])
    marks = reverse("catalogue:marks", args=[row.pk, file.id, page])
    return Viewer(
        file=file,
        page=page,
        last_page=last,
        image_url=f"{picture}?w=900",
        large_url=f"{picture}?w=1600",
        marks_url=f"{marks}?{urlencode({'q': text})}" if text else "",
        before_url=f"{kept}&page={page - 1}" if page > 1 else "",
        after_url=f"{kept}&page={page + 1}" if page < last else "",
    )


@signed_in
@require_GET
def evidence(request: HttpRequest, item_id: int) -> HttpResponse:
    """The digests of every file, the object they lie in, and the proofs of what was done."""
    ctx: Ctx = request.ctx  # type: ignore[attr-defined]
    row = queries.get(ctx, item_id)
    if row.package_id is None:
        raise Missing
    page = {
        "title": _("完整性证据"),
        "row": row,
        "package": row.package,
        "files": queries.files_told(ctx, row),
        "may_read": queries.may_read_content(ctx, row),
        "integrity": _integrity(row),
        "moments": _moments(ctx, row),
        "may_bundle": custody.may_bundle(ctx, row.package_id),
        "crumbs": [*_crumbs(ctx, row)[:-1], Crumb(row.reference_code, row.get_absolute_url())],
    }
    return pages.show(request, "catalogue/evidence.html", page)


@signed_in
@require_GET
def proof(request: HttpRequest, item_id: int, entry_id: int) -> HttpResponse:
    """The proof that an act stands in the log, as a file that anybody can check."""
    ctx: Ctx = request.ctx  # type: ignore[attr-defined]
    proof = queries.proof_of(ctx, queries.get(ctx, item_id), entry_id)
    answer = HttpResponse(proof, content_type="text/plain; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="entry-{entry_id}.tlog-proof"'
    return answer
