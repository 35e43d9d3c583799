"""Which scheme fits a package that nobody named a kind for: by the 门类代码 in its codes, then by its elements."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping

from lantai.kit.fourprops.scheme import scheme_for
from lantai.kit.packages.sent import SentFile, SentItem

ITEMS_LOOKED_AT = 200
DEFAULT = "document"

# 门类代码 of DA/T 13—2022; ZY covers many kinds and KJ, RS, SW have no scheme of their own here
_BY_CATEGORY: Mapping[str, str] = {
    "ZP": "photo", "LY": "audio", "LX": "video", "KU": "voucher", "SJ": "business_data", "YJ": "mail", "WY": "web",
}  # fmt: skip
_CATEGORY = re.compile(r"-([A-Z]{2})(?=[·.\-])", re.ASCII)
# one element that only this kind has
_BY_ELEMENT: Mapping[str, str] = {
    "service_matter": "caseNumber",
    "marriage": "registrationType",
    "educated_youth": "sentOn",
    "voucher": "voucherKind",
    "mail": "messageId",
    "web": "capturedOn",
    "business_data": "systemName",
}
_SCANS = (".tif", ".tiff", ".jpg", ".jpeg", ".jp2")

Sent = tuple[SentItem, tuple[SentFile, ...]]


def guess_scheme(items: Iterable[Sent]) -> str:
    """The slug of the shipped scheme that most of ``items`` speak for."""
    votes = Counter(_of(item, files) for item, files in items)
    return votes.most_common(1)[0][0] if votes else DEFAULT


def _of(item: SentItem, files: tuple[SentFile, ...]) -> str:
    category = _CATEGORY.search(item.reference_code)
    if category and category[1] in _BY_CATEGORY:
        return _BY_CATEGORY[category[1]]
    for slug, identifier in _BY_ELEMENT.items():
        element = scheme_for(slug).elements.element(identifier)
        if not item.metadata.keys().isdisjoint((element.identifier, element.name)):
            return slug
    main = [file for file in files if file.role in ("", "main")]
    if main and all(file.name.lower().endswith(_SCANS) for file in main):
        return "scanned_page"
    return DEFAULT
