"""The page parts as template tags: ``{% load ui %}``."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from django import template
from django.forms import BaseForm, BoundField, CheckboxInput, FileInput, ModelChoiceField
from django.forms.widgets import CheckboxSelectMultiple, RadioSelect
from django.templatetags.static import static
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from lantai.platform.ui import fields, words
from lantai.platform.ui.context import url_or_nothing
from lantai.platform.ui.tables.columns import NOTHING, Kind, as_kind
from lantai.platform.ui.types import (
    Act,
    Clock,
    Crumb,
    Empty,
    Fact,
    Integrity,
    Moment,
    Progress,
    State,
    Tab,
    Text,
    Tone,
)

register = template.Library()
register.filter("help_of", fields.help_of)
register.filter("choices_of", fields.choices_of)
Context = dict[str, object]

LONG_HELP = 30
_DASHES = "---------"  # what Django calls a choice of nothing


@register.simple_tag
def icon(name: str, label: str = "") -> SafeString:
    """An icon of the sprite; give ``label`` only where no word stands beside it."""
    return words.icon_tag(name, label)


@register.simple_tag
def icon_url() -> str:
    """Address of the sprite, for scripts."""
    return static("ui/icons.svg")


@register.simple_tag
def optional_url(url_name: str) -> str:
    """The address of a page, or "" where this installation has none."""
    return url_or_nothing(url_name)


@register.simple_tag
def state(state: State) -> SafeString:
    """A state as word, icon and colour."""
    return words.state_tag(state)


@register.filter
def size(byte_count: int) -> str:
    """12.4 MB."""
    return words.size(byte_count)


@register.filter
def grouped(number: int) -> str:
    """18,204."""
    return words.grouped(number)


@register.filter
def moment(at: datetime | None) -> SafeString | str:
    """Local date and time as a ``time`` element."""
    return words.moment_tag(at) if at is not None else NOTHING


@register.filter
def moment_text(at: datetime) -> str:
    """Local date and time as bare text."""
    return timezone.localtime(at).strftime("%Y-%m-%d %H:%M")


@register.filter
def day(value: date | None) -> SafeString | str:
    """A day as a ``time`` element."""
    return words.day_tag(value) if value is not None else NOTHING


@register.filter
def shown(fact: Fact) -> object:
    """The value of a fact in its kind."""
    if fact.value is None or fact.value == "":
        return NOTHING
    return as_kind(fact.value, Kind(fact.kind))


def _with_request(context: Context, **more: object) -> Context:
    return {"request": context.get("request"), "csrf_token": context.get("csrf_token"), **more}


@register.inclusion_tag("ui/_acts.html", takes_context=True)
def acts(context: Context, acts: Sequence[Act]) -> Context:
    """Buttons in a row, what is mostly done next at its head."""
    return _with_request(context, acts=sorted(acts, key=lambda act: act.tone != Tone.PRIMARY))


@register.inclusion_tag("ui/_acts.html", takes_context=True)
def act(context: Context, act: Act) -> Context:
    """One button."""
    return _with_request(context, acts=[act])


@register.inclusion_tag("ui/_acts.html", takes_context=True)
def ask(context: Context, label: Text, url: str, confirm: Text, of: Text = "", **fields: str) -> Context:
    """A button that says what will be gone before it sends; ``of`` tells it from its neighbours where it is heard."""
    whole = format_html('{}<span class="away"> {}</span>', label, of) if of else label
    return _with_request(context, acts=[Act(whole, url, Tone.BAD, confirm=confirm, fields=fields)])


@register.inclusion_tag("ui/_integrity.html")
def integrity(integrity: Integrity) -> Context:
    """The integrity badge; opens the evidence."""
    return {"integrity": integrity, "state": State(integrity.label, integrity.tone)}


@register.inclusion_tag("ui/_facts.html")
def facts(facts: Sequence[Fact]) -> Context:
    """Labelled values."""
    return {"facts": facts}


@register.inclusion_tag("ui/_timeline.html")
def timeline(moments: Sequence[Moment]) -> Context:
    """What happened to a record."""
    return {"moments": moments}


@register.inclusion_tag("ui/_track.html")
def track(moments: Sequence[Moment]) -> Context:
    """The same for readers: a vertical parcel line."""
    return {"moments": moments}


@register.inclusion_tag("ui/_progress.html", takes_context=True)
def progress(context: Context, progress: Progress) -> Context:
    """A bar with count, rate, time left and log that polls until the work is finished."""
    return _with_request(context, progress=progress)


@register.inclusion_tag("ui/_empty.html", takes_context=True)
def empty(context: Context, title: Text | Empty, text: Text = "", act: Act | None = None) -> Context:
    """What will appear here, and the first act."""
    found = title if isinstance(title, Empty) else Empty(title, text, act)
    return _with_request(context, empty=found)


@register.inclusion_tag("ui/_tabs.html")
def tabs(tabs: Sequence[Tab]) -> Context:
    """Parallel pages about the same thing."""
    return {"tabs": tabs}


@register.inclusion_tag("ui/_crumbs.html")
def crumbs(crumbs: Sequence[Crumb]) -> Context:
    """The path to this page."""
    return {"crumbs": crumbs}


@register.inclusion_tag("ui/_clock.html")
def clock(clock: Clock) -> Context:
    """A statutory clock in working days."""
    return {"clock": clock, "icon": "clock-exclamation" if clock.days_left < 0 else "clock"}


@register.inclusion_tag("ui/_errors.html")
def error_summary(form: BaseForm) -> Context:
    """All errors of a form on top of it, each a link to its field."""
    wrong = [(form[name], messages) for name, messages in form.errors.items() if name in form.fields]
    return {"form": form, "wrong": wrong}


@register.inclusion_tag("ui/_field.html")
def field(field: BoundField) -> Context:
    """One field: label above, control, help, errors; wired for readers."""
    widget = field.field.widget
    is_group = isinstance(widget, RadioSelect | CheckboxSelectMultiple)
    is_tick = isinstance(widget, CheckboxInput)
    attrs: dict[str, object] = {}
    notes = [
        f"{field.auto_id}_{what}"
        for what, there in (("help", field.help_text), ("wrong", field.errors))
        if there
    ]
    if notes:
        attrs["aria-describedby"] = " ".join(notes)
    if field.errors:
        attrs["aria-invalid"] = "true"
    if isinstance(field.field, ModelChoiceField) and field.field.empty_label == _DASHES:
        field.field.empty_label = _("请选择") if field.field.required else _("不选")
    is_long = len(str(field.help_text)) > LONG_HELP and not isinstance(widget, FileInput)
    is_needed = field.field.required or widget.attrs.get("aria-required") == "true"
    kinds = {"is_group": is_group, "is_tick": is_tick, "is_long": is_long, "is_needed": is_needed}
    return {"field": field, "control": field.as_widget(attrs=attrs), **kinds}


@register.inclusion_tag("ui/_fields.html")
def fields(form: BaseForm) -> Context:
    """Every field of a form, in its ``fieldsets`` when it has any."""
    sets = getattr(form, "fieldsets", None)
    if not sets:
        return {"form": form, "groups": [("", form.visible_fields())]}
    groups = [(title, [form[name] for name in names if name in form.fields]) for title, names in sets]
    named = {bound.name for _, bounds in groups for bound in bounds}
    rest = [bound for bound in form.visible_fields() if bound.name not in named]
    return {"form": form, "groups": [*groups, ("", rest)] if rest else groups}
