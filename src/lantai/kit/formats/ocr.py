"""What text recognition has found on pages, as it is delivered: ALTO, hOCR, or our own JSON. Run it in the sandbox.

Our own JSON: ``{"pages": [{"width": 2480, "height": 3508, "words": [{"text": "土地", "box": [x, y, w, h]}]}]}``,
boxes in pixels of the page from its upper left corner.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lxml import etree

from lantai.kit.errors import N_, Refusal
from lantai.kit.formats.xmlsafe import parse_xml, split_tag

Box = tuple[float, float, float, float]  # left, top, width, height as shares of the page
MAX_BYTES = 64 << 20
_MOST_PAGES, _MOST_WORDS = 5_000, 20_000
_HOCR_BOX = re.compile(r"\bbbox\s+(-?\d+)\s+(-?\d+)\s+(-?\d+)\s+(-?\d+)")
_HOCR_MARK = b"ocr_page"


class NotRecognised(Refusal):
    """The file is no result of text recognition that we read."""

    message = N_("“%(name)s”不是能读懂的文字识别结果（ALTO、hOCR 或本系统的 JSON）。")


@dataclass(frozen=True, slots=True)
class Word:
    """A piece of text and where it stands; lines end with a piece that has no box."""

    text: str
    box: Box | None


def recognised(path: Path, name: str = "") -> list[list[Word]]:
    """The words of each page in their order. Raises ``NotRecognised``."""
    name = name or path.name
    if path.stat().st_size > MAX_BYTES:
        raise NotRecognised(name=name)
    data = path.read_bytes()
    head = data[:4096].lstrip(b"\xef\xbb\xbf \t\r\n")
    try:
        if head.startswith(b"{"):
            return list(_own(json.loads(data)))
        if _HOCR_MARK in data:
            return list(_hocr(data))
        return list(_alto(parse_xml(data, name=name)))
    except (ValueError, TypeError, KeyError, AttributeError, etree.LxmlError, Refusal) as why:
        raise NotRecognised(name=name) from why


def _own(said: Any) -> Iterator[list[Word]]:
    for page in said["pages"][:_MOST_PAGES]:
        size = float(page["width"]), float(page["height"])
        words = [
            (str(one["text"]), [float(side) for side in one["box"]]) for one in page["words"][:_MOST_WORDS]
        ]
        yield _in_lines(
            [(text, _share((x, y, x + width, y + height), size)) for text, (x, y, width, height) in words]
        )


def _alto(root: Any) -> Iterator[list[Word]]:
    if split_tag(str(root.tag))[1] != "alto":
        raise ValueError("no ALTO")
    for page in list(root.iter("{*}Page"))[:_MOST_PAGES]:
        size = float(page.get("WIDTH")), float(page.get("HEIGHT"))
        words: list[Word] = []
        for line in page.iter("{*}TextLine"):
            for one in line.iter("{*}String", "{*}SP"):
                if split_tag(str(one.tag))[1] == "SP":
                    words.append(Word(" ", None))
                    continue
                left, top = float(one.get("HPOS")), float(one.get("VPOS"))
                ends = left + float(one.get("WIDTH")), top + float(one.get("HEIGHT"))
                words.append(Word(one.get("CONTENT", ""), _share((left, top, *ends), size)))
            words.append(Word("\n", None))
        yield words[:_MOST_WORDS]


def _hocr(data: bytes) -> Iterator[list[Word]]:
    root = etree.fromstring(data, etree.HTMLParser(no_network=True, huge_tree=False, encoding="utf-8"))
    for page in _of_class(root, "ocr_page")[:_MOST_PAGES]:
        left, top, right, bottom = _hocr_box(page)
        words: list[Word] = []
        for line in _of_class(page, "ocr_line") or [page]:
            for one in _of_class(line, "ocrx_word"):
                box = _hocr_box(one)
                moved = box[0] - left, box[1] - top, box[2] - left, box[3] - top
                words.append(
                    Word("".join(one.itertext()).strip(), _share(moved, (right - left, bottom - top)))
                )
                words.append(Word(" ", None))
            words.append(Word("\n", None))
        yield _joined(words[:_MOST_WORDS])


def _of_class(root: Any, name: str) -> list[Any]:
    return [one for one in root.iter("*") if name in (one.get("class") or "").split()]


def _hocr_box(element: Any) -> tuple[float, float, float, float]:
    found = _HOCR_BOX.search(element.get("title") or "")
    if found is None:
        raise ValueError("no bbox")
    left, top, right, bottom = (float(side) for side in found.groups())
    return left, top, right, bottom


def _joined(words: list[Word]) -> list[Word]:
    """Without the blanks between Chinese characters: recognition gives each of them as a word."""
    kept: list[Word] = []
    for order, word in enumerate(words):
        after = words[order + 1].text[:1] if order + 1 < len(words) else ""
        before = kept[-1].text[-1:] if kept else ""
        if word.text == " " and not (before.isascii() and after.isascii()):
            continue
        kept.append(word)
    return kept


def _in_lines(words: list[tuple[str, Box | None]]) -> list[Word]:
    """Words with a line's end where the next one stands lower."""
    found: list[Word] = []
    last: Box | None = None
    for text, box in words:
        if last is not None and box is not None and box[1] >= last[1] + last[3] / 2:
            found.append(Word("\n", None))
        found.append(Word(text, box))
        last = box or last
    return found


def _share(ends: tuple[float, float, float, float], size: tuple[float, float]) -> Box | None:
    left, top, right, bottom = ends
    width, height = size
    if not (width > 0 and height > 0 and right > left and bottom > top):
        return None
    box = left / width, top / height, (right - left) / width, (bottom - top) / height
    return box if all(-0.01 <= side <= 1.01 for side in box) else None
