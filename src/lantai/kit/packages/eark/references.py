"""Requirements on what points to files: metadata sections and the file section (CSIP17 to CSIP79, CSIP113, CSIP114)."""

from __future__ import annotations

from dataclasses import dataclass

from lantai.kit.packages.eark.header import content_information_type
from lantai.kit.packages.eark.judging import Judging
from lantai.kit.packages.eark.mets import Element
from lantai.kit.packages.eark.vocabulary import (
    CHECKSUM_TYPES,
    DIVISIONS,
    METADATA_TYPES,
    STATUSES,
    is_media_type,
)

_LONGEST_MEDIA_TYPE = 256


@dataclass(frozen=True, slots=True)
class _Rules:
    """The number under which each attribute of a reference is required."""

    loctype: str
    link: str
    href: str
    media_type: str
    size: str
    created: str
    checksum: str
    checksum_type: str
    kind: str = ""


def _numbered(loctype: int, link: int, href: int, kind: int, first: int) -> _Rules:
    """The rules of one metadata section; the five of the file itself follow one another."""
    media_type, size, created, checksum, checksum_type = (f"CSIP{first + step}" for step in range(5))
    return _Rules(
        *(f"CSIP{loctype}", f"CSIP{link}", f"CSIP{href}"),
        *(media_type, size, created, checksum, checksum_type),
        f"CSIP{kind}",
    )


_OF_FILE = _Rules("CSIP77", "CSIP78", "CSIP79", "CSIP68", "CSIP69", "CSIP70", "CSIP71", "CSIP72")
_OF_METADATA = {
    "dmdSec": _numbered(22, 23, 24, 25, 26),
    "digiprovMD": _numbered(36, 37, 38, 39, 40),
    "rightsMD": _numbered(49, 50, 51, 52, 53),
}
_SECTIONS = {
    "dmdSec": ("CSIP18", "CSIP20", "CSIP21"),
    "digiprovMD": ("CSIP33", "CSIP34", "CSIP35"),
    "rightsMD": ("CSIP46", "CSIP47", "CSIP48"),
}


def judge_section(judging: Judging, section: Element) -> None:
    """A dmdSec, digiprovMD or rightsMD with the mdRef in it."""
    identity, status, reference = _SECTIONS[section.name]
    judging.identify(identity, section)
    known = judging.metadata_ids.setdefault("dmdSec" if section.name == "dmdSec" else "amdSec", [])
    known.append(section.get("ID"))
    if section.name == "dmdSec":
        judging.needs("CSIP19", section, "CREATED")
        judging.time("CSIP19", section, "CREATED")
    if "STATUS" not in section.attributes:
        judging.should(status, "attribute", holder=section.path, name="STATUS")
    judging.is_one_of(status, section, "STATUS", STATUSES)
    link = section.last.get("mdRef")
    if link is None:
        # descriptive metadata may be wrapped instead (corpus, CSIP21 rule 2)
        tell = judging.may if section.name == "dmdSec" else judging.should
        tell(reference, "element", holder=section.path, name="mdRef")
        return
    rules = _OF_METADATA[section.name]
    judging.needs(rules.kind, link, "MDTYPE")
    judging.is_one_of(rules.kind, link, "MDTYPE", METADATA_TYPES)
    if link.attributes.get("href") == "":
        judging.should(reference, "attribute", holder=link.path, name="xlink:href")
    path = _link(judging, rules, link)
    _stated(judging, rules, link, path)
    if path and section.name != "dmdSec":
        judging.described.add(path)
    if path:
        kept = judging.stated.descriptive if section.name == "dmdSec" else judging.stated.preservation
        kept.setdefault(path, link.get("MDTYPE"))


def judge_file(judging: Judging, file: Element) -> None:
    """A file of the file section."""
    judging.identify("CSIP67", file)
    for rule, name, kind in (("CSIP74", "ADMID", "amdSec"), ("CSIP75", "DMDID", "dmdSec")):
        _known(judging, rule, file, name, kind)
    count = file.counts["FLocat"]
    if count > 1:
        judging.must("CSIP76", "too-many", holder=file.path, name="FLocat", count=count)
    if not count:
        judging.must("CSIP76", "element", holder=file.path, name="FLocat")
    path = _link(judging, _OF_FILE, file.last["FLocat"]) if count else ""
    _stated(judging, _OF_FILE, file, path)


class Formats:
    """SIP32 to SIP35: what a submission may say of the format of its files, over all of them."""

    _NAMES = ("FILEFORMATNAME", "FILEFORMATVERSION", "FILEFORMATREGISTRY", "FILEFORMATKEY")

    def __init__(self) -> None:
        self._given: set[str] = set()
        self._empty: set[str] = set()

    def file(self, file: Element) -> None:
        """One file."""
        for name in self._NAMES:
            if name in file.attributes:
                (self._given if file.get(name) else self._empty).add(name)

    def judge(self, judging: Judging) -> None:
        """Tell what is empty, and what no file has."""
        for rule, name in zip(("SIP32", "SIP33", "SIP34", "SIP35"), self._NAMES, strict=True):
            if name in self._empty:
                judging.should(rule, "attribute", holder="mets/fileSec/fileGrp/file", name=name)
            if name not in self._given:
                judging.may(rule, "attribute", holder="mets/fileSec/fileGrp/file", name=name)


