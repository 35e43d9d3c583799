"""How values read: sizes, numbers, days, instants, states."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from functools import cache

from django.templatetags.static import static
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from lantai.platform.ui.types import State

UNITS = ("B", "kB", "MB", "GB", "TB", "PB")


def size(byte_count: int) -> str:
    """Bytes in decimal units with three significant figures: 12.4 MB."""
    amount, unit = float(byte_count), 0
    while amount >= 999.5 and unit < len(UNITS) - 1:
        amount, unit = amount / 1000, unit + 1
    places = 0 if unit == 0 or amount >= 99.95 else 1
    return f"{amount:.{places}f} {UNITS[unit]}"


def grouped(number: int) -> str:
    """18,204: thousands apart, in every language of the product."""
    return f"{number:,}"


def ago(at: datetime, now: datetime) -> str:
    """How long before (or after) ``now`` the instant is, in the largest whole unit."""
    away = now - at
    if away < timedelta(0):
        return _("%(n)s后") % {"n": _span(-away)}
    return _("刚刚") if away < timedelta(minutes=1) else _("%(n)s前") % {"n": _span(away)}


def _span(length: timedelta) -> str:
    minutes = int(length.total_seconds() // 60)
    if minutes < 60:
        return _("%(n)d 分钟") % {"n": minutes}
    if minutes < 60 * 24:
        return _("%(n)d 小时") % {"n": minutes // 60}
    return _("%(n)d 天") % {"n": minutes // (60 * 24)}


def moment_tag(at: datetime) -> SafeString:
    """Absolute local time; how long ago stands in the title."""
    local = timezone.localtime(at) if timezone.is_aware(at) else at
    title = ago(at, timezone.now()) if timezone.is_aware(at) else ""
    return format_html(
        '<time datetime="{}" title="{}">{}</time>', local.isoformat(), title, local.strftime("%Y-%m-%d %H:%M")
    )


def day_tag(day: date) -> SafeString:
    """A day as 2011-03-05."""
    return format_html('<time datetime="{0}">{0}</time>', day.isoformat())


def icon_tag(name: str, label: str = "") -> SafeString:
    """An icon of the sprite; without ``label`` it is an ornament beside a word and hidden from readers."""
    if not label:
        return _ornament(name)
    return format_html(
        '<svg class="icon" role="img" aria-label="{}"><use href="{}#{}"></use></svg>', label, _sprite(), name
    )


@cache
def _ornament(name: str) -> SafeString:
    """Made once: a page has some fifty."""
    return format_html(
        '<svg class="icon" aria-hidden="true" focusable="false"><use href="{}#{}"></use></svg>',
        _sprite(),
        name,
    )


@cache
def _sprite() -> str:
    return static("ui/icons.svg")


def state_tag(state: State) -> SafeString:
    """The word of a state with its icon and colour."""
    return format_html(
        '<span class="state state-{}">{}{}</span>', state.tone.value, icon_tag(state.tone.icon), state.label
    )
