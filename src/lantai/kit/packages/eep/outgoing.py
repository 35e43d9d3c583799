"""One layer of a package as tokens, in the order of the schema; what it must have and lacks is refused."""

from __future__ import annotations

import base64
from collections.abc import Iterator, Mapping
from pathlib import Path

from lantai.kit.errors import N_, Invalid
from lantai.kit.packages.eep.schema import (
    CONTAINERS,
    ENCODING_DESCRIPTION,
    TYPE_DESCRIPTIONS,
    VERSION,
    leaf_of,
)
from lantai.kit.packages.eep.stream import NAMESPACE, Closing, Name, Opening, Token
from lantai.kit.packages.eep.types import Act, Agent, Content, Document, Encoding, Layer, Relation, Signature
from lantai.kit.packages.eep.values import is_of_kind
from lantai.kit.packages.xml import UNSAYABLE, XmlUnsayable

_LINE_BYTES = 57 * 4096  # of content; 57 make one line of 76 characters (RFC 2045 §6.8)
_RECORD = "文件实体"


class EepIncomplete(Invalid):
    """An element that the standard asks for has no value."""

    message = N_("封装包缺少“%(element)s”，没有生成；请补充后再试。")


class EepValueInvalid(Invalid):
    """A value that the schema does not allow."""

    message = N_("封装包的“%(element)s”不能是“%(value)s”，没有生成。")


class EepSourceMissing(Invalid):
    """A computer file with neither a source nor a reference."""

    message = N_("封装包里的文件“%(name)s”没有给出内容，没有生成。")


def layer_tokens(layer: Layer, previous: Iterator[Token] | None) -> Iterator[Token]:
    """The 被签名对象 of ``layer``; ``previous`` are those of the 原封装包 that a modified one keeps.

    Raises `EepIncomplete`, `EepValueInvalid`, `EepSourceMissing` and `XmlUnsayable`.
    """
    yield opened("被签名对象", eep版本=VERSION)
    yield "\n"
    yield from leaf("封装包类型", layer.kind)
    yield from leaf("封装包类型描述", TYPE_DESCRIPTIONS.get(layer.kind, ""))
    yield from leaf("封装包创建时间", layer.created_at)
    yield from leaf("封装包创建单位", layer.creator)
    if previous is None:
        yield from _held("封装内容", _content(layer.content))
    else:
        yield from _held("修改封装内容", _modified(layer, previous))
    yield Closing(_name("被签名对象"))


def _modified(layer: Layer, previous: Iterator[Token]) -> Iterator[Token]:
    yield from leaf("修改标识符", layer.modification_id)
    yield from _held("原封装包", previous)
    yield from _held("修订内容", _content(layer.content))


def _content(content: Content) -> Iterator[Token]:
    yield from _held("文件实体块", _files(content))
    yield from _held("业务实体块", (token for act in content.acts for token in _act(act)), content.acts)
    yield from _held("机构人员实体块", _agents(content), content.agents)


def _files(content: Content) -> Iterator[Token]:
    yield from _held(_RECORD, _record(content))
    for relation in content.relations:
        yield from _relation("文件实体关系", "文件标识符", relation)


def _record(content: Content) -> Iterator[Token]:
    left = {name: list(values) for name, values in content.metadata.items()}
    vocabularies = list(content.vocabularies)
    for particle in CONTAINERS[_RECORD].children:
        name = particle.names[0]
        if name == "文件数据":
            documents = (token for one in content.documents for token in _document(one))
            yield from _held(name, documents, content.documents)
        elif name in CONTAINERS:
            yield from _group(name, left, vocabularies)
        else:
            values = left.pop(name, [])
            _require(name, values, particle.least)
            for value in values:
                yield from leaf(name, value)
    for name in left:
        raise EepValueInvalid(element=_RECORD, value=name, field=name)


