"""What the pages offer: menu, counters, tiles, search and organisations, registered from ``ready()``."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from lantai.platform.context import Actor, Ctx
from lantai.platform.ui.types import Tab, Text


class Section(StrEnum):
    """The archivist's four words, and the machine room."""

    TAKE = "take"
    KEEP = "keep"
    USE = "use"
    GOVERN = "govern"
    SYSTEM = "system"


SECTION_LABELS: dict[Section, Text] = {
    Section.TAKE: _("收"),
    Section.KEEP: _("管"),
    Section.USE: _("用"),
    Section.GOVERN: _("治"),
    Section.SYSTEM: _("系统"),
}

Count = Callable[[Ctx], int]


@dataclass(frozen=True, slots=True)
class MenuItem:
    """A line of the navigation; shown to who holds any of ``permissions`` (none: everybody)."""

    section: Section
    label: Text
    url_name: str
    permissions: tuple[str, ...] = ()
    order: int = 100
    icon: str = "circle"
    count: Count | None = None


@dataclass(frozen=True, slots=True)
class Counter:
    """A number in the header that opens the list behind it."""

    slug: str
    label: Text
    url_name: str
    count: Count
    icon: str = "bell"
    order: int = 100


@dataclass(frozen=True, slots=True)
class Tile:
    """A figure of the home page that opens the list behind it."""

    slug: str
    label: Text
    number: Count
    url_name: str
    permissions: tuple[str, ...] = ()
    order: int = 100
    unit: Text = ""


@dataclass(frozen=True, slots=True)
class SearchBox:
    """Where the header's search box leads."""

    url_name: str
    placeholder: Text
    parameter: str = "q"


@dataclass(frozen=True, slots=True)
class OrgSwitch:
    """How the organisation acted for is changed: POST ``org`` and ``next`` to ``url_name``."""

    url_name: str
    choices: Callable[[Ctx], Sequence[tuple[int, str]]]


@dataclass(frozen=True, slots=True)
class PageTab:
    """A page of a higher app beside the page of a record of kind ``subject``; its address takes the id alone."""

    subject: str
    label: Text
    url_name: str
    permissions: tuple[str, ...] = ()
    order: int = 100


_tabs: dict[tuple[str, str], PageTab] = {}
_menu: dict[tuple[Section, str], MenuItem] = {}
_counters: dict[str, Counter] = {}
_tiles: dict[str, Tile] = {}
_single: dict[str, SearchBox | OrgSwitch] = {}


def register_menu(*items: MenuItem) -> None:
    """Add lines to the navigation; the same section and url name again replaces the line."""
    for item in items:
        _menu[item.section, item.url_name] = item


def register_tab(*tabs: PageTab) -> None:
    """Put pages beside the page of a record; the same url name again replaces the tab."""
    for tab in tabs:
        _tabs[tab.subject, tab.url_name] = tab


def tabs_for(actor: Actor, subject: str, pk: int, *, current: str) -> list[Tab]:
    """The pages about one record that ``actor`` may see; none where there is only one."""
    mine = [tab for tab in _tabs.values() if tab.subject == subject and may_see(actor, tab.permissions)]
    mine.sort(key=lambda tab: (tab.order, tab.url_name))
    found = [Tab(tab.label, reverse(tab.url_name, args=[pk]), tab.url_name == current) for tab in mine]
    return found if len(found) > 1 else []


def register_counter(counter: Counter) -> None:
    """Add a number to the header."""
    _counters[counter.slug] = counter


def register_tile(tile: Tile) -> None:
    """Add a figure to the home page."""
    _tiles[tile.slug] = tile


def register_search(url_name: str, *, placeholder: Text, parameter: str = "q") -> None:
    """Say where the header's search box leads."""
    _single["search"] = SearchBox(url_name, placeholder, parameter)


def register_org_switch(url_name: str, *, choices: Callable[[Ctx], Sequence[tuple[int, str]]]) -> None:
    """Say between which organisations an actor may switch, and where."""
    _single["orgs"] = OrgSwitch(url_name, choices)


def search_box() -> SearchBox | None:
    """The registered search box, if any."""
    found = _single.get("search")
    return found if isinstance(found, SearchBox) else None


def org_switch() -> OrgSwitch | None:
    """The registered organisation switch, if any."""
    found = _single.get("orgs")
    return found if isinstance(found, OrgSwitch) else None


def may_see(actor: Actor, permissions: Iterable[str]) -> bool:
    """Whether ``actor`` is signed in and holds any of ``permissions`` (or none is asked for)."""
    wanted = tuple(permissions)
    return actor.id is not None and (not wanted or any(actor.holds(p) for p in wanted))


def menu_for(actor: Actor) -> dict[Section, list[MenuItem]]:
    """The navigation of ``actor``, in the order of the sections; empty sections are left out."""
    ordered = sorted(_menu.values(), key=lambda item: (item.order, item.url_name))
    seen = [item for item in ordered if may_see(actor, item.permissions)]
    by_section = {section: [item for item in seen if item.section is section] for section in Section}
    return {section: items for section, items in by_section.items() if items}


def counters() -> list[Counter]:
    """The header's numbers in their order."""
    return sorted(_counters.values(), key=lambda counter: (counter.order, counter.slug))


def tiles_for(actor: Actor) -> list[Tile]:
    """The figures of the home page that ``actor`` may see."""
    ordered = sorted(_tiles.values(), key=lambda tile: (tile.order, tile.slug))
    return [tile for tile in ordered if may_see(actor, tile.permissions)]
