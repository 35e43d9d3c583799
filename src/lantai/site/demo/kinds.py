"""One sample of each further kind of record, whole compositions where the kind has one."""

from __future__ import annotations

import io
import math
import struct
import wave
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from email.message import EmailMessage
from email.utils import format_datetime
from functools import partial
from importlib.resources import files
from pathlib import Path

from PIL import Image, ImageDraw

from lantai.kit.formats.ofd.blocks import Heading, Paragraph
from lantai.kit.formats.ofd.draft import DocumentInfo
from lantai.kit.formats.ofd.writer import write_document
from lantai.platform.documents.services import FONTS
from lantai.site.demo import papers
from lantai.site.demo.papers import Draft, Made, MadeFile
from lantai.site.demo.places import PLACES, Place
from lantai.site.demo.signing import sealed, signed

_PLACE = "shuiwu"
_ON = date(2025, 5, 20)
_ASSETS = files("lantai.site.demo").joinpath("assets")
_FONT = Path(str(FONTS)) / "LantaiSans-Regular.ttf"
_PHOTO = (1280, 960)
_STAGES = (  # part, element of its day, material, from whom
    ("application", "appliedOn", "取水许可申请书", "申请人提交"),
    ("acceptance", "acceptedOn", "受理通知书", "部门出具"),
    ("review", "examinedOn", "审查意见", "部门出具"),
    ("decision", "decidedOn", "准予取水许可决定书", "部门出具"),
    ("service", "servedOn", "送达回证", "部门出具"),
)


def drafts() -> Iterator[Draft]:
    """All of them, to be made; the same bytes every time, but for what is signed or sealed."""
    place = next(one for one in PLACES if one.slug == _PLACE)
    return (Draft(key, partial(write, place, key)) for key, write in _SAMPLES.items())


def _made(place: Place, key: str, kind: str, title: str, held: list[MadeFile], /, **elements: str) -> Made:
    author = elements.pop("author", place.name)
    return Made(key, place, kind, title, author, "", _ON, "BGS", "Y", tuple(held), (), elements)


def _photo(place: Place, key: str, *, number: int) -> Made:
    """One photo, one item: it and its neighbour are numbered within their group."""
    title = f"{place.name}防汛演练现场照片（样例）之{number}"
    held = [MadeFile(f"{number:03d}.jpg", "main", _picture(number), "photo")]
    caption = f"防汛演练中，工作人员检查闸门（样例，第{number}张）。"
    return _made(
        place, key, "photo", title, held, groupNumber="1", photoCount="2", caption=caption,
        event="防汛演练（样例）", place="嘉禾地区水库（样例）", imageWidth=str(_PHOTO[0]),
        imageHeight=str(_PHOTO[1]), author="王样安",
    )  # fmt: skip


def _photo_group(place: Place, key: str) -> Made:
    """Three photos of one event as one item, each with its own caption, and the words for all of them."""
    acts = ("领取沙袋", "加高堤坝", "清点物资")
    held = [
        MadeFile(f"{number:03d}.jpg", "main", _picture(number), "photo",
                 {"caption": f"参演人员{act}（样例）。", "photographer": "王样安", "takenAt": f"{_ON}T09:0{number}"})
        for number, act in enumerate(acts, 3)
    ]  # fmt: skip
    words = "二〇二五年五月，防汛演练抢险环节，一组三张（样例）。"
    held.append(MadeFile("组说明.txt", "attachment", words.encode(), "group-caption"))
    return _made(
        place, key, "photo", f"{place.name}防汛演练抢险环节组照（样例）", held, groupNumber="2", photoCount="3",
        event="防汛演练抢险环节（样例）", place="嘉禾地区水库（样例）", imageWidth=str(_PHOTO[0]),
        imageHeight=str(_PHOTO[1]), caption=words, author="王样安",
    )  # fmt: skip


def _picture(number: int) -> bytes:
    """A test card with the hour in its EXIF."""
    image = Image.new("RGB", _PHOTO, (40 * number, 110, 150))
    ImageDraw.Draw(image).ellipse((150 * number, 200, 150 * number + 400, 600), fill=(230, 200, 90))
    exif = Image.Exif()
    exif[0x010F], exif[0x0110], exif[0x0131] = "Lantai sample", "testcard 1", "Pillow"
    exif[0x0132] = f"{_ON:%Y:%m:%d} 09:0{number}:00"
    exif.get_ifd(0x8769)[0x9003] = exif[0x0132]
    out = io.BytesIO()
    image.save(out, "JPEG", quality=85, dpi=(300, 300), exif=exif)
    return out.getvalue()


