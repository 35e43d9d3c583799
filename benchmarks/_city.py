"""Made-up rows of a city for benchmarks: names by the frequency of real surnames, titles, codes, bodies."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from random import Random

from lantai.platform.search.types import Document

SOURCE = "catalogue"
# The thousand commonest surnames cover all but a few people; these weights are per mille of the first thirty.
SURNAMES = dict(
    zip(
        "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗郑梁谢宋唐许韩邓冯曹",
        (
            72,
            72,
            68,
            54,
            46,
            31,
            25,
            23,
            21,
            20,
            17,
            15,
            13,
            13,
            12,
            12,
            11,
            11,
            10,
            9,
            8,
            8,
            8,
            7,
            7,
            7,
            6,
            6,
            6,
            6,
        ),
        strict=True,
    )
)
GIVEN = "明国建华文军平志伟东海强晓生光林民永杰德成康星天立安宏山玉英兰秀珍芳桂凤梅淑霞红丽春香云莲琴敏静艳"
AGENCIES = (
    "县人民政府",
    "市民政局",
    "县教育局",
    "公社革委会",
    "市水利局",
    "县粮食局",
    "市档案局",
    "县卫生局",
)
ACTS = ("关于印发", "关于转发", "关于调整", "关于加强", "关于成立", "关于报送", "关于开展", "关于同意")
MATTERS = (
    "土地改革", "农业合作化", "婚姻登记", "水库移民安置", "干部任免", "粮食统购统销", "知识青年下乡", "档案管理",
    "学籍管理", "卫生防疫", "水利工程", "县志编纂", "救灾捐款", "扶贫开发", "退伍军人安置", "企业改制",
)  # fmt: skip
FORMS = ("的通知", "的请示", "的批复", "的报告", "名册", "工作总结", "会议记录", "的意见")
KINDS = ("document", "marriage", "educated_youth", "photo", "land")


def made_up(rows: int) -> Iterator[Document]:
    """The rows of a city, the same at each call."""
    random = Random(1949)
    surnames, weights = list(SURNAMES), list(SURNAMES.values())
    for number in range(1, rows + 1):
        when = date(1949, 1, 1) + timedelta(days=random.randrange(365 * 70))
        people = random.choices(surnames, weights, k=random.choice((0, 1, 1, 2)))
        names = tuple(one + "".join(random.choices(GIVEN, k=random.choice((1, 2, 2)))) for one in people)
        fonds = random.randrange(1, 1401)
        yield Document(
            SOURCE,
            number,
            _title(random, names),
            body="附名单。" + "、".join(names),
            author=random.choice(AGENCIES),
            codes=(f"J{fonds:04}-WS·{when.year}·Y-{number % 9999:04}",),
            numbers=(f"政发〔{when.year}〕{number % 300}号",),
            persons=names,
            custodian=1 + fonds % 40,
            fonds=fonds,
            year=when.year,
            kind=random.choice(KINDS),
            level="item",
            retention=random.choice(("Y", "D30", "D10")),
            openness=random.choice(("open", "unreviewed", "unreviewed", "controlled")),
            classification="public" if number % 20 else "internal",
            dated_on=when,
        )


def _title(random: Random, names: tuple[str, ...]) -> str:
    matter = random.choice(MATTERS)
    if names and random.random() < 0.4:
        return f"{'、'.join(names)}{matter}{random.choice(FORMS)}"
    return random.choice(AGENCIES) + random.choice(ACTS) + matter + random.choice(FORMS)
