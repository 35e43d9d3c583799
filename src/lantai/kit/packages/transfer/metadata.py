"""The metadata file of one item: elements of DA/T 46-2009 by their Chinese names."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from lantai.kit.numbering import normalise
from lantai.kit.packages.listed import METADATA_WORD
from lantai.kit.packages.problems import Findings
from lantai.kit.packages.xml import (
    XmlBroken,
    XmlHostile,
    XmlLimits,
    XmlUnsayable,
    is_name,
    read_ends,
    write_element,
)

ROOT = "文件元数据"
_LIMITS = XmlLimits(total_bytes=64 * 1024 * 1024)

# DA/T 46-2009 §6: container → elements in it
_CONTAINERS: dict[str, tuple[str, ...]] = {
    "来源": ("档案馆名称", "档案馆代码", "全宗名称", "立档单位名称"),
    "内容描述": (
        *(
            "题名",
            "并列题名",
            "副题名",
            "说明题名文字",
            "主题词",
            "关键词",
            "人名",
            "摘要",
            "分类号",
            "文件编号",
        ),
        *("责任者", "日期", "文种", "紧急程度", "主送", "抄送", "密级", "保密期限"),
    ),
    "形式特征": ("文件组合类型", "件数", "页数", "语种", "稿本"),
    "电子属性": ("格式信息", "计算机文件名", "计算机文件大小", "文档创建程序", "信息系统描述"),
    "数字化属性": ("数字化对象形态", "扫描分辨率", "扫描色彩模式", "图像压缩方案"),
    "电子签名": ("签名规则", "签名时间", "签名人", "签名结果", "证书", "证书引证", "签名算法标识"),
    "存储位置": ("当前位置", "脱机载体编号", "脱机载体存址", "缩微号"),
    "权限管理": ("知识产权说明", "授权对象", "授权行为", "控制标识"),
}
_CODE_PARTS = (
    *("全宗号", "目录号", "年度", "保管期限", "机构或问题", "类别号", "室编案卷号", "馆编案卷号"),
    *("室编件号", "馆编件号", "文档序号", "页号"),
)
_CONTAINER_OF = {name: container for container, held in _CONTAINERS.items() for name in held}


def write_metadata(elements: Mapping[str, Sequence[str]], encoding: str) -> bytes:
    """The XML of one item; elements that DA/T 46 does not hold in a container stand under the root.

    Raises `XmlUnsayable` for a name or value that XML cannot carry.
    """
    text = "".join(_lines(elements))
    declaration = f'<?xml version="1.0" encoding="{encoding}"?>\n'
    return f"{declaration}<{ROOT}>\n{text}</{ROOT}>\n".encode(encoding)


def _lines(elements: Mapping[str, Sequence[str]]) -> Iterator[str]:
    for name, values in elements.items():
        if not is_name(name):
            raise XmlUnsayable(name=name, field=name)
        if name == "档号" or (name not in _CONTAINER_OF and name not in _CODE_PARTS):
            yield from (_code(elements, value) if name == "档号" else _line(name, value) for value in values)
    if "档号" not in elements:
        yield from (_line(name, value) for name in _CODE_PARTS for value in elements.get(name, ()))
    for container, held in _CONTAINERS.items():
        inner = "".join(_line(name, value, 2) for name in held for value in elements.get(name, ()))
        if inner:
            yield f"  <{container}>\n{inner}  </{container}>\n"


def _line(name: str, value: str, depth: int = 1) -> str:
    return f"{'  ' * depth}{write_element(name, value)}\n"


def _code(elements: Mapping[str, Sequence[str]], value: str) -> str:
    """档号 is mixed: its text, then its parts (DA/T 46 M8 to M20)."""
    parts = "".join(write_element(name, one) for name in _CODE_PARTS for one in elements.get(name, ()))
    whole = write_element("档号", value)
    return f"  {whole.removesuffix('</档号>')}{parts}</档号>\n"


def read_metadata(path: Path) -> dict[str, tuple[str, ...]]:
    """Element name → its values, whatever holds them; raises `XmlBroken` and `XmlHostile`."""
    found: dict[str, list[str]] = {}
    with path.open("rb") as stream:
        for event in read_ends(stream, limits=_LIMITS):
            if event.depth > 1 and event.text:
                found.setdefault(event.name, []).append(event.text)
    return {name: tuple(values) for name, values in found.items()}


def is_metadata(path: str) -> bool:
    """Whether the file ``path`` says by its name that it is the metadata of an item."""
    name = path.rpartition("/")[2]
    return name.casefold().endswith(".xml") and METADATA_WORD in name


def read_of_item(folder: Path, path: str, code: str, findings: Findings) -> dict[str, tuple[str, ...]]:
    """`read_metadata` of the item ``code``, whose file is ``path`` below ``folder`` ("" where it has none).

    What cannot be read, and a 档号 of another item, is told in ``findings`` at ``path``.
    """
    if not path:
        return {}
    try:
        found = read_metadata(folder / path)
    except (XmlBroken, XmlHostile) as refused:
        findings.error("metadata-broken", path, reason=str(refused))
        return {}
    for stated in found.get("档号", ()):
        if normalise(stated) != normalise(code):
            findings.error("metadata-differs", path, name=stated)
    return found
