"""Templates compile, hold nothing that runs, and every page is a whole page."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path

import pytest
from django.http import HttpResponse
from django.template import TemplateDoesNotExist, TemplateSyntaxError
from django.template.loader import get_template

from tests.arch.asking import ask, visitors
from tests.arch.sources import SRC
from tests.arch.visits import Visit, faults
from tests.world import World

_COMMENT = re.compile(r"\{#.*?#\}|\{% comment.*?endcomment %\}|<!--.*?-->", re.S)
BANNED = {
    "unescaped text": re.compile(r"\|\s*safe(seq)?\b|\{%\s*autoescape\s+off"),
    "inline script": re.compile(r"<script\b(?![^>]*\bsrc=)[^>]*>|javascript:", re.I),
    "inline style": re.compile(r"<style\b|\sstyle\s*=", re.I),
    "inline handler": re.compile(r"<[^>]*\son[a-z]+\s*=", re.I),
    "foreign source": re.compile(r"(?:src|href)=[\"']?(?:https?:)?//", re.I),
}


def templates() -> list[Path]:
    """Every template file of the product."""
    return sorted(path for path in SRC.rglob("templates/**/*") if path.suffix in {".html", ".txt"})


def name_of(path: Path) -> str:
    """The name under which the loader finds a template."""
    parts = path.parts
    last = len(parts) - 1 - parts[::-1].index("templates")
    return "/".join(parts[last + 1 :])


def test_every_template_compiles() -> None:
    broken = []
    for path in templates():
        try:
            get_template(name_of(path))
        except (TemplateSyntaxError, TemplateDoesNotExist) as error:
            broken.append(f"{name_of(path)}: {error}")
    assert broken == []


@pytest.mark.parametrize("what", BANNED)
def test_no_template_holds(what: str) -> None:
    found = []
    for path in templates():
        text = _COMMENT.sub("", path.read_text("utf-8"))
        found += [f"{name_of(path)}: {hit[0][:80]}" for hit in BANNED[what].finditer(text)]
    assert found == []


@pytest.mark.parametrize(
    ("what", "text"),
    [
        ("unescaped text", "{{ x|safe }}"),
        ("inline script", "<script>x()</script>"),
        ("inline style", '<p style="color:red">'),
        ("inline handler", '<a onclick="x()">'),
        ("foreign source", '<img src="https://example.org/x.png">'),
    ],
)
def test_a_breach_is_found_of(what: str, text: str) -> None:
    assert BANNED[what].search(text)


def test_a_script_from_a_file_is_no_breach() -> None:
    assert not BANNED["inline script"].search('<script type="module" src="x.js"></script>')


# Pages that need what no row made from its model has: content in the store, a finished test, a draft, an account
# of the house. The apps' own tests open them.
NEEDS_CONTENT = frozenset(
    {
        "acquisition:agreement",
        "acquisition:certificate",
        "acquisition:file",
        "acquisition:handover",
        "acquisition:recording",
        "catalogue:arrange",
        "catalogue:by_code",
        "catalogue:evidence",
        "catalogue:marks",
        "catalogue:original",
        "catalogue:page",
        "catalogue:proof",
        "closed",
        "connectors:change",
        "connectors:file",
        "custody:bundle_zip",
        "custody:proof",
        "custody:proof_of",
        "desk:assign_role",
        "desk:new_token",
        "desk:set_password",
        "desk:user",
        "filing:original",
        "filing:page",
        "following:witnessed",
        "holdings:edit_schedule",
        "imports:report",
        "intake:agreement",
        "intake:annex",
        "intake:annex_all",
        "intake:annex_import",
        "intake:annex_item",
        "intake:annex_xlsx",
        "intake:drop_entry",
        "intake:register",
        "intake:register_pdf",
        "intake:report",
        "intake:return_list",
        "log:keys",
        "migration:picture",
        "pictures:former_collection",
        "pictures:former_fonds",
        "pictures:former_manifest",
        "pictures:former_service",
        "pictures:viewer",
        "printing:fill",
        "readingroom:certificate_pdf",
        "singleset:approval",
        "singleset:evidence",
        "topics:open_topic",
        "witness:proof",
    }
)


def test_every_page_is_a_whole_page_for_whoever_may_open_it(visits: list[Visit]) -> None:
    found = [f"{visit.address} as {visit.role}: {fault}" for visit in visits for fault in visit.faults]
    assert found == [], "\n" + "\n".join(found)


def test_every_page_is_opened_by_somebody_of_the_house(visits: list[Visit]) -> None:
    statuses: dict[str, set[int]] = {}
    for visit in visits:
        if "sample" not in visit.address and visit.route.name not in NEEDS_CONTENT:
            statuses.setdefault(visit.route.name, set()).add(visit.status)
    shut = [name for name, seen in statuses.items() if seen == {404}]
    assert not shut, f"nobody of the house can open {' '.join(shut)}"


@pytest.mark.usefixtures("remembered")
def test_every_page_is_a_whole_page_in_english_for_the_first_who_opens_it(
    world: World, visits: list[Visit]
) -> None:
    clients = visitors(world.home)
    found = [
        f"{visit.address} as {visit.role}: {fault}"
        for visit in _first_readers(visits)
        for fault in faults(ask(clients[visit.role], "GET", visit.address, headers={"accept-language": "en"}))
    ]
    assert found == [], "\n" + "\n".join(found)


def _first_readers(visits: list[Visit]) -> Iterator[Visit]:
    """For each address the visit of the first whom it let in; in the second language one reader is enough."""
    for _address, group in groupby(visits, key=lambda visit: visit.address):
        asked = list(group)
        yield next((visit for visit in asked if visit.status == 200), asked[0])


@pytest.mark.parametrize(
    ("page", "fault"),
    [
        ("<p>", "0 h1"),
        ("<h1>1</h1><h1>2</h1>", "2 h1"),
        ("<h1 id=x>1</h1><p id=y><p id=x>", "id x twice"),
    ],
)
def test_a_fault_of_a_page_is_found(page: str, fault: str) -> None:
    assert faults(HttpResponse(f"<!doctype html><html lang=zh>{page}</html>")) == [fault]


def test_a_page_without_a_language_is_found_and_a_fragment_needs_none() -> None:
    assert faults(HttpResponse("<html><h1>1</h1></html>")) == ["no lang"]
    assert faults(HttpResponse("<p id=x><p id=x>")) == []
