"""Evidently made-up records to be packed, and keys of three algorithms to sign them with."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from functools import cache

from lantai.kit.crypto.issuing import IssuedKey, make_authority, make_certified
from lantai.kit.packages.eep import Act, Agent, Content, Document, DocumentData, Encoding, Relation

AT = datetime(2026, 3, 1, 9, 30, tzinfo=timezone(timedelta(hours=8)))
CREATOR = "样例市样例局"

METADATA = {
    "聚合层次": ("文件",),
    "立档单位名称": (CREATOR,),
    "电子文件号": ("样例-0001",),
    "档号": ("X001-WS·2026-Y-BGS-0001",),
    "年度": ("2026",),
    "保管期限": ("永久",),
    "室编件号": ("1",),
    "题名": ("关于样例工作的通知㐀𠀀",),
    "主题词": ("样例", "通知"),
    "责任者": (CREATOR,),
    "日期": ("20260301",),
    "密级": ("公开",),
    "文件组合类型": ("组合文件",),
    "页数": ("3",),
    "脱机载体编号": ("无",),
    "授权对象": ("全体人员",),
    "授权行为": ("查阅",),
    "附注": ("本件为样例数据 <&> ]]>",),
}


def encoding(number: str, name: str, path, *, layer: int = 0, refers_to: str = "") -> Encoding:
    """One computer file; ``path`` holds its content unless it refers to another."""
    return Encoding(
        encoding_id=f"修改{layer}-{number}-编码1",
        data_id=f"修改{layer}-{number}-编码1-编码数据",
        name=name,
        size=str(path.stat().st_size),
        keyword=f"base64-{name.rpartition('.')[2]}",
        refers_to=refers_to,
        source=None if refers_to else path,
    )


def content(*documents: Document, **changes: tuple[str, ...]) -> Content:
    """A record of these documents with one act and one agent."""
    metadata = {name: values for name, values in {**METADATA, **changes}.items() if values}
    return Content(
        metadata=metadata,
        documents=documents,
        acts=(Act("业务1", "机构1", "样例-0001", "历史行为", "签发", "2026-03-01T09:00:00", "样例办法"),),
        agents=(Agent("机构1", CREATOR, "单位", "00000000-0"),),
        vocabularies=("样例词表", ""),
        relations=(Relation("样例-0001", "样例-0002", "来源", "引用"),),
    )


def two_documents(folder) -> Content:
    """A text and its attachment, whose files lie in ``folder``."""
    text, sheet = folder / "通知.txt", folder / "附表.csv"
    text.write_bytes("样例正文\r\n".encode() * 100)
    sheet.write_bytes(bytes(range(256)) * 300)
    return content(
        Document(
            "修改0-文档1", (DocumentData("修改0-文档1-文档数据1", (encoding("文档1", text.name, text),)),),
            "1", "主文档", "通知",
        ),
        Document(
            "修改0-文档2", (DocumentData("修改0-文档2-文档数据1", (encoding("文档2", sheet.name, sheet),)),),
            "2", "附属文档", "附表",
        ),
    )  # fmt: skip


@cache
def authority(algorithm: str) -> IssuedKey:
    """A made-up authority."""
    return make_authority("样例认证中心", algorithm=algorithm, not_before=_YEAR[0], not_after=_YEAR[1])


@cache
def key(algorithm: str, name: str = "样例市样例局") -> IssuedKey:
    """A made-up signer under `authority`."""
    return make_certified(name, issuer=authority(algorithm), not_before=_YEAR[0], not_after=_YEAR[1])


_YEAR = datetime(2026, 1, 1, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC)
