"""How a view answers: a page, a form, a record, or "done"."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from types import MappingProxyType
from typing import Protocol

from django.contrib import messages
from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render, resolve_url
from django.utils.translation import gettext, gettext_lazy

from lantai.kit.errors import Invalid, LantaiError
from lantai.platform.ui.types import Act, Clock, Crumb, Fact, Integrity, Moment, State, Tab, Text, Tone

TONES = {tone.value: tone for tone in Tone}
LEVELS = {Tone.GOOD: messages.SUCCESS, Tone.WARN: messages.WARNING, Tone.BAD: messages.ERROR}


class MoveLike(Protocol):
    """What a button needs to know of a move in a state table."""

    @property
    def name(self) -> str: ...
    @property
    def label(self) -> str: ...
    @property
    def needs_reason(self) -> bool: ...
    @property
    def is_primary(self) -> bool: ...


class StateLike(Protocol):
    """What a badge needs to know of a state in a state table."""

    @property
    def label(self) -> str: ...
    @property
    def tone(self) -> str: ...


class StepLike(Protocol):
    """What a timeline needs to know of a move that was made."""

    @property
    def at(self) -> datetime: ...
    @property
    def actor_name(self) -> str: ...
    @property
    def org_name(self) -> str: ...
    @property
    def label(self) -> str: ...
    @property
    def reason(self) -> str: ...
    @property
    def tone(self) -> str: ...
    @property
    def entry_id(self) -> int | None: ...


def said(error: LantaiError) -> str:
    """The message of ``error`` in the reader's language."""
    text = gettext(error.message) if error.message else ""
    return text % error.params if error.params else text


def show(
    request: HttpRequest, template: str, context: Mapping[str, object] | None = None, *, status: int = 200
) -> HttpResponse:
    """Render ``template``."""
    return render(request, template, dict(context or {}), status=status)


def toast(response: HttpResponse, message: Text, tone: Tone = Tone.GOOD) -> HttpResponse:
    """Have ``message`` shown (and read aloud) when htmx takes the response."""
    response.headers["HX-Trigger"] = json.dumps({"toast": {"text": str(message), "tone": tone.value}})
    return response


def done(request: HttpRequest, message: Text, *, to: object = None, tone: Tone = Tone.GOOD) -> HttpResponse:
    """Say what happened and go on: redirect with the message, or a toast where the page stays.

    ``to`` is an address, a url name or a model with ``get_absolute_url``.
    """
    is_htmx = request.headers.get("HX-Request") == "true"
    if is_htmx and to is None:
        return toast(HttpResponse(status=204), message, tone)
    messages.add_message(request, LEVELS.get(tone, messages.INFO), str(message))
    url = resolve_url(to if to is not None else "/")
    if is_htmx:
        response = HttpResponse(status=204)
        response.headers["HX-Redirect"] = url
        return response
    redirect = HttpResponseRedirect(url)
    redirect.status_code = 303
    return redirect


def refused(form: BaseForm, error: LantaiError) -> None:
    """Put a refusal beside the field it names, or on top of ``form``."""
    field = error.field if isinstance(error, Invalid) and error.field in form.fields else None
    form.add_error(field, said(error))


def form(
    request: HttpRequest,
    form: BaseForm,
    *,
    title: Text,
    submit: Text,
    template: str = "ui/form.html",
    crumbs: Sequence[Crumb] = (),
    cancel_url: str = "",
    intro: Text = "",
    one_more: Text = "",
    status: int | None = None,
    **context: object,
) -> HttpResponse:
    """A form as a page; 422 when it came back with errors.

    ``one_more`` names a second button, that saves and opens the same form anew (`wants_one_more`).
    """
    if status is None:
        status = 422 if form.is_bound and form.errors else 200
    page = {"form": form, "title": title, "submit": submit, "crumbs": crumbs}
    page |= {"cancel_url": cancel_url, "intro": intro, "one_more": one_more}
    return render(request, template, {**page, **context}, status=status)


def wants_one_more(request: HttpRequest) -> bool:
    """Whether a form was saved with the button that opens it anew."""
    return "one_more" in request.POST


def detail(
    request: HttpRequest,
    *,
    title: Text,
    kicker: Text = "",
    state: State | None = None,
    waits_for: Text = "",
    acts: Sequence[Act] = (),
    facts: Sequence[Fact] = (),
    moments: Sequence[Moment] | None = None,
    clocks: Sequence[Clock] = (),
    integrity: Integrity | None = None,
    tabs: Sequence[Tab] = (),
    crumbs: Sequence[Crumb] = (),
    template: str = "ui/detail.html",
    **context: object,
) -> HttpResponse:
    """One record: what it is, how it stands, what may be done next, what happened to it."""
    page = {"title": title, "kicker": kicker, "state": state, "acts": acts, "facts": facts}
    page["waits_for"] = waits_for
    page |= {"moments": moments, "clocks": clocks, "integrity": integrity, "tabs": tabs, "crumbs": crumbs}
    return render(request, template, {**page, **context})


def acts_of(
    moves: Iterable[MoveLike],
    url: Callable[[str], str],
    *,
    primary: str = "",
    confirm: Mapping[str, str] = MappingProxyType({}),
) -> tuple[Act, ...]:
    """The possible moves of a row as buttons; ``url`` gives the address each is posted to.

    ``confirm``: what is said before a move that cannot be taken back.
    """
    return tuple(
        Act(
            gettext_lazy(move.label),
            url(move.name),
            tone=Tone.PRIMARY if move.is_primary or move.name == primary else Tone.PLAIN,
            needs_reason=move.needs_reason,
            confirm=confirm.get(move.name, ""),
        )
        for move in moves
    )


def state_of(found: StateLike) -> State:
    """A state of a state table as a badge."""
    return State(gettext_lazy(found.label), TONES.get(found.tone, Tone.PLAIN))


def states_of(states: Mapping[str, StateLike]) -> dict[str, State]:
    """All states of a state table as badges, for a column."""
    return {slug: state_of(state) for slug, state in states.items()}


def moments_of(
    steps: Iterable[StepLike], proof_url: Callable[[int], str] | None = None
) -> tuple[Moment, ...]:
    """The moves that were made, as a timeline; newest first."""
    found = tuple(_moment(step, proof_url) for step in steps)
    return found[::-1]


def _moment(step: StepLike, proof_url: Callable[[int], str] | None) -> Moment:
    who = f"{step.actor_name} · {step.org_name}" if step.org_name else step.actor_name
    proof = proof_url(step.entry_id) if proof_url is not None and step.entry_id is not None else ""
    return Moment(
        step.at, who, gettext_lazy(step.label), step.reason, proof, TONES.get(step.tone, Tone.PLAIN)
    )
