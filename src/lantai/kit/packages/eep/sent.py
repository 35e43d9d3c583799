"""Packages of DA/T 48-2009 as facts: each package is one item, its computer files lie beside it."""

from __future__ import annotations

import os
import re
from base64 import b64encode
from collections.abc import Iterable, Iterator
from dataclasses import asdict, replace
from datetime import datetime
from pathlib import Path

from lantai.kit.crypto.trust import NO_TRUST, CertificateTrust
from lantai.kit.fourprops.facts import PackageFacts
from lantai.kit.packages.eep.contents import looked_at
from lantai.kit.packages.eep.found import EXPANDED, is_folder_of_packages, packages_in
from lantai.kit.packages.eep.messages import MESSAGES
from lantai.kit.packages.eep.reader import encodings_of, read_package
from lantai.kit.packages.eep.schema import ATTACHED, MAIN
from lantai.kit.packages.eep.types import Content, Document, EepPackage, Encoding, Layer, Signature
from lantai.kit.packages.eep.values import parse_time
from lantai.kit.packages.problems import Findings
from lantai.kit.packages.sent import (
    LONGEST_KEY,
    Declared,
    Keys,
    SentFile,
    SentItem,
    SentPackage,
    SentReader,
    by_area,
    joined,
    whole,
)
from lantai.kit.packages.transfer.types import COLUMNS, CatalogueRow

_HANDLING = re.compile("处理单|拟稿单|拟稿标签|办理单|批办单|阅办单|发文稿纸|处理笺")
_DRAFT = re.compile("草稿|底稿|修改稿|花脸稿|定稿|征求意见稿|送审稿")
_DONE = "历史行为"
_STRUCTURE = frozenset({"broken", "link", "not-expanded", "name", "too-many"})


def is_here(folder: Path, _names: frozenset[str]) -> bool:
    """Whether ``folder`` holds packages: one at least, by its root element."""
    return is_folder_of_packages(folder)


def open_sent(
    folder: Path, inside: str, *, trust: CertificateTrust = NO_TRUST, is_laid_out: bool = True
) -> SentReader:
    """The packages in ``folder``, which lies at ``inside`` below the unpacked folder.

    Where nothing may be laid out beside them, in a bag, each item has its package for its only file.
    """
    return _EepSent(folder, inside, trust, is_laid_out=is_laid_out)


class _EepSent:
    def __init__(self, folder: Path, inside: str, trust: CertificateTrust, *, is_laid_out: bool) -> None:
        self._is_laid_out = is_laid_out
        self._folder = folder
        self._inside = inside
        self._trust = trust
        self._keys = Keys()
        self._findings = Findings(MESSAGES)
        self._held: set[str] = set()
        self._files = self._bytes = self._items = 0
        self._made_at: datetime | None = None

    def items(self) -> Iterator[tuple[SentItem, tuple[SentFile, ...]]]:
        for path in packages_in(self._folder):
            package = read_package(self._folder / path, path, looked_at, trust=self._trust)
            # a size that differs from what was declared is told of the file itself
            self._findings.extend(problem for problem in package.problems if problem.code != "size")
            files = tuple(self._files_of(path, package))
            self._held.update(file.path for file in files)
            self._items += 1
            self._note_time(package.current)
            metadata = _metadata(package)
            code = "".join(metadata.get("档号", ())[:1])
            item = _item(package, self._keys.give(code, path), path, metadata, files)
            yield (item if self._is_laid_out else replace(item, attachments=None)), files

    def _note_time(self, layer: Layer | None) -> None:
        """Keep the newest time at which a package was made or changed."""
        made_at = parse_time(layer.created_at) if layer else None
        if made_at and (self._made_at is None or made_at > self._made_at):
            self._made_at = made_at

    def _files_of(self, path: str, package: EepPackage) -> Iterator[SentFile]:
        """The files of the current layer with their roles, then those it no longer has, then the package."""
        if self._is_laid_out:
            yield from self._laid_out(path, package)
        name = path.rpartition("/")[2]
        yield SentFile(joined(self._inside, path), name, (self._folder / path).stat().st_size)

    def _laid_out(self, path: str, package: EepPackage) -> Iterator[SentFile]:
        current = package.current
        given: set[str] = set()
        for encoding, role in _roles(current.content) if current else ():
            given.update(one.path for one in (encoding.stored,) if one)
            yield self._file(path, encoding, role)
        for encoding in encodings_of(package):
            if encoding.stored is not None and encoding.stored.path not in given:
                given.add(encoding.stored.path)
                yield self._file(path, encoding, "")

    def _file(self, path: str, encoding: Encoding, role: str) -> SentFile:
        declared = Declared(
            encoding.name or None, whole(encoding.size.strip()), format=encoding.format.strip() or None
        )
        stored = encoding.stored
        place = f"{path}{EXPANDED}/{stored.path if stored else encoding.name}"
        laid_out = self._folder / place
        if stored is None or laid_out.is_symlink() or not laid_out.is_file():
            if stored is not None:
                self._findings.error("not-expanded", path, file=path, name=encoding.name)
            return SentFile(joined(self._inside, place), encoding.name, 0, declared, True, role)
        size = laid_out.stat().st_size
        return SentFile(joined(self._inside, place), encoding.name, size, declared, role=role)

    def loose(self) -> Iterator[SentFile]:
        for parent, folders, files in os.walk(self._folder):
            folders.sort()
            here = Path(parent).relative_to(self._folder)
            for name in sorted([*folders, *files]):
                path, place = Path(parent, name), (here / name).as_posix()
                if path.is_symlink() or not (path.is_dir() or path.is_file()):
                    self._findings.error("link", place, name=place)
                elif path.is_file():
                    self._files += 1
                    self._bytes += path.stat().st_size
                    if (told := joined(self._inside, place)) not in self._held:
                        yield SentFile(told, name, path.stat().st_size)

    def package(self) -> SentPackage:
        problems = self._findings.as_tuple()
        areas = by_area(problems, lambda code: "structure" if code in _STRUCTURE else "metadata")
        facts = PackageFacts(
            kind="eep",
            item_count=self._items,
            bytes=self._bytes,
            file_count=self._files,
            structure_problems=areas.get("structure", ()),
            metadata_problems=areas.get("metadata", ()),
            readable_metadata=not any(problem.code == "broken" for problem in problems),
            made_at=self._made_at,
        )
        return SentPackage(facts, self._keys.of_problems(facts))


