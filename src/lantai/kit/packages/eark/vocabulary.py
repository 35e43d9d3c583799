"""The closed lists of the E-ARK specifications (DILCIS Board) and of METS 1.12."""

from __future__ import annotations

import mimetypes
import re

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
# registered since Python's list was made, or common in Chinese archives
_REGISTERED = frozenset(
    {
        *(
            "application/ofd",
            "application/mets+xml",
            "application/dicom",
            "application/gml+xml",
            "application/sql",
        ),
        *(
            "application/fits",
            "application/mbox",
            "application/mxf",
            "application/n-quads",
            "application/rtf",
        ),
        *("application/tei+xml", "application/warc", "application/xml", "application/wordperfect5.1"),
        *("application/octet-stream", "application/cms", "application/timestamp-token", "application/ogg"),
        *("application/msword", "application/zstd", "application/rdf+xml", "application/geopackage+sqlite3"),
        *(
            "image/jp2",
            "image/jpx",
            "image/jpm",
            "image/tiff-fx",
            "image/webp",
            "image/heic",
            "image/jxl",
            "image/g3fax",
        ),
        *("image/emf", "image/wmf", "image/aces", "image/fits", "image/bmp"),
        *("audio/flac", "audio/ogg", "audio/wav", "audio/mp4", "audio/aac", "audio/matroska", "audio/amr"),
        *(
            "video/x-matroska",
            "video/matroska",
            "video/ogg",
            "video/H264",
            "video/H265",
            "video/jpeg2000",
            "video/mj2",
        ),
        *(
            "message/rfc822",
            "message/global",
            "model/gltf-binary",
            "model/gltf+json",
            "model/stl",
            "model/obj",
            "model/e57",
        ),
        *("text/markdown", "text/xml", "text/rtf", "text/plain", "text/csv", "text/calendar", "text/vcard"),
    }
)
_KNOWN = frozenset(name.casefold() for name in _REGISTERED) | frozenset(
    # the two tables of the standard library itself, not of the machine's /etc/mime.types
    kind.casefold()
    for table in mimetypes.MimeTypes().types_map
    for kind in table.values()
)


def is_media_type(text: str) -> bool:
    """Whether ``text`` is a media type of IANA's list, as far as it is known here, or of an open tree."""
    found = _MEDIA_TYPE.fullmatch(text)
    if found is None:
        return False
    subtype = found[2].casefold()
    return text.casefold() in _KNOWN or subtype.startswith(_OPEN_TREES) or "+" in subtype
