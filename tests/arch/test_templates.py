"""Templates compile, hold nothing that runs, and every page is a whole page."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

import pytest
from django.http import HttpResponse
from django.template import TemplateDoesNotExist, TemplateSyntaxError
from django.template.loader import get_template

from tests.arch.conftest import ask, callers, visitors
from tests.arch.routes import ids_for, routes
from tests.arch.sources import SRC
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
        "pictures:info",
        "pictures:manifest",
        "pictures:service",
        "pictures:viewer",
        "readingroom:certificate_pdf",
        "singleset:approval",
        "singleset:evidence",
        "topics:open_topic",
        "witness:proof",
    }
)


class Page(HTMLParser):
    """What a page must have once, counted."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.h1 = 0
        self.lang = ""
        self.ids: list[str] = []
        self.is_whole = False
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Count headings, note language and ids."""
        known = dict(attrs)
        self.h1 += tag == "h1"
        if tag == "html":
            self.is_whole, self.lang = True, known.get("lang") or ""
        if known.get("id"):
            self.ids.append(str(known["id"]))

    def faults(self) -> Iterator[str]:
        """What is wrong with a whole page."""
        if self.h1 != 1:
            yield f"{self.h1} h1"
        if not self.lang:
            yield "no lang"
        yield from (f"id {name} twice" for name in sorted({i for i in self.ids if self.ids.count(i) > 1}))


def _faults(answer: HttpResponse) -> list[str]:
    if answer.status_code >= 500:
        return [f"status {answer.status_code}"]
    if answer.status_code != 200 or not answer["Content-Type"].startswith("text/html") or answer.streaming:
        return []
    page = Page(answer.content.decode())
    return list(page.faults()) if page.is_whole else []


@pytest.mark.usefixtures("remembered")
@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_every_page_is_a_whole_page_for_whoever_may_open_it(world: World, language: str) -> None:
    clients = visitors(world.home)
    found, shut = [], []
    for route in routes():
        if not route.is_ours or not route.is_plain:
            continue
        address = route.address(ids_for(route))
        statuses = set()
        for role in callers(route, world.home):
            answer = ask(clients[role], "GET", address, headers={"accept-language": language})
            statuses.add(answer.status_code)
            found += [f"{address} as {role}: {fault}" for fault in _faults(answer)]
            if language == "en" and answer.status_code == 200:
                break  # in the second language one reader is enough
        if statuses == {404} and "sample" not in address and route.name not in NEEDS_CONTENT:
            shut.append(route.name)
    assert found == [], "\n" + "\n".join(found)
    assert shut == [], f"nobody of the house can open {shut}"