def _group(name: str, left: dict[str, list[str]], vocabularies: list[str]) -> Iterator[Token]:
    """A container of the record, with those of its elements that have a value."""
    model = CONTAINERS[name]
    yield opened(name)
    yield from left.pop(name, []) if model.is_mixed else ["\n"]
    if model.one_of and not any(left.get(one) for one in model.one_of):
        raise EepIncomplete(element="|".join(model.one_of), field=model.one_of[0])
    for particle in model.children:
        child = particle.names[0]
        if child == "授权":
            yield from _permissions(left)
            continue
        values = left.pop(child, [])
        _require(child, values, particle.least)
        if particle.most is not None and len(values) > particle.most:
            raise EepValueInvalid(element=child, value="；".join(values), field=child)
        for value in values:
            attributes = {}
            if child == "主题词" and vocabularies and (vocabulary := vocabularies.pop(0)):
                attributes["主题词表名称"] = vocabulary
            yield from leaf(child, value, **attributes)
    yield Closing(_name(name))
    yield "\n"


def _permissions(left: dict[str, list[str]]) -> Iterator[Token]:
    agents, acts = left.pop("授权对象", []), left.pop("授权行为", [])
    if len(agents) != len(acts):
        raise EepIncomplete(element="授权行为" if len(agents) > len(acts) else "授权对象", field="授权")
    for agent, act in zip(agents, acts, strict=True):
        yield from _held("授权", iter([*leaf("授权对象", agent), *leaf("授权行为", act)]))


def _document(document: Document) -> Iterator[Token]:
    def inside() -> Iterator[Token]:
        yield from leaf("文档标识符", document.document_id)
        yield from _optional(
            {"文档序号": document.sequence, "文档主从声明": document.role, "题名": document.title}
        )
        for version in document.versions:
            encodings = (token for one in version.encodings for token in _encoding(one))
            yield from _held("文档数据", encodings, version.encodings, 文档数据ID=version.data_id)

    yield from _held("文档", inside(), document.versions)


def _encoding(encoding: Encoding) -> Iterator[Token]:
    def inside() -> Iterator[Token]:
        yield from _held("电子属性", _attributes(encoding))
        if encoding.digitisation:
            digitised = {name: [value] for name, value in encoding.digitisation.items()}
            yield from _group("数字化属性", digitised, [])
            for name in digitised:
                raise EepValueInvalid(element="数字化属性", value=name, field=name)
        yield from leaf("编码描述", ENCODING_DESCRIPTION)
        yield from leaf("反编码关键字", encoding.keyword)
        yield from _data(encoding)

    yield from _held("编码", inside(), 编码ID=encoding.encoding_id)


def _attributes(encoding: Encoding) -> Iterator[Token]:
    yield from _optional({"格式信息": encoding.format})
    yield from leaf("计算机文件名", encoding.name)
    yield from leaf("计算机文件大小", encoding.size)
    yield from _optional({"文档创建程序": encoding.application})


def _data(encoding: Encoding) -> Iterator[Token]:
    attributes = {"编码数据ID": encoding.data_id}
    if encoding.refers_to:
        attributes["引用编码数据ID"] = encoding.refers_to
    elif encoding.source is None:
        raise EepSourceMissing(name=encoding.name, field="source")
    yield opened("编码数据", **attributes)
    if not encoding.refers_to and encoding.source is not None:
        yield from _lines(encoding.source)
    yield Closing(_name("编码数据"))
    yield "\n"


def _lines(source: Path) -> Iterator[str]:
    with source.open("rb") as stream:
        while piece := stream.read(_LINE_BYTES):
            text = base64.b64encode(piece).decode()
            yield "\n".join(text[at : at + 76] for at in range(0, len(text), 76)) + "\n"


def _relation(name: str, identifier: str, relation: Relation) -> Iterator[Token]:
    def inside() -> Iterator[Token]:
        yield from leaf(identifier, relation.identifier)
        yield from leaf(f"被关联{identifier}", relation.related)
        yield from _optional(
            {"关系类型": relation.kind, "关系": relation.relation, "关系描述": relation.description}
        )

    yield from _held(name, inside())


