"""Requirements on the structural map (CSIP80 to CSIP119) and on the folders (CSIPSTR1 to CSIPSTR16)."""

from __future__ import annotations

from collections import Counter

from lantai.kit.packages.eark.judging import Judging
from lantai.kit.packages.eark.mets import Element

LABEL = "CSIP"
# first part of a division's label → rules: too many, none, identity, and that its groups are pointed to
_DIVISIONS = {
    "documentation": ("CSIP93", "CSIP94", ("CSIP96", "CSIP116"), "Documentation"),
    "schemas": ("CSIP97", "CSIP98", ("CSIP100", "CSIP118"), "Schemas"),
    "representations": ("CSIP101", "CSIP102", ("CSIP104", "CSIP119"), "Representations"),
}


class Divisions:
    """The structural map that is labelled CSIP, division by division."""

    def __init__(self) -> None:
        self._labels: Counter[str] = Counter()
        self._maps = 0
        self._label_of_main = ""
        self._metadata: Element | None = None

    def division(self, judging: Judging, division: Element) -> None:
        """One div, of any depth."""
        if _map_of(division).get("LABEL") != LABEL:
            return
        label = division.get("LABEL").casefold()
        first = label.partition("/")[0]
        if division.depth == 3:
            judging.identify("CSIP85", division)
            judging.needs("CSIP86", division, "LABEL")
            self._label_of_main = division.get("LABEL")
        elif division.depth == 4:
            self._labels[label if first != "representations" else first] += 1
            rule = "CSIP89" if label == "metadata" else _DIVISIONS.get(first, ("", "CSIP85"))[1]
            judging.identify(rule, division)
            self._metadata = division if label == "metadata" else self._metadata
        else:
            judging.identify("CSIP85", division)

    def pointer(self, judging: Judging, pointer: Element) -> None:
        """An fptr or mptr."""
        if pointer.name == "fptr":
            judging.mentioned.add(pointer.get("FILEID"))
            if pointer.get("FILEID") and pointer.get("FILEID") not in judging.ids:
                judging.must("CSIP104", "unknown-id", holder=pointer.path, value=pointer.get("FILEID"))
            return
        judging.mentioned.add(pointer.get("title"))
        if judging.needs("CSIP112", pointer, "LOCTYPE") and pointer.get("LOCTYPE") != "URL":
            value = pointer.get("LOCTYPE")
            judging.must("CSIP112", "fixed", holder=pointer.path, name="LOCTYPE", value=value, expected="URL")
        if judging.needs("CSIP111", pointer, "type") and pointer.get("type") != "simple":
            value = pointer.get("type")
            judging.must(
                "CSIP111", "fixed", holder=pointer.path, name="xlink:type", value=value, expected="simple"
            )
        if judging.needs("CSIP110", pointer, "href") and judging.is_root:
            judging.file_at("CSIP110", pointer.get("href"))

    def map_ends(self, judging: Judging, structure: Element) -> None:
        """A structMap; others than the one labelled CSIP are the sender's own."""
        if structure.get("LABEL") != LABEL:
            return
        self._maps += 1
        judging.identify("CSIP83", structure)
        if judging.needs("CSIP81", structure, "TYPE") and structure.get("TYPE") != "PHYSICAL":
            value = structure.get("TYPE")
            judging.must(
                "CSIP81", "fixed", holder=structure.path, name="TYPE", value=value, expected="PHYSICAL"
            )
        if structure.counts["div"] != 1:
            judging.must("CSIP84", "element", holder=structure.path, name="div")

    def judge(self, judging: Judging, mets: Element) -> None:
        """What only the whole document shows."""
        if not self._maps:
            for rule in ("CSIP80", "CSIP82"):
                judging.must(rule, "element", holder="mets", name=f"structMap[@LABEL='{LABEL}']")
            return
        if self._maps > 1:
            name = f"structMap[@LABEL='{LABEL}']"
            judging.must("CSIP80", "too-many", holder="mets", name=name, count=self._maps)
        if self._label_of_main and self._label_of_main != mets.get("OBJID"):
            value, expected = self._label_of_main, mets.get("OBJID")
            judging.must(
                "CSIP86", "fixed", holder="mets/structMap/div", name="LABEL", value=value, expected=expected
            )
        self._judge_metadata(judging)
        for label, (rule, _identity, pointed, name) in _DIVISIONS.items():
            self._judge_division(judging, label, rule, name)
            for group in judging.groups.get(label, ()) if judging.is_root else ():
                if group not in judging.mentioned:
                    for one in pointed:
                        judging.must(
                            one, "id-left-out", holder=f"structMap/div/div[@LABEL='{name}']", value=group
                        )

    def _judge_division(self, judging: Judging, label: str, rule: str, name: str) -> None:
        count = self._labels[label]
        holder = f"structMap[@LABEL='{LABEL}']/div"
        if not count and judging.is_root:
            judging.should(rule, "element", holder=holder, name=f"div[@LABEL='{name}']")
        if count > 1 and label != "representations":
            judging.must(rule, "too-many", holder=holder, name=f"div[@LABEL='{name}']", count=count)

    def _judge_metadata(self, judging: Judging) -> None:
        count = self._labels["metadata"]
        holder, name = f"structMap[@LABEL='{LABEL}']/div", "div[@LABEL='Metadata']"
        for rule in ("CSIP88", "CSIP90"):
            if not count:
                judging.must(rule, "element", holder=holder, name=name)
            elif count > 1:
                judging.must(rule, "too-many", holder=holder, name=name, count=count)
        if self._metadata is not None:
            for rule, attribute, kind in (("CSIP91", "ADMID", "amdSec"), ("CSIP92", "DMDID", "dmdSec")):
                _all_listed(judging, rule, self._metadata, attribute, judging.metadata_ids.get(kind, []))


def _all_listed(judging: Judging, rule: str, division: Element, name: str, known: list[str]) -> None:
    """The metadata division lists every metadata section, and no other."""
    listed = division.get(name).split()
    if known and not listed:
        judging.must(rule, "attribute", holder=division.path, name=name)
        return
    for value in known:
        if value not in listed:
            judging.must(rule, "id-left-out", holder=division.path, value=value)
    for value in listed:
        if value not in known:
            judging.must(rule, "unknown-id", holder=division.path, value=value)


def _map_of(division: Element) -> Element:
    above = division
    while above.parent is not None and above.name != "structMap":
        above = above.parent
    return above


def judge_folders(judging: Judging, folders: frozenset[str]) -> None:
    """CSIPSTR5 to CSIPSTR16: where things lie."""
    for rule, folder in (("CSIPSTR5", "metadata"), ("CSIPSTR9", "representations")):
        if folder not in folders:
            judging.should(rule, "no-folder", place=folder)
    for file in judging.files.below("representations"):
        if file.path.count("/") == 1:
            judging.should("CSIPSTR10", "loose-representation", place=file.path)
    for folder in sorted(folder for folder in folders if _is_representation(folder)):
        if f"{folder}/data" not in folders:
            judging.should("CSIPSTR11", "no-folder", place=f"{folder}/data")


def _is_representation(folder: str) -> bool:
    return folder.startswith("representations/") and folder.count("/") == 1