def _audio(place: Place, key: str) -> Made:
    out = io.BytesIO()
    with wave.open(out, "wb") as sound:
        sound.setparams((1, 2, 44_100, 0, "NONE", "not compressed"))
        tone = (round(9_000 * math.sin(2 * math.pi * 440 * n / 44_100)) for n in range(44_100))
        sound.writeframes(b"".join(struct.pack("<h", one) for one in tone))
    words = "（样例）提问：水库是哪一年修的？回答：听老人讲是五十年代。"
    held = [
        MadeFile("录音.wav", "main", out.getvalue(), "original", {"duration": "00:00:01"}),
        MadeFile("利用件.mp3", "other", _ASSETS.joinpath("sine-sample.mp3").read_bytes(), "access"),
        MadeFile("文字稿.txt", "attachment", words.encode(), "transcript", _transcribed()),
    ]
    return _made(
        place, key, "audio", "水库修建口述录音（样例）", held, duration="00:00:01", sampleRate="44100",
        recorder="李样平", place="嘉禾地区水库（样例）", abstract="老职工讲述水库修建经过（样例）。", language="方言",
    )  # fmt: skip


def _transcribed() -> dict[str, str]:
    return {"transcriber": "周样明", "segments": "00:00:00-00:00:01"}


def _video(place: Place, key: str) -> Made:
    film, words = _ASSETS.joinpath("testsrc-sample.mp4").read_bytes(), "（样例）画面：测试图；无解说。"
    held = [
        MadeFile("录像.mp4", "main", film, "original", {"duration": "00:00:01"}),
        MadeFile("文字稿.txt", "attachment", words.encode(), "transcript", _transcribed()),
    ]
    return _made(
        place, key, "video", "防汛演练录像（样例，测试图）", held, duration="00:00:01", imageWidth="720",
        imageHeight="480", frameRate="10", sampleRate="44100", recorder="李样平", place="嘉禾地区水库（样例）",
        abstract="测试图代替的演练画面（样例）。",
    )  # fmt: skip


def _matter(place: Place, key: str) -> Made:
    """A licence through its five stages; what was decided bears the seal of the agency."""
    said: dict[str, str] = {}
    held = []
    for number, (part, element, name, made_by) in enumerate(_STAGES):
        day, is_decision = _ON + timedelta(days=number), part == "decision"
        said[element] = f"{day:%Y%m%d}"
        lines = [f"{name}（样例）", f"办件编号：{key}。日期：{day}。"]
        data = sealed(ofd(name, lines), day) if is_decision else _sheet(place, name)
        noted = {"material": name, "madeOn": said[element], "source": made_by}
        suffix = "ofd" if is_decision else "pdf"
        role = "main" if is_decision else "attachment"
        held.append(MadeFile(f"{number + 1}-{name}.{suffix}", role, data, part, noted))
    return _made(
        place, key, "service-matter", "取水许可办件（样例）", held, matterName="取水许可（样例）",
        matterType="行政许可", matterCode="YL0001", caseNumber=key, applicantName="样例供水公司",
        result="准予", acceptingAgency=place.name, handler="张样宁", documentNumber="嘉水许〔2025〕样1号",
        materials="；".join(name for _part, _element, name, _by in _STAGES), **said,
    )  # fmt: skip


def _sheet(place: Place, title: str, *lines: str) -> bytes:
    said = {"masthead": title, "number": "样例", "title": title, "addressee": "样例",
            "body": [*lines, "内容均为样例。"], "author": place.name, "date": "2025年5月20日",
            "attachments": []}  # fmt: skip
    return papers.pdf("letter", said)


def _voucher(place: Place, key: str) -> Made:
    """A payment with three e-invoices, in the three formats that they come in, and the slip of the bank."""
    seen = _sheet(place, "电子发票（样例）", *_invoice_lines(3, "50.00"))
    held = [
        MadeFile("记账凭证.pdf", "main", _sheet(place, "记账凭证"), "voucher"),
        _invoice(1, "电子发票一.xml", "100.00", _invoice_xml(1, "100.00")),
        _invoice(2, "电子发票二.ofd", "200.00", _invoice_ofd(2, "200.00")),
        _invoice(3, "电子发票三.pdf", "50.00", seen),
        MadeFile("银行回单.pdf", "attachment", _sheet(place, "银行回单"), "source",
                 {"number": "样回0001", "amount": "350.00", "issuedOn": f"{_ON}"}),
    ]  # fmt: skip
    return _made(
        place, key, "voucher", "2025年5月购置防汛器材记账凭证（样例）", held, voucherKind="凭证",
        fiscalYear="2025", fiscalPeriod="5", voucherWord="记", voucherNumber="样0001", amount="350.00",
        attachmentCount="4", preparedBy="赵样康", approvedBy="钱样泰", bookedOn=f"{_ON:%Y%m%d}",
    )  # fmt: skip