def _link(judging: Judging, rules: _Rules, link: Element) -> str:
    """The file that ``link`` (mdRef or FLocat) points to."""
    if judging.needs(rules.loctype, link, "LOCTYPE") and link.get("LOCTYPE") != "URL":
        value = link.get("LOCTYPE")
        judging.must(rules.loctype, "fixed", holder=link.path, name="LOCTYPE", value=value, expected="URL")
    if judging.needs(rules.link, link, "type") and link.get("type") != "simple":
        value = link.get("type")
        judging.must(rules.link, "fixed", holder=link.path, name="xlink:type", value=value, expected="simple")
    # an empty href of metadata is told as a reference that should be there (corpus, CSIP24 rule 2)
    is_bare = link.name == "mdRef" and link.attributes.get("href") == ""
    if is_bare or not judging.needs(rules.href, link, "href"):
        return ""
    return judging.file_at(rules.href, link.get("href"))


def _stated(judging: Judging, rules: _Rules, element: Element, path: str) -> None:
    """What ``element`` says of the file ``path``: media type, size, time and digest."""
    media_type = element.get("MIMETYPE")
    if judging.needs(rules.media_type, element, "MIMETYPE"):
        if len(media_type) > _LONGEST_MEDIA_TYPE:
            judging.should(rules.media_type, "long", holder=element.path, name="MIMETYPE")
        elif not is_media_type(media_type):
            judging.must(rules.media_type, "value", holder=element.path, name="MIMETYPE", value=media_type)
    judging.needs(rules.size, element, "SIZE")
    judging.needs(rules.created, element, "CREATED")
    judging.time(rules.created, element, "CREATED")
    judging.needs(rules.checksum, element, "CHECKSUM")
    judging.needs(rules.checksum_type, element, "CHECKSUMTYPE")
    judging.is_one_of(rules.checksum_type, element, "CHECKSUMTYPE", CHECKSUM_TYPES)
    if path:
        judging.stated.note(path, element)
        judging.size(rules.size, element, path)
        judging.digest(rules.checksum, element, path)


def _known(judging: Judging, rule: str, element: Element, name: str, kind: str) -> None:
    known = judging.metadata_ids.get(kind, ())
    for value in element.get(name).split():
        if value not in known:
            judging.should(rule, "unknown-id", holder=element.path, value=value)


def judge_group(judging: Judging, group: Element, folders: frozenset[str]) -> None:
    """CSIP60 to CSIP66: a fileGrp; ``folders`` are those of the package, casefolded."""
    judging.identify("CSIP65", group)
    _known(judging, "CSIP61", group, "ADMID", "amdSec")
    if not group.counts["file"] and not group.counts["fileGrp"]:
        judging.must("CSIP66", "element", holder=group.path, name="file")
    use = group.get("USE").casefold()
    if judging.needs("CSIP64", group, "USE") and judging.is_root:
        if use.partition("/")[0] not in DIVISIONS:
            judging.must("CSIP64", "value", holder=group.path, name="USE", value=group.get("USE"))
        elif judging.at_path(use) not in folders:
            judging.must("CSIP64", "no-such-folder", value=group.get("USE"))
    judging.groups.setdefault(use.partition("/")[0], []).append(group.get("ID"))
    if use.startswith("representations") and not group.get("CONTENTINFORMATIONTYPE"):
        judging.must("CSIP62", "attribute", holder=group.path, name="CONTENTINFORMATIONTYPE")
    content_information_type(judging, group, "CSIP62", "CSIP63")


def judge_file_section(judging: Judging, section: Element | None) -> None:
    """CSIP58 to CSIP60, CSIP113 and CSIP114."""
    if section is None:
        judging.should("CSIP58", "element", holder="mets", name="fileSec")
        return
    judging.identify("CSIP59", section)
    wanted = (("CSIP60", "Documentation"), ("CSIP113", "Schemas"), ("CSIP114", "Representations"))
    for rule, use in wanted if judging.is_root else ():
        if use.casefold() not in judging.groups:
            judging.should(rule, "element", holder=section.path, name=f"fileGrp[@USE='{use}']")


def judge_metadata(judging: Judging, mets: Element, digiprov_count: int) -> None:
    """CSIP17, CSIP31 and CSIP32: metadata files and metadata sections belong together."""
    descriptive = judging.files.below(judging.at_path("metadata/descriptive"))
    preservation = judging.files.below(judging.at_path("metadata/preservation"))
    others = [file for file in judging.files.below(judging.at_path("metadata")) if file not in descriptive]
    if descriptive and not mets.counts["dmdSec"]:
        judging.must("CSIP17", "not-described", found=descriptive[0].path)
    described = any(link.last.get("mdRef") for link in (mets.last.get("dmdSec"),) if link)
    if descriptive and mets.counts["dmdSec"] and not described:
        judging.must("CSIP21", "element", holder="mets/dmdSec", name="mdRef")
    folder = judging.at_path("metadata/preservation")
    if not mets.counts["amdSec"]:
        judging.should("CSIP31", "element", holder="mets", name="amdSec")
    elif not [file for file in others if not file.path.endswith("/.gitkeep")]:
        judging.should("CSIP31", "no-files", name="amdSec", expected=folder)
    if not digiprov_count:
        judging.should("CSIP32", "element", holder="mets/amdSec", name="digiprovMD")
    elif not preservation:
        judging.should("CSIP32", "no-files", name="digiprovMD", expected=folder)
    for file in preservation:
        if not mets.counts["amdSec"]:
            judging.must("CSIP31", "not-described", found=file.path)
        if file.path not in judging.described:
            judging.must("CSIP32", "not-described", found=file.path)
