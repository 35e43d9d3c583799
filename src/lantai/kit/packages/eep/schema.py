"""The elements of DA/T 48-2009 as its schema declares them: order, number, kinds of values, attributes.

`x?` may be left out, `x*` and `x+` may come again, `x|y` is either of the two. Where a sentence is
fixed, it stands here letter by letter.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

VERSION = "2009"
FORMAT_DESCRIPTION = "本EEP根据中华人民共和国档案行业标准DA/T 48-2009《基于XML的电子文件封装规范》生成"
ENCODING_DESCRIPTION = (
    "本封装包中“编码数据”元素存储的是计算机文件二进制流的Base64编码，有关Base64编码规则参见IETF RFC 2045"
    "多用途邮件扩展（MIME）第一部分：互联网信息体格式。当提取和显现封装在编码数据元素中的计算机文件时，"
    "应对Base64编码进行反编码，并依据封装包中“反编码关键字”元素中记录的值还原计算机文件的扩展名"
)
ORIGINAL, MODIFIED = "原始型", "修改型"
TYPE_DESCRIPTIONS = {
    ORIGINAL: "本封装包包含电子文件数据及其元数据，原始封装，未经修改",
    MODIFIED: "本封装包包含电子文件数据及其元数据，系修改封装，在保留原封装包的基础上，添加了修改层",
}
MAIN, ATTACHED = "主文档", "附属文档"


class ValueKind(StrEnum):
    """The type of a text or an attribute, by XML Schema."""

    TEXT = "text"
    YEAR = "gYear"
    TIME = "dateTime"
    COUNT = "positiveInteger"
    IDENTIFIER = "ID"
    REFERENCE = "IDREF"
    BASE64 = "base64Binary"
    ADDRESS = "anyURI"


@dataclass(frozen=True, slots=True)
class Particle:
    """One place in the order of children: any of ``names``, so often (``most`` None: without end)."""

    names: tuple[str, ...]
    least: int = 1
    most: int | None = 1


@dataclass(frozen=True, slots=True)
class Attribute:
    """One attribute of an element."""

    kind: ValueKind = ValueKind.TEXT
    is_required: bool = True
    values: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Container:
    """An element that holds others; ``one_of`` names those of which one at least must be there."""

    children: tuple[Particle, ...]
    attributes: Mapping[str, Attribute]
    is_mixed: bool = False
    one_of: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Leaf:
    """An element that holds a text; ``values`` are all that it may be, if there are any.

    Where the schema only proposes its value, another one is no error.
    """

    kind: ValueKind = ValueKind.TEXT
    values: tuple[str, ...] = ()
    attributes: Mapping[str, Attribute] | None = None
    is_proposed: bool = False


def _holding(
    *children: str, is_mixed: bool = False, one_of: tuple[str, ...] = (), **attributes: Attribute
) -> Container:
    return Container(tuple(map(_particle, children)), attributes, is_mixed, one_of)


def _particle(text: str) -> Particle:
    names = tuple(text.rstrip("?*+").split("|"))
    match text[-1]:
        case "?":
            return Particle(names, least=0)
        case "*":
            return Particle(names, least=0, most=None)
        case "+":
            return Particle(names, most=None)
    return Particle(names)


_ID = Attribute(ValueKind.IDENTIFIER)
_SIGNED = ("签名规则", "签名时间?", "签名人?", "签名结果", "证书块+", "签名算法标识")
_RELATED = ("关系类型?", "关系?", "关系描述?")
_CONTENT = ("文件实体块", "业务实体块", "机构人员实体块")

CONTAINERS: Mapping[str, Container] = {
    "电子文件封装包": _holding("封装包格式描述", "版本", "被签名对象", "电子签名块?", "锁定签名?"),
    "被签名对象": _holding(
        "封装包类型",
        "封装包类型描述",
        "封装包创建时间",
        "封装包创建单位",
        "封装内容|修改封装内容",
        eep版本=Attribute(ValueKind.YEAR, values=(VERSION,)),
    ),
    "封装内容": _holding(*_CONTENT),
    "修改封装内容": _holding("修改标识符", "原封装包", "修订内容"),
    "原封装包": _holding("被签名对象", "电子签名块?"),
    "修订内容": _holding(*_CONTENT),
    "文件实体块": _holding("文件实体", "文件实体关系*"),
    "文件实体": _holding(
        *("聚合层次", "来源", "电子文件号", "档号", "内容描述", "形式特征", "存储位置", "权限管理"),
        *("信息系统描述*", "附注*", "文件数据"),
    ),
    "来源": _holding("档案馆名称?", "档案馆代码?", "全宗名称?", "立档单位名称"),
    # 类别号 is declared by the schema but left out of its 档号; DA/T 46 (M14) has it there
    "档号": _holding(
        *("全宗号?", "目录号?", "年度", "保管期限", "机构或问题?", "类别号?", "室编案卷号?", "馆编案卷号?"),
        *("室编件号?", "馆编件号?", "页号?"),
        is_mixed=True,
        one_of=("室编件号", "馆编件号"),
    ),
    "内容描述": _holding(
        *("题名", "并列题名?", "副题名?", "说明题名文字?", "主题词*", "关键词?", "人名?", "摘要?", "分类号?"),
        *("文件编号?", "责任者", "日期", "文种?", "紧急程度?", "主送?", "抄送?", "密级", "保密期限?"),
    ),
    "形式特征": _holding("文件组合类型", "页数?", "语种?", "稿本?"),
    "存储位置": _holding("当前位置?", "脱机载体编号+", "脱机载体存址*", "缩微号?"),
    "权限管理": _holding("知识产权说明?", "授权*", "控制标识?"),
    "授权": _holding("授权对象", "授权行为"),
    "文件数据": _holding("文档+"),
    "文档": _holding("文档标识符", "文档序号?", "文档主从声明?", "题名?", "文档数据+"),
    "文档数据": _holding("编码+", 文档数据ID=_ID),
    "编码": _holding("电子属性", "数字化属性?", "编码描述", "反编码关键字", "编码数据", 编码ID=_ID),
    "电子属性": _holding("格式信息?", "计算机文件名", "计算机文件大小", "文档创建程序?"),
    "数字化属性": _holding("数字化对象形态?", "扫描分辨率", "扫描色彩模式", "图像压缩方案?"),
    "文件实体关系": _holding("文件标识符", "被关联文件标识符", *_RELATED),
    "业务实体块": _holding("业务实体+"),
    "业务实体": _holding(
        *("业务标识符", "机构人员标识符", "文件标识符", "业务状态", "业务行为", "行为时间"),
        *("行为依据?", "行为描述?"),
    ),
    "机构人员实体块": _holding("机构人员实体+", "机构人员实体关系*"),
    "机构人员实体": _holding("机构人员标识符", "机构人员类型?", "机构人员名称", "组织机构代码?", "个人职位?"),
    "机构人员实体关系": _holding("机构人员标识符", "被关联机构人员标识符", *_RELATED),
    "电子签名块": _holding("电子签名+"),
    "电子签名": _holding("签名标识符", *_SIGNED),
    "证书块": _holding("证书+", "证书引证?"),
    "锁定签名": _holding("被锁定签名标识符", *_SIGNED),
}

LEAVES: Mapping[str, Leaf] = {
    "版本": Leaf(ValueKind.YEAR, (VERSION,)),
    "封装包格式描述": Leaf(values=(FORMAT_DESCRIPTION,), is_proposed=True),
    "封装包类型": Leaf(values=(ORIGINAL, MODIFIED)),
    "封装包类型描述": Leaf(values=tuple(TYPE_DESCRIPTIONS.values())),
    "封装包创建时间": Leaf(ValueKind.TIME),
    "修改标识符": Leaf(ValueKind.IDENTIFIER),
    "聚合层次": Leaf(values=("文件",)),
    "年度": Leaf(ValueKind.YEAR),
    "室编件号": Leaf(ValueKind.COUNT),
    "馆编件号": Leaf(ValueKind.COUNT),
    "主题词": Leaf(attributes={"主题词表名称": Attribute(is_required=False)}),
    "文件组合类型": Leaf(values=("单件", "组合文件")),
    "页数": Leaf(ValueKind.COUNT),
    "文档标识符": Leaf(ValueKind.IDENTIFIER),
    "文档主从声明": Leaf(values=(MAIN, ATTACHED)),
    "扫描色彩模式": Leaf(values=("黑白二值", "灰度", "彩色")),
    "编码数据": Leaf(
        ValueKind.BASE64,
        attributes={"编码数据ID": _ID, "引用编码数据ID": Attribute(ValueKind.REFERENCE, is_required=False)},
    ),
    "业务状态": Leaf(values=("历史行为", "计划任务")),
    "机构人员类型": Leaf(values=("单位", "内设机构", "个人")),
    "签名标识符": Leaf(ValueKind.IDENTIFIER),
    "签名时间": Leaf(ValueKind.TIME),
    "签名结果": Leaf(ValueKind.BASE64),
    "证书": Leaf(ValueKind.BASE64),
    "证书引证": Leaf(ValueKind.ADDRESS),
    "被锁定签名标识符": Leaf(ValueKind.REFERENCE),
}
PLAIN = Leaf()
NAMES = frozenset(CONTAINERS) | frozenset(
    name for container in CONTAINERS.values() for particle in container.children for name in particle.names
)


def leaf_of(name: str) -> Leaf:
    """How the text of an element that is no container has to be."""
    return LEAVES.get(name, PLAIN)
