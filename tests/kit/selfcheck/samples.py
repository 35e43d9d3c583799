"""Small packages in which everything is right, for every layout that can be written here."""

from __future__ import annotations

import io
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

import pikepdf

from lantai.kit.crypto.issuing import IssuedKey, make_authority, make_certified
from lantai.kit.packages.bagit import write_bag
from lantai.kit.packages.eark.writer import write_eark
from lantai.kit.packages.eep import Act, Agent, Content, Document, DocumentData, Encoding
from lantai.kit.packages.eep.writer import Signer, write_original
from lantai.kit.packages.spreadsheet.writer import write_spreadsheet
from lantai.kit.packages.transfer import CatalogueRow, OutgoingDescription, OutgoingItem, write_transfer

SENDER = "样例市办公室"
FONDS = "Z109"


_ABOUT = b"""<?xpacket begin="" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about="" xmlns:pdfaid="http://www.aiim.org/pdfa/ns/id/">
<pdfaid:part>1</pdfaid:part><pdfaid:conformance>B</pdfaid:conformance>
</rdf:Description></rdf:RDF></x:xmpmeta><?xpacket end="w"?>"""


@cache
def pdf(text: str, pages: int = 1) -> bytes:
    """A small file of its own content that says it is PDF/A-1b."""
    with pikepdf.new() as document:
        about = pikepdf.Stream(document, _ABOUT)
        about.Type, about.Subtype = pikepdf.Name.Metadata, pikepdf.Name.XML
        document.Root.Metadata = about
        for number in range(pages):
            page = document.add_blank_page(page_size=(200, 200))
            page.obj["/Contents"] = pikepdf.Stream(document, f"% {text} {number}\n0 0 10 10 re f".encode())
        out = io.BytesIO()
        document.save(
            out,
            deterministic_id=True,
            force_version="1.4",
            compress_streams=False,
            object_stream_mode=pikepdf.ObjectStreamMode.disable,
        )
        return out.getvalue()


@dataclass(frozen=True)
class SampleItem:
    """One item; ``metadata`` under the names of DA/T 46."""

    number: int
    files: Mapping[str, bytes] = field(default_factory=dict)
    metadata: Mapping[str, list[str]] = field(default_factory=dict)
    row: Mapping[str, str] = field(default_factory=dict)

    @property
    def code(self) -> str:
        return f"{FONDS}-WS·2011-Y-BGS-{self.number:04d}"


def item(number: int, **changes: list[str] | None) -> SampleItem:
    """A document with main file and attachment; ``changes`` replace an element, None takes it away."""
    files = {"正文.pdf": pdf(f"main {number}", 2), "附件1.pdf": pdf(f"attached {number}")}
    sample = SampleItem(number, files)
    code = sample.code
    metadata: dict[str, list[str]] = {
        "聚合层次": ["文件"],
        "立档单位名称": [SENDER],
        "电子文件号": [f"样例{number:04d}"],
        "档号": [code],
        "全宗号": [FONDS],
        "年度": ["2011"],
        "保管期限": ["永久"],
        "题名": [f"关于样例工作{number}的通知"],
        "责任者": [SENDER],
        "日期": ["20110305"],
        "文件编号": [f"样办〔2011〕{number}号"],
        "密级": ["公开"],
        "文件组合类型": ["组合文件"],
        "页数": ["3"],
        "计算机文件名": list(files),
        "计算机文件大小": [str(len(content)) for content in files.values()],
        "机构人员名称": ["样例归档员"],
        "业务状态": ["历史行为"],
        "业务行为": ["归档"],
        "行为时间": ["2012-06-01T09:00:00+08:00"],
    }
    metadata.update({key: value for key, value in changes.items() if value is not None})
    kept = {key: value for key, value in metadata.items() if changes.get(key, value) is not None}
    row = {"reference_code": code, "title": kept.get("题名", [""])[0], "page_count": "3"}
    return replace(sample, metadata=kept, row=row)


def good_items() -> list[SampleItem]:
    return [item(1), item(2), item(3)]


def outgoing(sample: SampleItem) -> OutgoingItem:
    row = CatalogueRow(**sample.row)
    contents = [(name, [content]) for name, content in sample.files.items()]
    return OutgoingItem(row, FONDS, ("2011",), sample.metadata, contents)


