"""The public hall: home and search."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET

from lantai.apps.readingroom import queries
from lantai.apps.readingroom.types import TopicKind
from lantai.apps.topics import queries as topics
from lantai.kit.errors import Invalid
from lantai.platform.gates import public
from lantai.platform.ui import pages
from lantai.platform.ui.context import ctx_of

# What the tiles say, in everyday words.
TILES: dict[str, tuple[str, str | Promise, str | Promise]] = {
    TopicKind.MARRIAGE: ("heart", gettext_lazy("查婚姻档案"), gettext_lazy("结婚、离婚、补领登记")),
    TopicKind.ZHIQING: ("trees", gettext_lazy("查知青档案"), gettext_lazy("下乡、返城、工龄认定")),
    TopicKind.DOCUMENT: (
        "file-text",
        gettext_lazy("查文件资料"),
        gettext_lazy("批复、通知、任免、房产等文件"),
    ),
    TopicKind.OTHER: ("folder", gettext_lazy("查其他档案"), gettext_lazy("学籍、招工、土地、移民等")),
}


@public
@require_GET
def home(request: HttpRequest) -> HttpResponse:
    """One search box, the livelihood tiles, three steps, opening hours."""
    tiles = [
        {"url": reverse("readingroom:begin", args=[topic]), "icon": icon, "label": label, "text": text}
        for topic, (icon, label, text) in TILES.items()
    ]
    context = {
        "title": _("查档案，开证明"),
        "tiles": tiles,
        "halls": queries.halls(),
        "has_topics": topics.public().exists(),
        "limits": queries.limits(timezone.localdate(ctx_of(request).now)),
    }
    return pages.show(request, "readingroom/home.html", context)


@public
@require_GET
def search(request: HttpRequest) -> HttpResponse:
    """Open records that match; records about persons are asked for by application."""
    text = request.GET.get("q", "").strip()[:200]
    context: dict[str, object] = {"title": _("查开放档案"), "text": text}
    try:
        if text:
            context["found"] = queries.find_open(ctx_of(request), text, request.GET.get("after", ""))
    except Invalid as refusal:
        context["refusal"] = pages.said(refusal)
    status = 422 if "refusal" in context else 200
    return pages.show(request, "readingroom/search.html", context, status=status)
