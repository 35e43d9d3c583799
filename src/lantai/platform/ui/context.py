"""What every template knows: the menu of the actor, the numbers of the header, how the page should look."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache

from django.http import HttpRequest
from django.urls import NoReverseMatch, get_script_prefix, reverse
from django.utils.functional import cached_property

from lantai import __version__
from lantai.platform.context import ANONYMOUS, Channel, Ctx, new_request_id
from lantai.platform.ui import registry
from lantai.platform.ui.types import Text

THEMES = ("auto", "light", "dark")
MODES = ("plain", "elder")
THEME_COOKIE = "lantai_theme"
MODE_COOKIE = "lantai_mode"


def ctx_of(request: HttpRequest) -> Ctx:
    """The context of ``request``; a stranger's when the request failed before one was made."""
    found = getattr(request, "ctx", None)
    if isinstance(found, Ctx):
        return found
    request_id = request.headers.get("X-Request-Id", "")[:64] or new_request_id()
    return Ctx(ANONYMOUS, None, "", datetime.now(UTC), request_id, Channel.WEB)


def url_or_nothing(url_name: str) -> str:
    """The address of ``url_name``, or "" where this installation has no such page."""
    return _address(url_name, get_script_prefix())


@cache
def _address(url_name: str, _prefix: str) -> str:
    """Looked up once: the menu asks for each of its lines on every page."""
    try:
        return reverse(url_name)
    except NoReverseMatch:
        return ""


@dataclass(frozen=True, slots=True)
class MenuLine:
    """A line of the navigation as shown."""

    label: Text
    url: str
    icon: str
    count: int
    is_current: bool


@dataclass(frozen=True, slots=True)
class MenuSection:
    """A word of the navigation with its lines."""

    slug: str
    label: Text
    lines: list[MenuLine]
    is_current: bool


@dataclass(frozen=True, slots=True)
class Badge:
    """A number of the header or of the home page as shown."""

    label: Text
    url: str
    icon: str
    number: int
    unit: Text = ""


class Page:
    """Read lazily by templates, so that a fragment pays for nothing it does not show."""

    def __init__(self, request: HttpRequest) -> None:
        self._request = request
        self._ctx = ctx_of(request)

    @property
    def request_id(self) -> str:
        """What a person can quote."""
        return self._ctx.request_id

    @property
    def now(self) -> datetime:
        """The instant of the request."""
        return self._ctx.now

    @property
    def version(self) -> str:
        """Version of the product."""
        return __version__

    @property
    def org_name(self) -> str:
        """The organisation acted for."""
        return self._ctx.org_name

    @property
    def actor_name(self) -> str:
        """Name of the actor; "" for a stranger."""
        return self._ctx.actor.name if self._ctx.actor.id is not None else ""

    @property
    def here(self) -> str:
        """Path and query of this page."""
        return self._request.get_full_path()

    @property
    def theme(self) -> str:
        """``auto``, ``light`` or ``dark``, as the reader chose on this device."""
        chosen = self._request.COOKIES.get(THEME_COOKIE, "")
        return chosen if chosen in THEMES else "auto"

    @property
    def mode(self) -> str:
        """``plain`` or ``elder``."""
        chosen = self._request.COOKIES.get(MODE_COOKIE, "")
        return chosen if chosen in MODES else "plain"

    @cached_property
    def menu(self) -> list[MenuSection]:
        """The navigation of this actor."""
        found = registry.menu_for(self._ctx.actor)
        return [self._section(section, items) for section, items in found.items()]

    @cached_property
    def counters(self) -> list[Badge]:
        """The numbers of the header; none for a stranger."""
        return list(self._counters()) if self._ctx.actor.id is not None else []

    @cached_property
    def tiles(self) -> list[Badge]:
        """The figures of the home page."""
        found = registry.tiles_for(self._ctx.actor)
        return [Badge(t.label, url_or_nothing(t.url_name), "", t.number(self._ctx), t.unit) for t in found]

    @property
    def search(self) -> dict[str, object] | None:
        """Where the search box leads, with what was last asked."""
        box = registry.search_box()
        if box is None or not (url := url_or_nothing(box.url_name)):
            return None
        asked = self._request.GET.get(box.parameter, "") if self._request.path == url else ""
        return {"url": url, "placeholder": box.placeholder, "parameter": box.parameter, "asked": asked}

    @cached_property
    def orgs(self) -> dict[str, object] | None:
        """The organisations the actor may switch between, when there is more than one."""
        switch = registry.org_switch()
        if switch is None or self._ctx.actor.id is None or not (url := url_or_nothing(switch.url_name)):
            return None
        choices = switch.choices(self._ctx)
        return {"url": url, "choices": choices, "current": self._ctx.org_id} if len(choices) > 1 else None

    def _counters(self) -> Iterator[Badge]:
        for counter in registry.counters():
            if url := url_or_nothing(counter.url_name):
                yield Badge(counter.label, url, counter.icon, counter.count(self._ctx))

    def _section(self, section: registry.Section, items: list[registry.MenuItem]) -> MenuSection:
        lines = [line for item in items if (line := self._line(item)) is not None]
        is_current = any(line.is_current for line in lines)
        return MenuSection(section.value, registry.SECTION_LABELS[section], lines, is_current)

    @cached_property
    def _menu_here(self) -> str:
        """The address of the menu line that this page belongs to: the longest that its own begins with."""
        items = itertools.chain.from_iterable(registry.menu_for(self._ctx.actor).values())
        urls = (url_or_nothing(item.url_name) for item in items)
        return max((url for url in urls if url and self._request.path.startswith(url)), key=len, default="")

    def _line(self, item: registry.MenuItem) -> MenuLine | None:
        url = url_or_nothing(item.url_name)
        if not url:
            return None
        count = item.count(self._ctx) if item.count else 0
        return MenuLine(item.label, url, item.icon, count, url == self._menu_here)


def page(request: HttpRequest) -> dict[str, Page]:
    """Context processor: ``{{ page.… }}`` in every template."""
    return {"page": Page(request)}