def _roles(content: Content) -> Iterator[tuple[Encoding, str]]:
    """Each computer file once, with what it is in the record."""
    seen: set[str] = set()
    for document in content.documents:
        for version in document.versions:
            for encoding in version.encodings:
                place = encoding.stored.path if encoding.stored else encoding.encoding_id
                if place not in seen:
                    seen.add(place)
                    yield encoding, _role(document, encoding, is_only=len(content.documents) == 1)


def _role(document: Document, encoding: Encoding, *, is_only: bool) -> str:
    """The standard names main and attached documents; sheets and drafts are known by their names only."""
    named = f"{document.title} {encoding.name}"
    if _HANDLING.search(named):
        return "handling"
    if document.role == ATTACHED:
        return "attachment"
    if len(document.versions) > 1 and _DRAFT.search(encoding.name):
        return "draft"
    return "main" if document.role == MAIN or is_only else ""


def _item(
    package: EepPackage, key: str, path: str, metadata: dict[str, list[str]], files: tuple[SentFile, ...]
) -> SentItem:
    documents = package.current.content.documents if package.current else ()
    return SentItem(
        key=key,
        reference_code="".join(metadata.get("档号", ())[:1])[:LONGEST_KEY],
        title="".join(metadata.get("题名", ())[:1]) or path.rpartition("/")[2],
        file_count=len(files),
        metadata={name: values[0] if len(values) == 1 else values for name, values in metadata.items()},
        row=asdict(_row(metadata)),
        events=tuple(_events(package.current.content)) if package.current else (),
        attachments=tuple(
            encoding.name
            for document in documents
            if document.role == ATTACHED
            for version in document.versions
            for encoding in version.encodings
        ),
        signatures=package.found,
    )


def _row(metadata: dict[str, list[str]]) -> CatalogueRow:
    """The package has no catalogue; this is the line that one would have."""
    values = {column: "".join(metadata.get(element, ())[:1]) for element, column in COLUMNS.items()}
    return CatalogueRow(**values)


def _events(content: Content) -> Iterator[tuple[str, str, str]]:
    """What has been done; what is only planned has not happened."""
    agents = {agent.agent_id: agent.name for agent in content.agents}
    for act in content.acts:
        if act.status == _DONE:
            yield act.action, act.at, agents.get(act.agent_id, "")


def _metadata(package: EepPackage) -> dict[str, list[str]]:
    """The elements of DA/T 46 by name, as the current layer has them."""
    found: dict[str, list[str]] = {}
    if package.current is not None:
        for name, value in _elements(package.current):
            if value:
                found.setdefault(name, []).append(value)
    return found


def _elements(layer: Layer) -> Iterator[tuple[str, str]]:
    content = layer.content
    for name, values in content.metadata.items():
        yield from ((name, value) for value in values)
    for document in content.documents:
        yield "文档序号", document.sequence
        for version in document.versions:
            for encoding in version.encodings:
                yield from _of_file(encoding)
    for agent in content.agents:
        yield "机构人员类型", agent.kind
        yield "机构人员名称", agent.name
        yield "组织机构代码", agent.code
        yield "个人职位", agent.position
    for act in content.acts:
        yield "业务状态", act.status
        yield "业务行为", act.action
        yield "行为时间", act.at
        yield "行为依据", act.mandate
        yield "行为描述", act.description
    for relation in (*content.relations, *content.agent_relations):
        yield "实体标识符", f"{relation.identifier} {relation.related}"
        yield "关系类型", relation.kind
        yield "关系", relation.relation
        yield "关系描述", relation.description
    for signature in layer.signatures:
        yield from _of_signature(signature)


def _of_file(encoding: Encoding) -> Iterable[tuple[str, str]]:
    yield "格式信息", encoding.format
    yield "计算机文件名", encoding.name
    yield "计算机文件大小", encoding.size
    yield "文档创建程序", encoding.application
    yield from encoding.digitisation.items()


def _of_signature(signature: Signature) -> Iterable[tuple[str, str]]:
    yield "签名规则", signature.rule
    yield "签名时间", signature.signed_at
    yield "签名人", signature.signer
    yield "签名结果", b64encode(signature.value).decode()
    for block in signature.blocks:
        yield from (("证书", b64encode(certificate).decode()) for certificate in block.certificates)
        yield "证书引证", block.reference
    yield "签名算法标识", signature.algorithm
