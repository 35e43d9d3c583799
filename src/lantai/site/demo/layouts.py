"""Transfer packages in every layout that is read besides DA/T 93, each with evidently made-up records."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from datetime import datetime
from functools import partial
from pathlib import Path

from django.utils import timezone

from lantai.kit.packages.carrier import CarrierRow, OutgoingCarrierItem, write_carrier
from lantai.kit.packages.catalogue.writer import write_catalogue
from lantai.kit.packages.eark.writer import write_eark
from lantai.kit.packages.eep import (
    Act,
    Agent,
    Content,
    Document,
    DocumentData,
    Encoding,
    Signer,
    write_original,
)
from lantai.kit.packages.spreadsheet.writer import write_spreadsheet
from lantai.kit.packages.transfer import OutgoingItem, write_transfer
from lantai.site.demo import broken, kinds, signing
from lantai.site.demo.broken import Package

FIRST = 950_000  # far beyond the numbers of all other made documents
_SIZE = 3
_NOT_OF_RECORD = frozenset({"业务状态", "业务行为", "行为时间", "机构人员名称", "全宗号"})
_FURTHER = {
    "主题词": ("样例",),
    "页数": ("1",),
    "脱机载体编号": ("无",),
    "授权对象": ("全体人员",),
    "授权行为": ("查阅",),
}
Write = Callable[[Path, str, list[OutgoingItem]], None]


def packages(sender: str, fonds: str) -> Iterator[Package]:
    """One package in each layout, and one whose sealed document was altered after the seal."""
    for number, (section, title, write) in enumerate(_LAYOUTS):
        items = partial(broken.letters, sender, fonds, section, FIRST + 100 * number, _SIZE)
        yield Package(f"{title}.zip", title, partial(_zipped, sender, items, write))


def _zipped(sender: str, items: Callable[[], list[OutgoingItem]], write: Write) -> bytes:
    with tempfile.TemporaryDirectory(prefix="lantai-demo-") as folder:
        write(Path(folder), sender, items())
        return broken.zipped(Path(folder))


def _eark(root: Path, sender: str, items: list[OutgoingItem]) -> None:
    write_eark(root / "sample-sip-1", broken.described(sender), items, at=_now())


def _carrier(root: Path, sender: str, items: list[OutgoingItem]) -> None:
    said = {"移交单位": sender, "内容描述": f"{sender}文书档案（样例）", "软硬件环境": "PDF 阅读软件",
            "起止档号": f"{items[0].row.reference_code}～{items[-1].row.reference_code}", "档案数量": str(len(items)),
            "载体编号": "样例-001"}  # fmt: skip
    write_carrier(root / "移交载体", said, map(_on_carrier, items))


def _on_carrier(item: OutgoingItem) -> OutgoingCarrierItem:
    row = item.row
    line = CarrierRow(
        reference_code=row.reference_code, author=row.author, title=row.title, dated_on=row.dated_on,
        classification=row.classification, note=row.note,
    )  # fmt: skip
    return OutgoingCarrierItem(line, item.class_path[::-1], item.metadata, item.files)


def _spreadsheet(root: Path, _sender: str, items: list[OutgoingItem]) -> None:
    write_spreadsheet(root / "目录和文件", items)


def _catalogue(root: Path, _sender: str, items: list[OutgoingItem]) -> None:
    listed = [OutgoingItem(one.row, one.fonds, one.class_path, one.metadata, ()) for one in items]
    write_catalogue(root / "目录", listed)


def _eep(root: Path, sender: str, items: list[OutgoingItem]) -> None:
    """Each record in a package of its own, signed by the made-up key of the agency."""
    with tempfile.TemporaryDirectory(prefix="lantai-demo-") as folder:
        for number, item in enumerate(items, 1):
            content = _content(Path(folder), sender, number, item)
            signer = Signer(signing.office_key(), name=sender)
            target = root / f"{number:04d}.eep"
            write_original(target, content, creator=sender, created_at=_now(), signers=(signer,))


def _content(folder: Path, sender: str, number: int, item: OutgoingItem) -> Content:
    ((name, data),) = item.files
    path = folder / f"{number}.pdf"
    path.write_bytes(b"".join(data))  # type: ignore[arg-type]
    held = Encoding(
        encoding_id=f"修改0-文档{number}-编码1", data_id=f"修改0-文档{number}-编码1-编码数据", name=name,
        size=str(path.stat().st_size), keyword="base64-pdf", source=path,
    )  # fmt: skip
    document = Document(
        f"修改0-文档{number}", (DocumentData(f"修改0-文档{number}-文档数据1", (held,)),), "1", "主文档", name
    )
    metadata = {key: tuple(values) for key, values in item.metadata.items() if key not in _NOT_OF_RECORD}
    made_at = item.metadata["行为时间"][0][:19]
    made = Act("业务1", "机构1", *metadata["电子文件号"], "历史行为", "形成", made_at, "样例办法")
    return Content(
        metadata={**metadata, **_FURTHER, "室编件号": (str(number),)},
        documents=(document,),
        acts=(made,),
        agents=(Agent("机构1", sender, "单位", "00000000-0"),),
    )


def _sealed(root: Path, sender: str, items: list[OutgoingItem]) -> None:
    """OFD documents: the first signed and whole, the second altered after it was signed."""
    whole = signing.signed(kinds.ofd(items[0].row.title, ["内容均为样例。"]))
    later = signing.signed(kinds.ofd(items[1].row.title, ["内容均为样例，签名后被改动。"]))
    held = [
        OutgoingItem(one.row, one.fonds, one.class_path, one.metadata, [(f"{one.row.title}.ofd", [data])])
        for one, data in zip(items[:2], (whole, signing.altered(later)), strict=True)
    ]
    write_transfer(root / "移交信息包", broken.described(sender), held)


def _now() -> datetime:
    return timezone.localtime().replace(microsecond=0)


_LAYOUTS: tuple[tuple[str, str, Write], ...] = (
    ("FZ", "封装包（DA/T 48，已签名）移交（样例）", _eep),
    ("ZT", "2012 年办法载体移交（样例）", _carrier),
    ("MB", "文件夹和目录表移交（样例）", _spreadsheet),
    ("EA", "E-ARK SIP 移交（样例）", _eark),
    ("ML", "只移交目录（样例）", _catalogue),
    ("QM", "版式文件签名移交，一件签名无效（样例）", _sealed),
)