def _invoice(number: int, name: str, total: str, data: bytes) -> MadeFile:
    noted = {"number": f"{number:020d}", "amount": total, "issuedOn": f"{_ON}"}
    return MadeFile(name, "attachment", data, "invoice", noted)


def _invoice_xml(number: int, total: str) -> bytes:
    lines = {"InvoiceNumber": f"{number:020d}", "IssueTime": f"{_ON}", "SellerName": "样例器材公司（样例）",
             "BuyerName": "样例单位（样例）", "TotalTax-includedAmount": total}  # fmt: skip
    inside = "".join(f"<{name}>{value}</{name}>" for name, value in lines.items())
    return f'<?xml version="1.0" encoding="UTF-8"?><EInvoice>{inside}</EInvoice>'.encode()


def _invoice_ofd(number: int, total: str) -> bytes:
    """The invoice to be seen, with its figures among the data of the document."""
    out = io.BytesIO()
    data = [("发票号码", f"{number:020d}"), ("开票日期", f"{_ON}"), ("价税合计", total)]
    info = DocumentInfo(title="电子发票（样例）", custom_data=data)
    blocks = [Heading(info.title), *map(Paragraph, _invoice_lines(number, total))]
    write_document(out, blocks, info=info, fonts=[_FONT])
    return out.getvalue()


def _invoice_lines(number: int, total: str) -> list[str]:
    return [
        f"发票号码：{number:020d}",
        "开票日期：2025年05月20日",
        "样例，不作报销凭证。",
        f"价税合计（小写）¥{total}",
    ]


def _data(place: Place, key: str) -> Made:
    table = "站点,日期,水位_m\r\n样例站,2025-05-20,12.30\r\n样例站,2025-05-21,12.41\r\n"
    words = "数据字典（样例）：站点 文字；日期 年-月-日；水位_m 米。"
    held = [
        MadeFile("水位.csv", "main", table.encode()),
        MadeFile("数据字典.txt", "attachment", words.encode()),
    ]
    day = f"{_ON:%Y%m%d}"
    return _made(
        place, key, "business-data", "水情系统2025年5月水位数据（样例）", held, systemName="水情系统（样例）",
        informationSystemDescription="样例系统，记录水位。", coversFrom=day, coversTo=day, exportedOn=day,
        tableCount="1", rowCount="2", dataDictionary="数据字典.txt",
    )  # fmt: skip


def _mail(place: Place, key: str) -> Made:
    mail = EmailMessage()
    mail["From"], mail["To"] = "sender@example.invalid", "archives@example.invalid"
    mail["Subject"], mail["Message-ID"] = "关于报送防汛总结的函（样例）", key
    mail["Date"] = format_datetime(datetime(2025, 5, 20, 8, 0, tzinfo=UTC))
    mail.set_content("总结见附件，内容均为样例。\n")
    mail.add_attachment("防汛总结（样例）".encode(), maintype="text", subtype="plain", filename="summary.txt")
    held = [MadeFile("邮件.eml", "main", mail.as_bytes())]
    return _made(
        place, key, "mail", "关于报送防汛总结的函（样例）", held, author="sender@example.invalid",
        principalReceiver="archives@example.invalid", messageId=key,
        attachmentCount="1", attachmentNames="summary.txt",
    )  # fmt: skip


def _letter(place: Place, key: str) -> Made:
    """A document of OFD with a plain signature by a key that nobody here trusts."""
    title = f"{place.name}关于防汛演练的通知（样例，带电子签名）"
    held = [MadeFile("通知.ofd", "main", signed(ofd(title, ["定于五月下旬演练（样例）。"])))]
    return _made(place, key, "document", title, held, documentType="通知")


def ofd(title: str, lines: list[str]) -> bytes:
    """A laid-out OFD document."""
    out = io.BytesIO()
    blocks = [Heading(title), *(Paragraph(line) for line in lines)]
    write_document(out, blocks, info=DocumentInfo(title=title), fonts=[_FONT])
    return out.getvalue()


_SAMPLES: dict[str, Callable[[Place, str], Made]] = {
    "ZL-ZP-1": partial(_photo, number=1),
    "ZL-ZP-2": partial(_photo, number=2),
    "ZL-ZP-3": _photo_group,
    "ZL-LY-1": _audio,
    "ZL-LX-1": _video,
    "YL-2025-0001": _matter,
    "ZL-KU-1": _voucher,
    "ZL-SJ-1": _data,
    "<sample-1@example.invalid>": _mail,
    "ZL-WS-1": _letter,
}
