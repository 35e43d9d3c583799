"""Makes the content of the demo: letters, tables, registers and scanned pages; the same number, the same bytes."""

from __future__ import annotations

import io
import json
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from functools import cache, partial
from pathlib import Path

import pypdfium2
import typst
from PIL import Image

from lantai.platform.documents.services import FONTS
from lantai.site.demo.places import CLASSES, PLACES, Place

_HERE = Path(__file__).parent / "typst"
LATER, LATER_FROM, LATER_COUNT = "XD-", 500_000, 24
DPI = 200  # the least that DA/T 31-2017 allows
_SURNAMES = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗"
_GIVEN = "安宁平和康泰顺昌明远清朗澄怀素朴致远思齐"
_SUBJECTS = (
    "加强汛期值班值守工作", "做好年度统计报表报送", "开展安全生产大检查", "印发年度工作要点", "调整领导小组成员",
    "下达专项资金计划", "举办业务培训班", "规范档案整理归档", "推进政务公开", "表扬先进集体",
    "办理人大代表建议", "开展节约用水宣传", "核定编制外用工", "购置办公设备", "修订财务管理办法",
)  # fmt: skip
_VERBS = (("通知", "D30"), ("意见", "Y"), ("批复", "Y"), ("函", "D10"), ("报告", "D30"))


@dataclass(frozen=True, slots=True)
class MadeFile:
    """One file of a made document; ``part`` of a composed one, with what is noted of it."""

    name: str
    role: str
    data: bytes
    part: str = ""
    noted: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Made:
    """A made document with its description."""

    key: str
    place: Place
    kind: str
    title: str
    author: str
    number: str
    dated_on: date
    class_code: str
    retention: str
    files: tuple[MadeFile, ...]
    persons: tuple[str, ...] = ()
    elements: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Draft:
    """A document that can be made; its key is known before, for who has it already."""

    key: str
    make: Callable[[], Made]


AGENCIES = tuple(place for place in PLACES if place.kind == "agency")
_LIVELIHOOD = {"minzheng": "marriage", "ximinzheng": "marriage", "renshe": "educated-youth"}


def drafts(count: int) -> Iterator[Draft]:
    """The documents with the first ``count`` numbers."""
    return (Draft(key_of(number), partial(make, number)) for number in range(count))


def later_drafts() -> Iterator[Draft]:
    """The documents that came after the others."""
    return (Draft(_later_key(number), partial(later, number)) for number in range(LATER_COUNT))


def make(number: int) -> Made:
    """The document of that number: every agency in turn, livelihood records where they belong, some scans."""
    prefix, write, place, rng = _chosen(number)
    return write(f"{prefix}-{number:06d}", number, place, rng)


def key_of(number: int) -> str:
    """The key of the document of that number, which need not be made for it."""
    return f"{_chosen(number)[0]}-{number:06d}"


def later(number: int) -> Made:
    """A document that came after the others: it waits on its agency's desk for a visitor."""
    return replace(make(LATER_FROM + number), key=_later_key(number))


def _later_key(number: int) -> str:
    return f"{LATER}{number:04d}"


_Write = Callable[[str, int, Place, random.Random], Made]


def _chosen(number: int) -> tuple[str, _Write, Place, random.Random]:
    """How the key begins, who writes it, for which agency, and the chance that goes on deciding."""
    rng = random.Random(number)  # not for secrets: the same number makes the same document
    place = AGENCIES[number % len(AGENCIES)]
    livelihood = _LIVELIHOOD.get(place.slug)
    if livelihood and rng.random() < 0.35:
        chosen = ("HY", _marriage) if livelihood == "marriage" else ("ZQ", _youth)
    else:
        chosen = ("SM", _scan) if rng.random() < 0.08 else ("OA", _letter)
    return (*chosen, place, rng)


def _day(rng: random.Random, first: int, last: int) -> date:
    return date(first, 1, 4) + timedelta(days=rng.randrange((last - first + 1) * 365 - 8))


def _name(rng: random.Random) -> str:
    return rng.choice(_SURNAMES) + "样" + rng.choice(_GIVEN)


