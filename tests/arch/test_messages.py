"""Chinese first, English complete: every text passes the catalogue, and the catalogue has every text."""

from __future__ import annotations

import gettext
import re
from pathlib import Path

import pytest
from babel.messages.pofile import read_po
from django.conf import settings

from tests.arch import messages
from tests.arch.messages import HAN, PLACE
from tests.arch.sources import SRC, Source, product
from tests.arch.test_templates import templates


def _catalogue() -> Path:
    found = [path / "en" / "LC_MESSAGES" / "django.po" for path in map(Path, settings.LOCALE_PATHS)]
    assert any(path.exists() for path in found), "there is no English catalogue"
    return next(path for path in found if path.exists())


def _translations() -> dict[str, str]:
    with _catalogue().open("rb") as stream:
        entries = [m for m in read_po(stream, locale="en") if m.id and not m.fuzzy]
    pairs = [(m.id, m.string) if isinstance(m.id, str) else (m.id[0], m.string[-1]) for m in entries]
    return {
        f"{entry.context}\x04{text}" if entry.context else text: told
        for entry, (text, told) in zip(entries, pairs, strict=True)
        if told
    }


def _messages() -> list[messages.Message]:
    found = (*messages.of_code(), *messages.of_templates(templates()), *messages.of_data())
    return [m for m in found if HAN.search(m.text)]


def test_every_message_has_an_english_translation() -> None:
    known = {text.rpartition("\x04")[2] for text in _translations()}
    missing = sorted({f"{m.where}: {m.text}" for m in _messages() if m.text not in known})
    assert missing == [], f"{len(missing)} messages\n" + "\n".join(missing)


# Names that a standard fixes (DA/T 93), marks of Chinese text, and our own: they stay in every language.
FIXED = re.compile(
    "兰台|说明文件|目录文件|文件目录|案卷目录|电子档案|其他/|元数据|业务行为|简体中文|中文|[“”、·〔〕★]"
    "|样例发〔2011〕1号|BGS|办公室|文件路径|档号|题名|到期开放意见"  # columns and values of the cells of a catalogue
    "|<档号>|<序号>|永久|[13]0年|公开|国内|内部|限制|秘密|机密|绝密"
    "|土地改革|县人民政府|王小明|移民|3号|民国三十七年(?:五月)?|光绪甲午|甲午|开放|或"
    "|2011年3月|民国二十七年五月(?:三日)?|粮票|布票"
    "|全宗级|类别级|案卷级|文件级|约1949|错误"  # what stands in a sheet, or is typed into it  # what a person types
)


def test_the_words_of_schemes_and_rules_are_translated() -> None:
    shown = {m.text for m in messages.of_data()}
    assert {"摄影者", "档案移交期限", "《档案法》（2020 修订）第二十七条", "业务系统", "发票号码"} <= shown
    assert "绝密" not in shown  # a value: it stands in a record as the standard has it
    assert {"结婚", "四至"} & shown == {
        "结婚"
    }  # what may be chosen; labels of fields are named in both languages
    known = {text.rpartition("\x04")[2] for text in _translations()}
    assert [text for text in shown if text not in known] == []


def test_every_translation_has_the_places_of_its_message_and_no_chinese() -> None:
    wrong = [
        text
        for text, told in _translations().items()
        if set(PLACE.findall(text)) != set(PLACE.findall(told)) or HAN.search(FIXED.sub("", told))
    ]
    assert wrong == []


def test_the_compiled_catalogue_says_what_its_source_says() -> None:
    with _catalogue().with_suffix(".mo").open("rb") as stream:
        compiled = gettext.GNUTranslations(stream)
    said = {text: {compiled.gettext(text), compiled.ngettext(text, text, 2)} for text in _translations()}
    assert [text for text, told in _translations().items() if told not in said[text]] == []


def test_no_template_speaks_chinese_outside_its_translate_tags() -> None:
    assert [
        f"{path.name}:{line} {text}"
        for path in templates()
        for line, text in messages.bare_text(path.read_text("utf-8"))
    ] == []


def test_no_program_speaks_chinese_past_the_catalogue() -> None:
    assert [
        fault for source in product() if messages.spoken(source) for fault in messages.untold(source)
    ] == []


def test_no_text_is_translated_while_a_module_is_imported() -> None:
    assert [fault for source in product() for fault in messages.told_too_early(source)] == []


def _source(text: str) -> Source:
    return Source(SRC / "apps" / "sample.py", text)


@pytest.mark.parametrize(
    "text", ['f("中文")', 'def f():\n    return "中文"', 'g(x=f"中{y}")', 'class A:\n    label = "中文"']
)
def test_a_text_past_the_catalogue_is_found(text: str) -> None:
    assert list(messages.untold(_source(text)))


@pytest.mark.parametrize(
    "text",
    [
        '_("中文")',
        'raise Refusal("中文")',
        'X = {"永久": "Y"}',
        'x == "中文"',
        '"""中文"""',
        're.compile("[一二]")',
        'f(a["中文"])',
    ],
)
def test_a_text_in_its_place_is_let_be(text: str) -> None:
    assert not list(messages.untold(_source(text)))


def test_a_translation_at_import_is_found() -> None:
    text = 'from django.utils.translation import gettext as _\nX = _("中文")\ndef f():\n    return _("好")'
    assert len(list(messages.told_too_early(_source(text)))) == 1


def test_bare_chinese_in_a_template_is_found_with_its_line() -> None:
    text = '{% translate "好" %}\n{% blocktranslate %}好\n{{ x }}{% endblocktranslate %}\n<p>坏</p>'
    assert [line for line, _ in messages.bare_text(text)] == [4]