def description() -> OutgoingDescription:
    return OutgoingDescription(SENDER, "样例移交", "任意环境")


def write_as_transfer(target: Path, items: list[SampleItem]) -> Path:
    """A DA/T 93 package."""
    write_transfer(target, description(), map(outgoing, items))
    return target


def write_as_bag(target: Path, items: list[SampleItem]) -> Path:
    """A bag with a DA/T 93 package inside."""
    inner = write_as_transfer(target.with_name(target.name + "-inner"), items)
    files = sorted(path for path in inner.rglob("*") if path.is_file())
    write_bag(target, ((f"包/{path.relative_to(inner).as_posix()}", path) for path in files))
    return target


def write_as_eark(target: Path, items: list[SampleItem]) -> Path:
    """An E-ARK submission package."""
    write_eark(target, description(), map(outgoing, items), at=datetime(2024, 6, 1, tzinfo=UTC))
    return target


def write_as_spreadsheet(target: Path, items: list[SampleItem]) -> Path:
    """Folders with a catalogue, whose metadata name no files: the folders do."""
    silent = ("计算机文件名", "计算机文件大小")
    plain = [
        replace(one, metadata={k: v for k, v in one.metadata.items() if k not in silent}) for one in items
    ]
    write_spreadsheet(target, map(outgoing, plain))
    return target


def write_as_eep(target: Path, items: list[SampleItem], signer: Signer | None = None) -> Path:
    """A folder of DA/T 48 envelopes, one an item, signed where a signer is given."""
    sources = target.with_name(target.name + "-sources")
    target.mkdir()
    for one in items:
        folder = sources / one.code
        folder.mkdir(parents=True)
        documents = []
        for number, (name, content) in enumerate(one.files.items(), 1):
            (folder / name).write_bytes(content)
            data, role = f"修改0-文档{number}-文档数据1", "附属文档" if number > 1 else "主文档"
            encoding = Encoding(
                f"{data}-编码1",
                f"{data}-编码1-编码数据",
                name=name,
                size=str(len(content)),
                keyword="base64-pdf",
                refers_to="",
                source=folder / name,
            )
            documents.append(
                Document(f"修改0-文档{number}", (DocumentData(data, (encoding,)),), str(number), role, name)
            )
        about = ("计算机文件名", "计算机文件大小", "机构人员名称", "业务状态", "业务行为", "行为时间")
        metadata = {key: tuple(values) for key, values in one.metadata.items() if key not in about}
        envelope = Content(
            metadata={**metadata, "室编件号": (str(one.number),), "脱机载体编号": ("无",)},
            documents=tuple(documents),
            acts=(
                Act(
                    "业务1",
                    "机构1",
                    one.metadata["电子文件号"][0],
                    "历史行为",
                    "归档",
                    "2012-06-01T09:00:00",
                    "",
                ),
            ),
            agents=(Agent("机构1", "样例归档员", "个人", ""),),
        )
        write_original(
            target / f"{one.code}.eep",
            envelope,
            creator=SENDER,
            created_at=datetime(2024, 6, 1, tzinfo=UTC),
            signers=(signer,) if signer else (),
        )
    return target


_YEAR = {"not_before": datetime(2024, 1, 1, tzinfo=UTC), "not_after": datetime(2025, 1, 1, tzinfo=UTC)}


@cache
def authority(algorithm: str) -> IssuedKey:
    """A made-up authority that nobody trusts yet."""
    return make_authority("样例认证中心", algorithm=algorithm, **_YEAR)


@cache
def signer(algorithm: str) -> Signer:
    """A made-up key under it."""
    return Signer(make_certified(SENDER, issuer=authority(algorithm), **_YEAR), name=SENDER)


def write_as_signed_eep(target: Path, items: list[SampleItem]) -> Path:
    """Envelopes signed with SM2."""
    return write_as_eep(target, items, signer("sm2-sm3"))


def write_as_rsa_eep(target: Path, items: list[SampleItem]) -> Path:
    """Envelopes signed with RSA."""
    return write_as_eep(target, items, signer("rsa-sha256"))


LAYOUTS = {
    "transfer": write_as_transfer,
    "bagit": write_as_bag,
    "eark": write_as_eark,
    "spreadsheet": write_as_spreadsheet,
    "eep": write_as_eep,
    "eep-sm2": write_as_signed_eep,
    "eep-rsa": write_as_rsa_eep,
}
