"""The closed lists of the E-ARK specifications (DILCIS Board) and of METS 1.12."""

from __future__ import annotations

import re
from functools import cache
from importlib.resources import files

CSIP_PROFILE = "https://earkcsip.dilcis.eu/profile/E-ARK-CSIP.xml"
SIP_PROFILE = "https://earksip.dilcis.eu/profile/E-ARK-SIP.xml"

# VocabularyContentCategory; the lists of 2.0 wrote a dash, those of 2.1 a hyphen
CONTENT_CATEGORIES = frozenset(
    name.casefold()
    for name in (
        *(
            "Textual works - Print",
            "Textual works – Print",
            "Textual works - Digital",
            "Textual works – Digital",
        ),
        *("Textual works - Electronic Serials", "Textual works – Electronic Serials"),
        *("Digital Musical Composition (score-based representations)",),
        *(
            "Textual works - Manuscripts",
            "Textual works – Manuscripts",
            "Geospatial Data",
            "Databases",
            "Datasets",
        ),
        *("Photographs - Print", "Photographs – Print", "Photographs - Digital", "Photographs – Digital"),
        *("Other Graphic Images - Print", "Other Graphic Images – Print"),
        *("Other Graphic Images - Digital", "Other Graphic Images – Digital", "Microforms"),
        *("Audio - On Tangible Medium (digital or analog)", "Audio – On Tangible Medium (digital or analog)"),
        *("Audio - Media-independent (digital)", "Audio – Media-independent (digital)"),
        *("Motion Pictures - Digital and Physical Media", "Motion Pictures – Digital and Physical Media"),
        *("Video - File-based and Physical Media", "Video – File-based and Physical Media"),
        *(
            "Software",
            "Websites",
            "Collection",
            "Event",
            "Interactive resource",
            "Physical object",
            "Service",
            "Mixed",
            "Other",
        ),
    )
)
# VocabularyContentInformationType
CONTENT_INFORMATION_TYPES = frozenset(
    {
        *("ERMS", "SIARD1", "SIARD2", "SIARDDK", "SIARDUK", "SIARD", "GeoData", "MIXED", "OTHER", "AIP"),
        *("citserms_v2_0", "citserms_v2_1", "citsgeospatial_v2_0", "citsgeospatial_v3_0"),
        *(
            "citsehpj_v1_0",
            "citsehcr_v1_0",
            "citsehpj_v2_0",
            "citsehcr_v2_0",
            "citspremis_v1_0",
            "citsaip_v1_0",
        ),
        *(
            "citscarchival_v1_0",
            "citsarchival_v1_0",
            "citssiard_v1_0",
            "citspreservation_v1_0",
            "cits3dpm_v1_0",
            "citscs_v1_0",
        ),
        *("citsdicom_v1_0", "citserms_v2_1_0"),
    }
)
PACKAGE_TYPES = frozenset({"SIP", "AIP", "DIP", "AIU", "AIC"})
STATUSES = frozenset({"CURRENT", "SUPERSEDED"})
# "REPLEACEMENT" is how the board's own list spells it
RECORD_STATUSES = frozenset(
    {"NEW", "SUPPLEMENT", "REPLACEMENT", "REPLEACEMENT", "TEST", "VERSION", "DELETE", "OTHER"}
)
DIVISIONS = ("metadata", "documentation", "schemas", "representations", "other")
METADATA_TYPES = frozenset(
    {
        *("MARC", "MODS", "EAD", "DC", "NISOIMG", "LC-AV", "VRA", "TEIHDR", "DDI", "FGDC", "LOM", "PREMIS"),
        *("PREMIS:OBJECT", "PREMIS:AGENT", "PREMIS:RIGHTS", "PREMIS:EVENT", "TEXTMD", "METSRIGHTS"),
        *("ISO 19115:2003 NAP", "EAC-CPF", "LIDO", "OTHER"),
    }
)
# CHECKSUMTYPE → name in hashlib; "" where nobody here can work it out
CHECKSUM_TYPES = {
    "MD5": "md5",
    "SHA-1": "sha1",
    "SHA-256": "sha256",
    "SHA-384": "sha384",
    "SHA-512": "sha512",
    **dict.fromkeys(("Adler-32", "CRC32", "HAVAL", "MNP", "TIGER", "WHIRLPOOL"), ""),
}

_MEDIA_TYPE = re.compile(
    r"(application|audio|font|haptics|image|message|model|multipart|text|video)/"
    r"([A-Za-z0-9][A-Za-z0-9!#$&^_.+-]{0,126})",
)
_OPEN_TREES = ("vnd.", "prs.", "x.", "x-")  # RFC 6838 §3.2 to §3.4: registered by their owners


@cache
def _registered() -> frozenset[str]:
    """The names in `media_types.txt`."""
    found: set[str] = set()
    top = ""
    for line in files(__package__).joinpath("media_types.txt").read_text(encoding="utf-8").splitlines():
        if line.startswith("#"):
            continue
        head, colon, rest = line.partition(": ")
        top, held = (head, rest) if colon else (top, line)
        found.update(f"{top}/{name}" for name in held.split())
    return frozenset(found)


def is_media_type(text: str) -> bool:
    """Whether ``text`` is a media type of IANA's list, or of an open tree."""
    found = _MEDIA_TYPE.fullmatch(text)
    if found is None:
        return False
    subtype = found[2].casefold()
    return text.casefold() in _registered() or subtype.startswith(_OPEN_TREES) or "+" in subtype
