"""Odd addresses and odd forms: whoever sends them gets a page that says what to do, never a fault of ours."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator
from itertools import cycle, groupby, islice

import pytest
from django.http import HttpResponse, QueryDict

from tests.arch.asking import ask, visitors
from tests.arch.sources import SRC
from tests.arch.visits import Visit
from tests.world import World

pytestmark = pytest.mark.usefixtures("remembered")

FORM = "application/x-www-form-urlencoded"
_READ = re.compile(r'(?:request\.|\b)(?:GET|POST|data|params)\.get(?:list)?\(\s*"(\w+)"')
_MACHINES = {"tsa:stamp"}  # answer other programs, by number
_FILES = {"export", "print"}  # answer with a file instead of a page, and would hide the rest


def _cursor(text: str) -> str:
    return base64.urlsafe_b64encode(text.encode("utf-8", "surrogatepass")).decode().rstrip("=")


HOSTILE = (
    "\x00",
    "9" * 5_000,  # Python reads no number of so many digits
    "9" * 19,  # no bigint
    "-1",
    "0001-01-01",  # before the first moment, in a zone ahead of UTC
    "9999-12-31",
    "2026-02-30",
    "1e400000",
    "NaN",
    "²",
    "𠮷\u202e",
    "'\"\\%_(",
    "[",
    "x" * 3_000,
    _cursor('["\\u0000", 1]'),
    _cursor('["\\ud800", 1]'),
    _cursor("[1e999, Infinity]"),
    _cursor("[" * 5_000),
    _cursor("[null, null]"),
    _cursor('["9999-12-31T23:59:59", 1]'),
)


@pytest.fixture(scope="module")
def names() -> list[str]:
    """Every parameter that some page reads by name."""
    texts = (path.read_text("utf-8") for path in SRC.rglob("*.py"))
    return sorted({name for text in texts for name in _READ.findall(text)} - _FILES)


def _pages(visits: list[Visit]) -> Iterator[Visit]:
    """For each address the visit of the first whom it let in."""
    named = (visit for visit in visits if visit.route.name not in _MACHINES)
    for _address, group in groupby(named, key=lambda visit: visit.address):
        asked = list(group)
        yield next((visit for visit in asked if visit.status in {200, 405}), asked[0])


def _spelled(visit: Visit, names: list[str], turn: int) -> str:
    """All parameters, each with another of the values; the next page begins with the next value."""
    data = QueryDict(mutable=True)
    data.update(dict(zip([*names, *visit.asks], islice(cycle(HOSTILE), turn, None), strict=False)))
    return data.urlencode()


def _faults(answer: HttpResponse) -> list[str]:
    """A fault of ours, or a refusal without a sentence for the reader."""
    if answer.status_code >= 500:
        return [f"status {answer.status_code}"]
    is_page = answer["Content-Type"].startswith("text/html") if answer.has_header("Content-Type") else False
    if answer.status_code < 400 or answer.status_code == 405 or not is_page or answer.streaming:
        return []
    is_said = re.search(r"[\u4e00-\u9fff][^<]*。", answer.content.decode()) or answer.has_header("HX-Trigger")
    return [] if is_said else [f"status {answer.status_code} without a word"]


def test_no_page_breaks_over_what_stands_in_its_address(
    world: World, visits: list[Visit], names: list[str]
) -> None:
    clients, found = visitors(world.home), []
    for turn, visit in enumerate(_pages(visits)):
        address = f"{visit.address}?{_spelled(visit, names, turn)}"
        answer = ask(clients[visit.role], "GET", address, headers={"accept-language": "zh-hans"})
        found += [f"{visit.address} as {visit.role}, turn {turn}: {fault}" for fault in _faults(answer)]
    assert found == [], "\n" + "\n".join(found)


def test_no_form_breaks_over_what_is_sent_or_left_out(
    world: World, visits: list[Visit], names: list[str]
) -> None:
    clients, found = visitors(world.home), []
    for turn, visit in enumerate(_pages(visits)):
        for sent in ("", _spelled(visit, names, turn)):
            more = {"content_type": FORM, "headers": {"accept-language": "zh-hans"}}
            answer = ask(clients[visit.role], "POST", visit.address, data=sent, **more)
            if answer.status_code == 405:
                break
            what = f"turn {turn}" if sent else "nothing sent"
            found += [f"{visit.address} as {visit.role}, {what}: {fault}" for fault in _faults(answer)]
    assert found == [], "\n" + "\n".join(found)