def _act(act: Act) -> Iterator[Token]:
    def inside() -> Iterator[Token]:
        yield from leaf("业务标识符", act.act_id)
        yield from leaf("机构人员标识符", act.agent_id)
        yield from leaf("文件标识符", act.record_id)
        yield from leaf("业务状态", act.status)
        yield from leaf("业务行为", act.action)
        yield from leaf("行为时间", act.at)
        yield from _optional({"行为依据": act.mandate, "行为描述": act.description})

    yield from _held("业务实体", inside())


def _agents(content: Content) -> Iterator[Token]:
    for agent in content.agents:
        yield from _held("机构人员实体", _agent(agent))
    for relation in content.agent_relations:
        yield from _relation("机构人员实体关系", "机构人员标识符", relation)


def _agent(agent: Agent) -> Iterator[Token]:
    yield from leaf("机构人员标识符", agent.agent_id)
    yield from _optional({"机构人员类型": agent.kind})
    yield from leaf("机构人员名称", agent.name)
    yield from _optional({"组织机构代码": agent.code, "个人职位": agent.position})


def signature_tokens(name: str, identifier: str, signature: Signature) -> Iterator[Token]:
    """A 电子签名 or a 锁定签名, whose identifier stands in the element of that name."""
    yield opened(name)
    yield "\n"
    yield from leaf(identifier, signature.identifier)
    yield from leaf("签名规则", signature.rule)
    yield from _optional({"签名时间": signature.signed_at, "签名人": signature.signer})
    yield from leaf("签名结果", base64.b64encode(signature.value).decode())
    for block in signature.blocks:
        yield opened("证书块")
        for certificate in block.certificates:
            yield from leaf("证书", base64.b64encode(certificate).decode())
        yield from _optional({"证书引证": block.reference})
        yield Closing(_name("证书块"))
    yield from leaf("签名算法标识", signature.algorithm)
    yield Closing(_name(name))


def _held(
    name: str, inside: Iterator[Token], needed: tuple[object, ...] = (None,), /, **attributes: str
) -> Iterator[Token]:
    """A container around ``inside``; ``needed`` must not be empty."""
    if not needed:
        raise EepIncomplete(element=name, field=name)
    yield opened(name, **attributes)
    yield "\n"
    yield from inside
    yield Closing(_name(name))
    yield "\n"


def _optional(values: Mapping[str, str]) -> Iterator[Token]:
    for name, value in values.items():
        if value:
            yield from leaf(name, value)


def leaf(name: str, value: str, /, **attributes: str) -> Iterator[Token]:
    """An element with a text; raises `EepIncomplete`, `EepValueInvalid` and `XmlUnsayable`."""
    _check(name, value)
    yield opened(name, **attributes)
    yield value
    yield Closing(_name(name))
    yield "\n"


def opened(name: str, /, **attributes: str) -> Opening:
    """A start tag; the attributes are required where they are named."""
    container = CONTAINERS.get(name)
    known = container.attributes if container else leaf_of(name).attributes or {}
    for key, value in attributes.items():
        if not value or UNSAYABLE.search(value):
            raise EepIncomplete(element=f"{name}@{key}", field=key)
        if not is_of_kind(value, known[key].kind):
            raise EepValueInvalid(element=f"{name}@{key}", value=value[:60], field=key)
    return Opening(_name(name), tuple((Name("", key), value) for key, value in attributes.items()))


def _check(name: str, value: str) -> None:
    known = leaf_of(name)
    if not value.strip():
        raise EepIncomplete(element=name, field=name)
    if UNSAYABLE.search(value):
        raise XmlUnsayable(name=name, field=name)
    if not is_of_kind(value, known.kind) or (
        known.values and value not in known.values and not known.is_proposed
    ):
        raise EepValueInvalid(element=name, value=value[:60], field=name)


def _require(name: str, values: list[str], least: int) -> None:
    if len(values) < least:
        raise EepIncomplete(element=name, field=name)


def _name(local: str) -> Name:
    return Name(NAMESPACE, local)
