"""What a file is within its item, by what the catalogue says or by the words in its name."""

from __future__ import annotations

import re

MAIN, ATTACHMENT, DRAFT, HANDLING = "main", "attachment", "draft", "handling"
WORDS = {MAIN: "正文", ATTACHMENT: "附件", DRAFT: "定稿", HANDLING: "处理单"}

_TOLD = (
    (ATTACHMENT, re.compile("附件|附表|附图|attach", re.IGNORECASE)),
    (HANDLING, re.compile("处理单|办文单|拟办单|批办单|签批单|发文稿纸|拟稿纸|呈批|阅办")),
    (DRAFT, re.compile("草稿|底稿|修改稿|花脸稿|定稿|签发稿|draft", re.IGNORECASE)),
    (MAIN, re.compile("正文|主件|正本|^main$", re.IGNORECASE)),
)


def role_in_words(text: str) -> str:
    """The role that a word of a catalogue stands for; "" where it says nothing known."""
    plain = text.strip()
    return plain if plain in WORDS else next((role for role, words in _TOLD if words.search(plain)), "")


def role_by_name(path: str) -> str:
    """The role that the name of a file, or of the folder around it, tells; "" where neither does."""
    folder, _, name = path.rpartition("/")
    stem = name.rpartition(".")[0] or name
    return role_in_words(stem) or (ATTACHMENT if folder.rpartition("/")[2] in ("附件", "附件材料") else "")


def with_main(roles: list[str]) -> list[str]:
    """``roles`` with the one file that nothing is known of as the main one, if no other is."""
    if MAIN in roles or roles.count("") != 1:
        return roles
    return [role or MAIN for role in roles]
