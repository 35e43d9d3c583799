"""A package of DA/T 48 as values: layers like those of an onion, the first one innermost."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from lantai.kit.crypto.signatures import SignatureFound
from lantai.kit.digests import Digests
from lantai.kit.packages.problems import Problem, Severity


@dataclass(frozen=True, slots=True)
class Stored:
    """The content of a computer file: where it lies, below the folder it was put into, and its digests.

    ``digests`` is None where nobody computed them.
    """

    path: str
    size_bytes: int
    digests: Digests | None = None


@dataclass(frozen=True, slots=True)
class Encoding:
    """编码: one computer file. Its content stands here, or ``refers_to`` names the 编码数据 that has it.

    ``digitisation`` holds M53 to M56 by name. ``source`` is what a writer reads.
    """

    encoding_id: str
    data_id: str
    name: str
    size: str  # M49 as written, in bytes
    keyword: str = ""  # 反编码关键字, such as "base64-pdf"
    format: str = ""
    application: str = ""
    digitisation: Mapping[str, str] = field(default_factory=dict)
    refers_to: str = ""
    source: Path | None = field(default=None, compare=False)
    stored: Stored | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class DocumentData:
    """文档数据: one draft of a document, or one handling sheet."""

    data_id: str
    encodings: tuple[Encoding, ...]


@dataclass(frozen=True, slots=True)
class Document:
    """文档: a text or an attachment of it; ``role`` is 主文档, 附属文档 or empty."""

    document_id: str
    versions: tuple[DocumentData, ...]
    sequence: str = ""
    role: str = ""
    title: str = ""


@dataclass(frozen=True, slots=True)
class Relation:
    """A relation (M85 to M88) of records or of agents."""

    identifier: str
    related: str
    kind: str = ""
    relation: str = ""
    description: str = ""


@dataclass(frozen=True, slots=True)
class Act:
    """业务实体 (M80 to M84)."""

    act_id: str
    agent_id: str
    record_id: str
    status: str
    action: str
    at: str
    mandate: str = ""
    description: str = ""


@dataclass(frozen=True, slots=True)
class Agent:
    """机构人员实体 (M76 to M79)."""

    agent_id: str
    name: str
    kind: str = ""
    code: str = ""
    position: str = ""


@dataclass(frozen=True, slots=True)
class Content:
    """What one layer says of the record: elements of DA/T 46 by name, documents, acts and agents.

    ``vocabularies`` are those of the 主题词, in the same order; 授权对象 and 授权行为 go in pairs.
    """

    metadata: Mapping[str, tuple[str, ...]]
    documents: tuple[Document, ...]
    acts: tuple[Act, ...]
    agents: tuple[Agent, ...]
    vocabularies: tuple[str, ...] = ()
    relations: tuple[Relation, ...] = ()
    agent_relations: tuple[Relation, ...] = ()


@dataclass(frozen=True, slots=True)
class CertificateBlock:
    """证书块: certificates (DER) and where more about them is."""

    certificates: tuple[bytes, ...]
    reference: str = ""


@dataclass(frozen=True, slots=True)
class Signature:
    """电子签名 or 锁定签名; the ``identifier`` of the latter is that of the signature it locks."""

    identifier: str
    rule: str
    value: bytes
    blocks: tuple[CertificateBlock, ...]
    algorithm: str
    signed_at: str = ""
    signer: str = ""


@dataclass(frozen=True, slots=True)
class Layer:
    """One 被签名对象 with the signatures beside it; ``modification_id`` is empty in the first one."""

    kind: str  # 原始型 or 修改型
    created_at: str
    creator: str
    content: Content
    modification_id: str = ""
    signatures: tuple[Signature, ...] = ()


@dataclass(frozen=True, slots=True)
class EepPackage:
    """A package as read; an error among the problems means that it cannot be accepted as it is."""

    layers: tuple[Layer, ...]
    lock: Signature | None = None
    found: tuple[SignatureFound, ...] = ()
    problems: tuple[Problem, ...] = ()

    @property
    def current(self) -> Layer | None:
        """The outermost layer, which is how the record is today."""
        return self.layers[-1] if self.layers else None

    @property
    def is_sound(self) -> bool:
        """Whether nothing was found that forbids accepting it; signatures are another question."""
        return not any(problem.severity is Severity.ERROR for problem in self.problems)
