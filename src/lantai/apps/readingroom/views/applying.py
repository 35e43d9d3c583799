"""The application: what is needed, then one question a screen, then the check."""

from __future__ import annotations

import uuid
from collections.abc import Mapping

from django import forms
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from lantai.apps.readingroom import queries, services
from lantai.apps.readingroom.forms import STEPS, CheckForm, Step, WhatForm, WhereForm, application_of
from lantai.apps.readingroom.models import Request
from lantai.apps.readingroom.types import MATERIALS, Relation, TopicKind
from lantai.apps.readingroom.views import visit
from lantai.apps.readingroom.views.portal import TILES
from lantai.kit.errors import Missing, Refusal
from lantai.platform.gates import public
from lantai.platform.ui import pages
from lantai.platform.ui.context import ctx_of

ASKING, CHECK = STEPS[:-1], STEPS[-1]


@public
@require_GET
def begin(request: HttpRequest, topic: str) -> HttpResponse:
    """What is needed, how long it takes, what it costs: said before anything is asked."""
    _known(topic)
    record = _ask_for(request, topic)
    context = {
        "title": TILES[topic][1],
        "start_url": _url(topic, STEPS[0]),
        "materials": [(Relation(relation).label, needed) for relation, needed in MATERIALS.items()],
        "limits": queries.limits(timezone.localdate(ctx_of(request).now)),
        "halls": queries.halls(),
        "is_begun": bool(visit.said(request, topic).get("relation")),
        "record": record,
    }
    return pages.show(request, "readingroom/begin.html", context)


def _ask_for(request: HttpRequest, topic: str) -> str:
    """Write the record that the visitor comes from into the application, and the archives that keeps it.

    It takes the place of a record asked for before, and its archives of that one's; what the visitor wrote stays.
    The record, where both are filled in: an archives that takes no requests here is not.
    """
    record = request.GET.get("record", "").strip()[:120]
    if not record:
        return ""
    typed = visit.said(request, topic)
    clue = typed.get("clue", "")
    if clue in ("", typed.get("record", "")):
        clue = record
    elif record not in clue:
        clue = f"{record}\n{clue}"
    said = {**typed, "record": record, "clue": clue}
    keeper = queries.archives_taking().filter(code=request.GET.get("at", "")).first()
    visit.remember(request, topic, {**said, "archives": str(keeper.pk) if keeper else ""})
    return record if keeper else ""


@public
@require_http_methods(["GET", "POST"])
def step(request: HttpRequest, topic: str, step: str) -> HttpResponse:
    """One screen; whatever was typed is kept, also on the way back."""
    _known(topic)
    place = next((n for n, one in enumerate(STEPS) if one.slug == step), None)
    if place is None:
        raise Missing
    if request.method == "POST" and STEPS[place] is CHECK and (done := _submitted_before(request)):
        return _see(reverse("readingroom:receipt", args=[done]))
    typed = visit.said(request, topic)
    unfinished = _first_unfinished(topic, typed)
    if unfinished is not None and ASKING.index(unfinished) < place:
        return _see(_url(topic, unfinished))
    if STEPS[place] is CHECK:
        return _check(request, topic, typed)
    return _ask(request, topic, place, typed)


def _ask(request: HttpRequest, topic: str, place: int, typed: dict[str, str]) -> HttpResponse:
    one = STEPS[place]
    if request.method == "GET":
        return _show(request, topic, place, _form(one, topic, initial=typed))
    form = _form(one, topic, data=request.POST)
    raw = {name: request.POST.get(name, "") for name in form.fields}
    visit.remember(request, topic, {**typed, **raw})
    if request.POST.get("go") == "back":
        return _see(_back_url(topic, place))
    if not form.is_valid():
        return _show(request, topic, place, form)
    cleaned = {name: str(getattr(value, "pk", value)) for name, value in form.cleaned_data.items()}
    visit.remember(request, topic, {**typed, **cleaned})
    return _see(_url(topic, STEPS[place + 1]))


def _check(request: HttpRequest, topic: str, typed: dict[str, str]) -> HttpResponse:
    place = len(STEPS) - 1
    if not typed.get("submit_key"):
        typed = {**typed, "submit_key": uuid.uuid4().hex}
        visit.remember(request, topic, typed)
    if request.method == "GET":
        return _show(request, topic, place, CheckForm(initial=typed), typed)
    if request.POST.get("go") == "back":
        return _see(_back_url(topic, place))
    form = CheckForm(request.POST)
    if not form.is_valid():
        return _show(request, topic, place, form, typed)
    try:
        row = _submit(request, topic, typed)
    except Refusal as error:
        pages.refused(form, error)
        return _show(request, topic, place, form, typed)
    visit.forget(request, topic)
    visit.open_number(request, row.number)
    return _see(reverse("readingroom:receipt", args=[row.number]))


def _submit(request: HttpRequest, topic: str, typed: Mapping[str, str]) -> Request:
    return services.submit_request(
        ctx_of(request),
        application_of(topic, typed),
        submit_key=typed["submit_key"],
        address=services.address_of(request.META),
    )


def _submitted_before(request: HttpRequest) -> str:
    """The number of the request that this very form made when it was sent the first time."""
    key = request.POST.get("submit_key", "")
    row = Request.objects.filter(submit_key=key).first() if key else None
    return row.number if row is not None and row.number in visit.opened(request) else ""


def _first_unfinished(topic: str, typed: Mapping[str, str]) -> Step | None:
    """The first screen whose answers do not pass."""
    return next((one for one in ASKING if not _form(one, topic, data=typed).is_valid()), None)


def _form(one: Step, topic: str, **kwargs: object) -> forms.Form:
    if one.form is WhatForm:
        kwargs["topic"] = topic
    if one.form is WhereForm:
        kwargs["archives"] = queries.archives_taking()
    return one.form(**kwargs)  # type: ignore[arg-type]


def _show(
    request: HttpRequest,
    topic: str,
    place: int,
    form: forms.Form,
    typed: Mapping[str, str] | None = None,
) -> HttpResponse:
    one = STEPS[place]
    return pages.form(
        request,
        form,
        title=one.question,
        submit=_("提交申请") if one is CHECK else _("下一步"),
        template="readingroom/step.html",
        steps=[known.name for known in STEPS],
        step=place + 1,
        topic_label=TopicKind(topic).label,
        answers=_answers(topic, typed) if typed else [],
    )


def _answers(topic: str, typed: Mapping[str, str]) -> list[dict[str, object]]:
    """Every screen with its answers in words, and the way back to it."""
    return [
        {"name": one.name, "url": _url(topic, one), "rows": list(_rows(_form(one, topic, data=typed)))}
        for one in ASKING
    ]


def _rows(form: forms.Form) -> list[tuple[object, object]]:
    form.is_valid()
    rows = []
    for name, field in form.fields.items():
        value = form.cleaned_data.get(name, "")
        choices = (
            dict(field.choices) if isinstance(field, forms.ChoiceField) and isinstance(value, str) else {}
        )
        rows.append((field.label, choices.get(value, value) or _("未填")))
    return rows


def _known(topic: str) -> None:
    if topic not in TopicKind.values:
        raise Missing


def _url(topic: str, one: Step) -> str:
    return reverse("readingroom:step", args=[topic, one.slug])


def _back_url(topic: str, place: int) -> str:
    return _url(topic, STEPS[place - 1]) if place else reverse("readingroom:begin", args=[topic])


def _see(url: str) -> HttpResponse:
    """303: what follows is a page to look at."""
    answer = HttpResponseRedirect(url)
    answer.status_code = 303
    return answer
