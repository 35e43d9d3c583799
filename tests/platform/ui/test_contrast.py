"""Every pair of tokens that carries text or marks an edge is legible, in both themes."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

CSS = Path(__file__).parents[3] / "src/lantai/platform/ui/static/ui/css"
TOKENS = (CSS / "tokens.css").read_text(encoding="utf-8")

GROUNDS = ("paper", "sheet", "wash", "chosen")
TEXTS = ("ink", "ink-2", "ink-3", "celadon", "amber", "rust", "indigo")
PAIRS = [(text, ground) for text in TEXTS for ground in GROUNDS]
PAIRS += [("cinnabar", "paper"), ("cinnabar", "sheet"), ("on-cinnabar", "cinnabar"), ("paper", "ink")]


def block(selector: str) -> dict[str, str]:
    body = TOKENS.split(selector + " {", 1)[1].split("}", 1)[0]
    return dict(re.findall(r"--([\w-]+): (#[0-9A-Fa-f]{6})", body))


THEMES = {
    "light": block(":root"),
    "dark": block(':root[data-theme="dark"]'),
    "dark by system": block(':root:not([data-theme="light"])'),
}


def luminance(colour: str) -> float:
    channels = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(first: str, second: str) -> float:
    darker, lighter = sorted((luminance(first), luminance(second)))
    return (lighter + 0.05) / (darker + 0.05)


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize(("text", "ground"), PAIRS)
def test_text_reaches_four_and_a_half_to_one(theme: str, text: str, ground: str) -> None:
    tokens = THEMES[theme]
    assert contrast(tokens[text], tokens[ground]) >= 4.5


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("ground", ["paper", "sheet"])
def test_the_edge_of_a_control_reaches_three_to_one(theme: str, ground: str) -> None:
    tokens = THEMES[theme]
    assert contrast(tokens["edge"], tokens[ground]) >= 3


def test_dark_is_the_same_whether_chosen_or_taken_from_the_system() -> None:
    assert THEMES["dark"] == THEMES["dark by system"]


def test_stylesheets_name_colours_only_through_tokens() -> None:
    for path in CSS.glob("*.css"):
        if path.name not in {"tokens.css", "print.css"}:
            bare = re.findall(r":[^;{}]*(#[0-9A-Fa-f]{3,8})\b", path.read_text(encoding="utf-8"))
            assert bare == [], path.name