def _said(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"


def _letter(key: str, number: int, place: Place, rng: random.Random) -> Made:
    day, (genre, retention) = _day(rng, 2019, 2025), rng.choice(_VERBS)
    subject = rng.choice(_SUBJECTS)
    title = f"{place.name}关于{subject}的{genre}"
    mark = f"{place.name[-3:-1]}发〔{day.year}〕{number % 10_000 + 1}号"
    attached = [f"{subject}安排表"] if rng.random() < 0.3 else []
    body = [
        f"为{subject}，根据有关规定，结合本地实际，现将有关事项明确如下。",
        f"一、各单位应于{_said(day + timedelta(days=20))}前完成自查，形成书面材料。",
        "二、明确专人负责，建立台账，逐项销号。工作中遇到的问题及时报告。",
        f"三、联系人：{_name(rng)}。",
    ]
    data = {"masthead": f"{place.name}文件", "number": mark, "title": title, "addressee": "各有关单位", "body": body,
            "author": place.name, "date": _said(day), "attachments": attached}  # fmt: skip
    files = [MadeFile(f"{title}.pdf", "main", pdf("letter", data))]
    files += [
        MadeFile(f"附件：{name}.pdf", "attachment", pdf("table", _plan(name, rng))) for name in attached
    ]
    code = rng.choice(CLASSES)[0]
    return Made(key, place, "document", title, place.name, mark, day, code, retention, tuple(files),
                elements={"documentType": genre})  # fmt: skip


def _plan(title: str, rng: random.Random) -> dict[str, object]:
    rows = [[str(i), f"第{i}项工作", f"{rng.randrange(1, 12)}月", _name(rng)] for i in range(1, 9)]
    return {"title": title, "head": ["序号", "内容", "完成时间", "责任人"], "rows": rows}


def _scan(key: str, number: int, place: Place, rng: random.Random) -> Made:
    day = _day(rng, 1978, 1998)
    title = f"{place.name}{day.year}年{rng.choice(_SUBJECTS)}会议记录"
    body = [
        f"会议由{_name(rng)}主持，{_name(rng)}记录。",
        "与会同志逐项讨论，形成一致意见。",
        "会议决定：按计划执行。",
    ]
    data = {"masthead": "会议记录", "number": f"{day.year}年第{number % 40 + 1}次", "title": title, "addressee": "出席",
            "body": body, "author": place.name, "date": _said(day), "attachments": []}  # fmt: skip
    page = _picture(pdf("letter", data))
    files = (MadeFile("0001.tif", "main", _tiff(page)), MadeFile("0002.jpg", "main", _jpeg(page, rng)))
    return Made(
        key,
        place,
        "scan",
        title,
        place.name,
        "",
        day,
        "BGS",
        "Y",
        files,
        elements={"scanningResolution": str(DPI), "scanningColorModel": "灰度"},
    )


def _marriage(key: str, number: int, place: Place, rng: random.Random) -> Made:
    day, husband, wife = _day(rng, 1981, 2003), _name(rng), _name(rng)
    mark = f"禾结字第{day.year}{number:05d}号"
    title = f"{husband}、{wife}结婚登记材料"
    fields = [["登记类型", "结婚"], ["男方姓名", husband], ["女方姓名", wife], ["登记日期", _said(day)],
              ["证号", mark], ["登记机关", place.name]]  # fmt: skip
    form = pdf("form", {"title": "结婚登记审查处理表", "fields": fields})
    files = (
        MadeFile("结婚登记审查处理表.pdf", "main", form),
        MadeFile("结婚登记申请书.jpg", "attachment", _jpeg(_picture(form), rng)),
    )
    elements = {"registrationType": "结婚", "husbandName": husband, "wifeName": wife, "registeredOn": f"{day:%Y%m%d}",
                "certificateNumber": mark, "registrationOffice": place.name}  # fmt: skip
    return Made(
        key,
        place,
        "marriage",
        title,
        place.name,
        "",
        day,
        "",
        "Y",
        files,
        (husband, wife),
        elements,
    )


def _youth(key: str, number: int, place: Place, rng: random.Random) -> Made:
    day, person = _day(rng, 1968, 1977), _name(rng)
    born, back = day.year - 17, day + timedelta(days=365 * rng.randrange(2, 5))
    place_of = rng.choice(("禾西县红旗公社", "禾西县东风农场", "禾西县青山大队"))
    title = f"{person}上山下乡知识青年登记表"
    fields = [["姓名", person], ["出生年份", f"{born}年"], ["下乡时间", _said(day)], ["下乡地点", place_of],
              ["类型", "插队"], ["返城时间", _said(back)], ["去向", "招工"]]  # fmt: skip
    page = _picture(pdf("form", {"title": "上山下乡知识青年登记表", "fields": fields}))
    files = (MadeFile("知青登记表.tif", "main", _tiff(page)),)
    elements = {"personName": person, "sentOn": f"{day:%Y%m%d}", "sentTo": place_of}
    return Made(
        key,
        place,
        "educated-youth",
        title,
        place.name,
        "",
        day,
        "",
        "Y",
        files,
        (person,),
        elements,
    )


@cache
def _compiler(template: str) -> typst.Compiler:
    return typst.Compiler(str(_HERE / f"{template}.typ"), root=str(_HERE), font_paths=[str(FONTS)],
                          ignore_system_fonts=True)  # fmt: skip


def pdf(template: str, data: dict[str, object]) -> bytes:
    said = {"data": json.dumps(data, ensure_ascii=False)}
    made = _compiler(template).compile(format="pdf", pdf_standards=["a-2b"], sys_inputs=said, timestamp=0)
    assert isinstance(made, bytes)
    return made


def _picture(pdf: bytes) -> Image.Image:
    """The first page as a scanner sees it, grey."""
    document = pypdfium2.PdfDocument(pdf)
    try:
        return document[0].render(scale=DPI / 72, grayscale=True).to_pil()
    finally:
        document.close()


def _tiff(page: Image.Image) -> bytes:
    made = io.BytesIO()
    page.convert("1").save(made, "TIFF", compression="group4", dpi=(DPI, DPI))
    return made.getvalue()


def _jpeg(page: Image.Image, rng: random.Random) -> bytes:
    """A page as a flat-bed scanner gives it: paper tone and a slight turn."""
    turned = page.rotate(rng.uniform(-0.6, 0.6), fillcolor=250, resample=Image.Resampling.BILINEAR)
    made = io.BytesIO()
    turned.point(lambda v: 18 + v * 225 // 255).save(made, "JPEG", quality=80, dpi=(DPI, DPI))
    return made.getvalue()
