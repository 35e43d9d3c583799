"""Made-up rows that hold what the cases of the search contract ask for."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from random import Random

from lantai.platform.search.types import Document

SURNAMES = "王李张刘陈曾单仇解查区任盖吕"
GIVEN = ("小明", "小", "明", "晓", "建国", "国", "桂兰", "兰", "文", "文海", "喆", "淑贞", "𠮷", "乐", "行")
COMPOUND = ("欧阳", "尉迟", "司马")
AGENCIES = (
    "县人民政府",
    "县人民委員會",
    "省档案局",
    "土地改革委员会",
    "粮食局",
    "教育科",
    "水利电力局",
    "公社革委会",
)
ACTS = ("关于印发", "关于轉發", "关于调整", "关于加强", "关于成立", "关于报送")
MATTERS = (
    "土地改革", "土地房产所有证存根", "農業合作化", "婚姻登记", "水库移民安置", "干部任免", "粮食统购统销", "知青下乡",
    "档案管理办法（试行）", "《会议纪要》", "学籍", "卫生防疫", "水利工程", "县志编纂", "土地", "改革土地税",
)  # fmt: skip
FORMS = ("的通知", "的请示", "的批复", "的报告", "名册", "，附名单", "", "会议记录")
WORDS = ("OA", "WS2011", "B-52", "report", "PDF", "Ａ４", "GB/T 9704", "3号")
BODIES = (
    "附：移民花名册。第12号，王小明领。",
    "该件有破损",
    "内有照片三张，1953年摄。",
    "另见 J109-WS·1954·Y-0007 卷",
    "",
)
MOST = 500


def rows() -> list[Document]:
    """The same rows at each call."""
    return [*_special(), *_drawn(Random(1954))]


def _special() -> Iterator[Document]:
    yield Document(
        "sample", 1, "关于印发《档案管理办法》（试行）的通知", codes=("J109-WS·2011·Y-0003",), year=2011
    )
    yield Document("sample", 2, "土地證存根", body="第12號，王小明", persons=("王小明", "曾晓"), year=1952)
    yield Document("sample", 3, "ＷＳ２０１１年结婚登记", persons=("欧阳小明",), dated_on=date(2011, 5, 1))
    yield Document("sample", 4, "年度报告 Report 2011", author="Shanghai Office", year=2011)
    yield Document("sample", 5, "民国卅七年田赋册", codes=("M1-1-5",), year=1948)
    yield Document(
        "sample", 6, "民国三十七年户籍底册，民國37年抄", dated_on=date(1948, 5, 12), codes=("M1-1-6",)
    )
    yield Document("sample", 7, "光緒二十年地契", year=1894, codes=("Q1-7",))
    yield Document("sample", 8, "甲午年族谱", codes=("Q1-8",))
    yield Document("sample", 9, "𠮷祥里𠂇邻字据", persons=("𠮷田一郎",), body="䶮字")
    yield Document(
        "sample", 10, "王小明、王小、小明王三人合影", persons=("王小明", "王小", "小明王"), year=1961
    )
    yield Document("sample", 11, "王·小明口述", persons=("王小 明",), body="口述者王，小明记录")
    yield Document("sample", 12, "县县县", body="县，县", author="县")
    yield Document("sample", 13, "政字〔1954〕3号文的说明", numbers=("政字〔1954〕3号",), year=1954)
    yield Document(
        "sample", 14, "政字〔1954〕13号", numbers=("政字〔1954〕13号",), dated_on=date(1954, 2, 28)
    )
    yield Document("sample", 15, "政字（1954）3號抄件", numbers=("政字(1954)3号",), dated_on=date(1954, 3, 1))
    yield Document("sample", 16, "与会人员 或 缺席人员 非正式名单", year=1988)
    yield Document("sample", 17, "A-1 卷", codes=("A-1", "A-1-旧"))
    yield Document("sample", 18, "A-10 卷", codes=("A-10",))
    yield Document("sample", 19, "", body="")
    yield Document("sample", 20, "吕布与貂蝉剧照", persons=("吕布",), codes=("ZP-20",))
    yield Document("sample", 21, "題名：舊檔著錄樣式", body="题名:样式", codes=("J109-WS·2011·Y-0012",))
    yield Document("sample", 22, "日本語のカタカナ資料と한글 자료", year=1943)
    yield Document("sample", 25, "二〇〇八年救灾捐款名册 GB/T 9704")
    yield Document("sample", 23, "康德元年布告", dated_on=date(1934, 3, 1))
    yield Document(
        "sample", 24, "单家屯解放纪念 乐队", persons=("单乐", "解放", "查区", "尉迟恭", "任行", "司马文")
    )


def _drawn(random: Random) -> Iterator[Document]:
    for number in range(100, 100 + MOST):
        when = date(1947, 1, 1) + timedelta(days=random.randrange(366 * 24))
        persons = tuple(_name(random) for _ in range(random.choice((0, 1, 1, 2))))
        title = _title(random, persons)
        yield Document(
            "sample",
            number,
            title,
            body=random.choice(BODIES),
            author=random.choice(AGENCIES),
            codes=(
                f"J{random.choice((109, 110, 11))}-WS·{when.year}·{random.choice(('Y', 'D30'))}-{number:04}",
            ),
            numbers=(f"政字〔{when.year}〕{number % 40}号",) if number % 3 else (),
            persons=persons,
            year=when.year if number % 5 else None,
            dated_on=when if number % 4 else None,
        )


def _name(random: Random) -> str:
    return random.choice((*SURNAMES, *COMPOUND)) + random.choice(GIVEN)


def _title(random: Random, persons: tuple[str, ...]) -> str:
    if persons and random.random() < 0.5:
        return (
            "、".join(persons) + random.choice(("同志", "")) + random.choice(MATTERS) + random.choice(FORMS)
        )
    word = random.choice(WORDS) if random.random() < 0.2 else ""
    return (
        random.choice(AGENCIES) + random.choice(ACTS) + random.choice(MATTERS) + word + random.choice(FORMS)
    )
