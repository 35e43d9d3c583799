"""2-7 and 2-8: are the files whole, and are all of them there?"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import PurePosixPath

from lantai.kit.errors import N_
from lantai.kit.fourprops.checks.wording import RESEND
from lantai.kit.fourprops.facts import FileFacts, FileState
from lantai.kit.fourprops.findings import Finding, Place, at
from lantai.kit.fourprops.registry import Item, Probe, check
from lantai.kit.fourprops.vocabulary import Need, Outcome, Property

_DAMAGE = {
    FileState.MISSING: N_("文件不存在。"),
    FileState.EMPTY: N_("文件是空的。"),
    FileState.TRUNCATED: N_("文件不完整，末尾缺失。"),
    FileState.BROKEN: N_("文件已损坏，不能完整打开。"),
}


@check(
    code="2-7",
    property=Property.INTEGRITY,
    name=N_("内容数据完整性检测"),
    needs={Need.FILES},
    basis="DA/T 70—2018 2-7",
)
def wholeness(item: Item, probe: Probe) -> Iterator[Finding]:
    """Every file is there from its first to its last byte, and has as many pages as described."""
    for file in item.facts.files:
        yield from _damage(file, at(item.facts, file))
    yield from _pages(item)


def _damage(file: FileFacts, place: Place) -> Iterator[Finding]:
    if file.state in _DAMAGE:
        yield Finding(Outcome.FAIL, _DAMAGE[file.state], place=place, remedy=RESEND)
    elif file.size == 0:
        yield Finding(Outcome.FAIL, _DAMAGE[FileState.EMPTY], place=place, remedy=RESEND)
    elif file.state is None:
        yield Finding(Outcome.NOT_RUN, N_("没有打开文件检查。"), place=place)


def _pages(item: Item) -> Iterator[Finding]:
    described = item.value("totalNumberOfPages")
    main = [file.pages for file in item.facts.files if not file.is_attachment and file.pages is not None]
    counted = [file.pages for file in item.facts.files if file.pages is not None]
    if not (described.isascii() and described.isdecimal()) or not counted:
        return
    if int(described) not in (sum(main), sum(counted)):  # some count the attachments, some do not
        message = N_("元数据记载 %(described)d 页，文件共 %(counted)d 页。")
        params = {"described": int(described), "counted": sum(counted)}
        remedy = N_("请核对是否缺页，或更正页数。")
        yield Finding(
            Outcome.WARN,
            message,
            params,
            at(item.facts, element=item.elements.find("totalNumberOfPages")),
            remedy=remedy,
        )


@check(
    code="2-8",
    property=Property.INTEGRITY,
    name=N_("附件数据完整性检测"),
    needs={Need.FILES},
    basis="DA/T 70—2018 2-8",
)
def attachments(item: Item, probe: Probe) -> Iterator[Finding]:
    """Every attachment that the description lists is there."""
    declared = item.facts.declared_attachments
    if declared is None:
        yield Finding(Outcome.NOT_APPLICABLE, N_("元数据没有列出附件。"), place=at(item.facts))
        return
    present = [file for file in item.facts.files if file.state is not FileState.MISSING]
    names = {name for file in present for name in (file.path, _name(file), PurePosixPath(_name(file)).stem)}
    for attachment in declared:
        if attachment not in names:
            message = N_("缺少附件“%(name)s”。")
            yield Finding(Outcome.FAIL, message, {"name": attachment}, at(item.facts), remedy=RESEND)


def _name(file: FileFacts) -> str:
    return file.name or PurePosixPath(file.path).name
