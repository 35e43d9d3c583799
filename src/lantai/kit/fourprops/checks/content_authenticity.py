"""1-1-1, 1-10 and 1-11: are the files those that were declared?"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import lru_cache
from pathlib import PurePosixPath

from lantai.kit.errors import N_
from lantai.kit.fourprops.checks.wording import CATALOGUE_ONLY, RESEND
from lantai.kit.fourprops.facts import FileFacts, FileState
from lantai.kit.fourprops.findings import Finding, Place, at
from lantai.kit.fourprops.formats_told import differs
from lantai.kit.fourprops.registry import Item, Probe, check, check_of_series
from lantai.kit.fourprops.vocabulary import Need, Outcome, Property

_BROKEN_ALGORITHMS = frozenset({"md5", "sha1"})  # collisions can be made


@check(
    code="1-1-1",
    property=Property.AUTHENTICITY,
    name=N_("固化信息有效性检测：数字摘要"),
    needs={Need.FILES},
    basis="DA/T 70—2018 1-1",
)
def digests(item: Item, probe: Probe) -> Iterator[Finding]:
    """Every digest that was declared is computed again and is the same."""
    for file in item.facts.files:
        if file.state is not FileState.MISSING:  # 1-11 says that it is missing
            yield from _digests_of(file, at(item.facts, file))


def _digests_of(file: FileFacts, place: Place) -> Iterator[Finding]:
    declared = {_plain(name): value.lower() for name, value in file.declared_digests.items()}
    actual = {_plain(name): value.lower() for name, value in file.digests.items()}
    if not declared:
        remedy = N_("请提供数字摘要清单（SM3 或 SHA-256）后再检测。")
        yield Finding(Outcome.NOT_RUN, N_("没有随附数字摘要，无从比对。"), place=place, remedy=remedy)
        return
    compared = sorted(declared.keys() & actual.keys())
    if not compared:
        algorithms = "、".join(sorted(declared))
        message = N_("没有按 %(algorithms)s 计算的摘要可以比对。")
        yield Finding(Outcome.NOT_RUN, message, {"algorithms": algorithms}, place)
    for name in compared:
        if declared[name] != actual[name]:
            evidence = f"{declared[name]} ≠ {actual[name]}"
            message = N_("%(algorithm)s 摘要与声明不符，文件内容已经改变。")
            yield Finding(Outcome.FAIL, message, {"algorithm": name}, place, evidence, RESEND)
    if compared and set(compared) <= _BROKEN_ALGORITHMS:
        message = N_("只有 %(algorithm)s 摘要，该算法已不能防止伪造。")
        remedy = N_("请改用 SM3 或 SHA-256 重新计算数字摘要。")
        yield Finding(Outcome.WARN, message, {"algorithm": "、".join(compared)}, place, remedy=remedy)


@lru_cache(maxsize=256)
def _plain(algorithm: str) -> str:
    return algorithm.lower().replace("-", "").replace("_", "")


@check(
    code="1-10",
    property=Property.AUTHENTICITY,
    name=N_("内容数据的电子属性一致性检测"),
    needs={Need.FILES},
    basis="DA/T 70—2018 1-10",
)
def attributes(item: Item, probe: Probe) -> Iterator[Finding]:
    """Name, size and format of each file are those that the metadata names."""
    for file in item.facts.files:
        if file.state is not FileState.MISSING:
            yield from _attributes_of(file, at(item.facts, file))


def _attributes_of(file: FileFacts, place: Place) -> Iterator[Finding]:
    if file.declared_size is None and file.declared_name is None and file.declared_format is None:
        yield Finding(Outcome.NOT_RUN, N_("元数据没有记载文件名、大小和格式，无从比对。"), place=place)
    for name, declared, actual in _differences(file):
        message = N_("%(name)s与元数据不符：元数据为“%(declared)s”，实际为“%(actual)s”。")
        params = {"name": name, "declared": declared, "actual": actual}
        yield Finding(Outcome.FAIL, message, params, place, remedy=RESEND)
    if file.extension_ok is False:
        message = N_("文件扩展名与实际格式（%(format)s）不符。")
        yield Finding(Outcome.FAIL, message, {"format": file.puid or file.mime}, place, remedy=RESEND)


def _differences(file: FileFacts) -> Iterator[tuple[str, str, str]]:
    actual_name = file.name or PurePosixPath(file.path).name
    if file.declared_name is not None and file.declared_name != actual_name:
        yield N_("文件名"), file.declared_name, actual_name
    if file.declared_size is not None and file.declared_size != file.size:
        yield N_("文件大小（字节）"), str(file.declared_size), str(file.size)
    if file.declared_format is not None and differs(file.declared_format, file):
        yield N_("格式"), file.declared_format, file.puid or file.mime or N_("未识别")


@check_of_series(
    code="1-11",
    property=Property.AUTHENTICITY,
    name=N_("元数据是否关联内容数据检测"),
    needs={Need.METADATA},
    basis="DA/T 70—2018 1-11",
)
class Links:
    """Every description has its content, and no content is without a description."""

    def __init__(self, probe: Probe) -> None:
        self._unlinked = probe.package.unlinked_files or ()
        self._has_content = probe.package.kind != CATALOGUE_ONLY

    def see(self, item: Item) -> Iterator[Finding]:
        if not item.facts.files and self._has_content:
            message = N_("元数据没有关联任何内容文件。")
            yield Finding(Outcome.FAIL, message, place=at(item.facts), remedy=RESEND)
        for file in item.facts.files:
            if file.state is FileState.MISSING:
                message = N_("元数据关联的文件不存在。")
                yield Finding(Outcome.FAIL, message, place=at(item.facts, file), remedy=RESEND)

    def finish(self) -> Iterable[Finding]:
        message = N_("文件没有任何元数据与之关联。")
        for path in self._unlinked:
            yield Finding(Outcome.FAIL, message, place=Place(path=path), remedy=RESEND)
