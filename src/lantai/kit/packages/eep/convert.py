"""The tree of a package turned into values."""

from __future__ import annotations

import base64
from collections.abc import Iterator, Mapping

from lantai.kit.packages.eep.checks import LayerNodes
from lantai.kit.packages.eep.schema import ValueKind
from lantai.kit.packages.eep.tree import DATA, Node
from lantai.kit.packages.eep.types import (
    Act,
    Agent,
    CertificateBlock,
    Content,
    Document,
    DocumentData,
    Encoding,
    Layer,
    Relation,
    Signature,
    Stored,
)
from lantai.kit.packages.eep.values import is_of_kind

_NOTHING = Node("", "", 0)


def layer_of(nodes: LayerNodes, stored: Mapping[str, Stored]) -> Layer:
    """One layer; ``stored`` are the contents by the path of the 编码 that has them."""
    signed = nodes.signed
    modified = signed.find("修改封装内容") or _NOTHING
    signatures = nodes.block.all("电子签名") if nodes.block else []
    return Layer(
        kind=signed.text_of("封装包类型"),
        created_at=signed.text_of("封装包创建时间"),
        creator=signed.text_of("封装包创建单位"),
        content=_content(nodes.content or _NOTHING, stored),
        modification_id=modified.text_of("修改标识符"),
        signatures=tuple(signature_of(node, "签名标识符") for node in signatures),
    )


def signature_of(node: Node, identifier: str) -> Signature:
    """A 电子签名 or 锁定签名, whose identifier stands in the element of that name."""
    return Signature(
        identifier=node.text_of(identifier),
        rule=node.text_of("签名规则"),
        value=_octets(node.text_of("签名结果")),
        blocks=tuple(
            CertificateBlock(tuple(_octets(one.text) for one in block.all("证书")), block.text_of("证书引证"))
            for block in node.all("证书块")
        ),
        algorithm=node.text_of("签名算法标识"),
        signed_at=node.text_of("签名时间"),
        signer=node.text_of("签名人"),
    )


def _octets(text: str) -> bytes:
    """What Base64 stands for; nothing where it is none, which reading has noted."""
    return base64.b64decode(text) if is_of_kind(text, ValueKind.BASE64) else b""


def _content(content: Node, stored: Mapping[str, Stored]) -> Content:
    files = content.find("文件实体块") or _NOTHING
    record = files.find("文件实体") or _NOTHING
    agents = content.find("机构人员实体块") or _NOTHING
    acts = content.find("业务实体块") or _NOTHING
    data = record.find("文件数据") or _NOTHING
    return Content(
        metadata=_metadata(record),
        documents=tuple(_document(node, stored) for node in data.all("文档")),
        acts=tuple(map(_act, acts.all("业务实体"))),
        agents=tuple(map(_agent, agents.all("机构人员实体"))),
        vocabularies=tuple(
            node.attributes.get("主题词表名称", "") for node in _leaves(record) if node.name == "主题词"
        ),
        relations=tuple(_relation(node, "文件标识符") for node in files.all("文件实体关系")),
        agent_relations=tuple(_relation(node, "机构人员标识符") for node in agents.all("机构人员实体关系")),
    )


def _metadata(record: Node) -> dict[str, tuple[str, ...]]:
    found: dict[str, list[str]] = {}
    for node in _leaves(record):
        found.setdefault(node.name, []).append(node.text)
    return {name: tuple(values) for name, values in found.items()}


def _leaves(record: Node) -> Iterator[Node]:
    """The elements of the record itself that hold a text; 档号 holds one beside its parts."""
    for child in record.children:
        if child.name == "文件数据":
            continue
        for node in child.below():
            if node.text and (not node.children or node.name == "档号"):
                yield node


def _document(node: Node, stored: Mapping[str, Stored]) -> Document:
    versions = (
        DocumentData(
            version.attributes.get("文档数据ID", ""),
            tuple(_encoding(one, stored.get(one.path)) for one in version.all("编码")),
        )
        for version in node.all("文档数据")
    )
    return Document(
        document_id=node.text_of("文档标识符"),
        versions=tuple(versions),
        sequence=node.text_of("文档序号"),
        role=node.text_of("文档主从声明"),
        title=node.text_of("题名"),
    )


def _encoding(node: Node, stored: Stored | None) -> Encoding:
    attributes, data = node.find("电子属性") or _NOTHING, node.find(DATA) or _NOTHING
    digitised = node.find("数字化属性") or _NOTHING
    return Encoding(
        encoding_id=node.attributes.get("编码ID", ""),
        data_id=data.attributes.get("编码数据ID", ""),
        name=attributes.text_of("计算机文件名"),
        size=attributes.text_of("计算机文件大小"),
        keyword=node.text_of("反编码关键字"),
        format=attributes.text_of("格式信息"),
        application=attributes.text_of("文档创建程序"),
        digitisation={child.name: child.text for child in digitised.children if child.text},
        refers_to=data.attributes.get("引用编码数据ID", ""),
        stored=stored,
    )


def _act(node: Node) -> Act:
    return Act(
        act_id=node.text_of("业务标识符"),
        agent_id=node.text_of("机构人员标识符"),
        record_id=node.text_of("文件标识符"),
        status=node.text_of("业务状态"),
        action=node.text_of("业务行为"),
        at=node.text_of("行为时间"),
        mandate=node.text_of("行为依据"),
        description=node.text_of("行为描述"),
    )


def _agent(node: Node) -> Agent:
    return Agent(
        agent_id=node.text_of("机构人员标识符"),
        name=node.text_of("机构人员名称"),
        kind=node.text_of("机构人员类型"),
        code=node.text_of("组织机构代码"),
        position=node.text_of("个人职位"),
    )


def _relation(node: Node, identifier: str) -> Relation:
    return Relation(
        identifier=node.text_of(identifier),
        related=node.text_of(f"被关联{identifier}"),
        kind=node.text_of("关系类型"),
        relation=node.text_of("关系"),
        description=node.text_of("关系描述"),
    )
