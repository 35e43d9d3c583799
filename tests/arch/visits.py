"""Every page of the product, opened once by each role that may and one that may not: what all sweeps judge."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from django.http import HttpResponse
from django.test import Client
from lxml import etree

from tests.arch.asking import ask, callers, visitors
from tests.arch.routes import Route, ids_for, routes
from tests.world import World

LIST = "ui/_list.html"


@dataclass(frozen=True)
class Visit:
    """What somebody got at an address."""

    route: Route
    address: str
    role: str
    status: int
    faults: tuple[str, ...]
    is_list: bool
    has_rows: bool
    asks: tuple[str, ...]  # what its list can be narrowed by, or its form asks for


def visit_all(world: World) -> list[Visit]:
    """Every plain page of ours, by everybody of `callers`."""
    clients = visitors(world.home)
    return [visit for route in pages() for visit in _visits(route, world, clients)]


def pages() -> Iterator[Route]:
    """The routes of ours that answer without more than a number in the address."""
    return (route for route in routes() if route.is_ours and route.is_plain)


def _visits(route: Route, world: World, clients: dict[str, Client]) -> Iterator[Visit]:
    address = route.address(ids_for(route))
    for role in callers(route.gates["GET"], world.home):
        answer = ask(clients[role], "GET", address, headers={"accept-language": "zh-hans"})
        is_list = any(template.name == LIST for template in getattr(answer, "templates", ()))
        has_rows = is_list and bool(answer.context["listing"].rows)
        yield Visit(
            route, address, role, answer.status_code, tuple(faults(answer)), is_list, has_rows, _asks(answer)
        )


def _asks(answer: HttpResponse) -> tuple[str, ...]:
    context = getattr(answer, "context", None) or {}
    listing, form = (context.get(name) for name in ("listing", "form"))
    filters = listing.table.filters if hasattr(listing, "table") else ()
    fields = form.fields if hasattr(form, "fields") else ()
    return (*(name for one in filters for name in one.parameters), *fields)


def faults(answer: HttpResponse) -> list[str]:
    """What is wrong with an answer; a fragment of a page may lack what a whole one must have."""
    if answer.status_code >= 500:
        return [f"status {answer.status_code}"]
    if answer.status_code != 200 or not answer["Content-Type"].startswith("text/html") or answer.streaming:
        return []
    return list(_faults_of_page(answer.content)) if b"<html" in answer.content.lower() else []


def _faults_of_page(text: bytes) -> Iterator[str]:
    """A whole page has one heading of the first degree, a language, and every id once."""
    root = etree.fromstring(text, etree.HTMLParser(encoding="utf-8", huge_tree=True))
    if (count := int(root.xpath("count(//h1)"))) != 1:
        yield f"{count} h1"
    if not root.get("lang"):
        yield "no lang"
    ids = Counter(str(found) for found in root.xpath("//@id"))
    yield from (f"id {name} twice" for name, count in sorted(ids.items()) if count > 1)
