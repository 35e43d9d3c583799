"""Writing the finding aid of a package: EAD 2002, one component an item, one item at a time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from xml.sax.saxutils import quoteattr

from lantai.kit.packages.eark.descriptive import OUR_ELEMENTS
from lantai.kit.packages.xml import write_element

_HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?>\n'
    '<ead xmlns="urn:isbn:1-931666-22-9" xmlns:xlink="http://www.w3.org/1999/xlink">\n'
)
_TAIL = "</dsc>\n</archdesc>\n</ead>\n"
_OF_DA_T_46 = {
    "unitid": "档号",
    "unittitle": "题名",
    "unitdate": "日期",
    "origination": "责任者",
    "abstract": "摘要",
}


class FindingAid:
    """The document at ``path``, which is whole after `close`."""

    def __init__(self, path: Path, objid: str, title: str) -> None:
        self._stream = path.open("x", encoding="utf-8", newline="\n")
        header = f"{write_element('eadid', objid)}<filedesc><titlestmt>{write_element('titleproper', title)}"
        did = f"{write_element('unitid', objid)}{write_element('unittitle', title)}"
        self._stream.write(
            f"{_HEAD}<eadheader>{header}</titlestmt></filedesc></eadheader>\n"
            f'<archdesc level="otherlevel" otherlevel="package">\n<did>{did}</did>\n<dsc type="combined">\n'
        )

    def component(self, code: str, metadata: Mapping[str, Sequence[str]], hrefs: Sequence[str]) -> None:
        """One item: what EAD has an element for, every element of DA/T 46 by its name, and the files."""
        did = "".join(_values(element, metadata.get(name, ())) for element, name in _OF_DA_T_46.items())
        links = "".join(f'<dao xlink:type="simple" xlink:href={quoteattr(href)}/>' for href in hrefs)
        entries = "".join(_entry(name, value) for name, values in metadata.items() for value in values)
        self._stream.write(
            f'<c level="item"><did>{did}</did>{links}\n'
            f'<odd encodinganalog="{OUR_ELEMENTS}"><list type="deflist">{entries}</list></odd></c>\n'
        )

    def close(self) -> None:
        """End the document."""
        if not self._stream.closed:
            self._stream.write(_TAIL)
            self._stream.close()


def _values(element: str, values: Sequence[str]) -> str:
    return "".join(write_element(element, value) for value in values if value)


def _entry(name: str, value: str) -> str:
    return f"<defitem>{write_element('label', name)}{write_element('item', value)}</defitem>\n"
