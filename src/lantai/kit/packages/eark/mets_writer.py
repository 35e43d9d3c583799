"""Writing METS.xml: the file section grows while files come, the rest is put around it at the end.

The Schematron rules of eark-validator (E-ARK-Software) pass, but for some that hold no package to the
specification: SIP14 asks every note of a creator for the code of an organisation, CSIP16 that of the software
for its version; in a SIP, CSIP12 to CSIP16 take the sender, whom SIP15 to SIP17 want, for the software too.
The valid packages of the public corpus fail them alike.
"""

from __future__ import annotations

import shutil
import tempfile
from dataclasses import dataclass
from datetime import datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from urllib.parse import quote
from xml.sax.saxutils import quoteattr

from lantai.kit.packages.eark.structure import LABEL
from lantai.kit.packages.eark.vocabulary import CSIP_PROFILE, SIP_PROFILE
from lantai.kit.packages.xml import write_element

SCHEMA = "schemas/mets.xsd"
_NAMESPACES = (
    'xmlns="http://www.loc.gov/METS/" xmlns:csip="https://DILCIS.eu/XML/METS/CSIPExtensionMETS" '
    'xmlns:sip="https://DILCIS.eu/XML/METS/SIPExtensionMETS" xmlns:xlink="http://www.w3.org/1999/xlink" '
    'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" '
    f'xsi:schemaLocation="http://www.loc.gov/METS/ {SCHEMA} '
    "https://DILCIS.eu/XML/METS/CSIPExtensionMETS https://earkcsip.dilcis.eu/schema/DILCISExtensionMETS.xsd "
    'http://www.w3.org/1999/xlink http://www.loc.gov/standards/xlink/xlink.xsd"'
)


@dataclass(frozen=True, slots=True)
class Package:
    """What METS says of the whole; ``at`` is aware."""

    objid: str
    label: str
    sender: str
    at: datetime
    is_submission: bool


@dataclass(frozen=True, slots=True)
class FileLine:
    """One file as METS lists it."""

    path: str
    size_bytes: int
    sha512: str
    media_type: str

    def attributes(self, at: datetime) -> str:
        """Media type, size, time and digest, as mdRef and file carry them."""
        return (
            f'MIMETYPE="{self.media_type}" SIZE="{self.size_bytes}" CREATED="{stamp(at)}" '
            f'CHECKSUM="{self.sha512}" CHECKSUMTYPE="SHA-512"'
        )

    @property
    def link(self) -> str:
        """Where it is."""
        return f'LOCTYPE="URL" xlink:type="simple" xlink:href={quoteattr(quote(self.path))}'


def stamp(at: datetime) -> str:
    """A time to the second, with its offset."""
    return at.isoformat(timespec="seconds")


class MetsParts:
    """METS.xml of the package in ``folder``; nothing of it is there before `finish`."""

    def __init__(self, folder: Path, package: Package) -> None:
        self._folder = folder
        self._package = package
        self._content = tempfile.TemporaryFile("w+", encoding="utf-8", newline="\n", dir=folder)  # noqa: SIM115  closed in close
        self._count = 0

    def content(self, line: FileLine) -> None:
        """One file of the representation."""
        self._content.write(self._file(line))

    def _file(self, line: FileLine) -> str:
        self._count += 1
        return f'<file ID="file-{self._count}" {line.attributes(self._package.at)}><FLocat {line.link}/></file>\n'

    def finish(self, *, ead: FileLine, premis: FileLine, document: FileLine, schema: FileLine) -> None:
        """Write the document."""
        with (self._folder / "METS.xml").open("x", encoding="utf-8", newline="\n") as out:
            out.write(self._head())
            out.write(self._metadata(ead, premis))
            out.write(
                '<fileSec ID="file-section">\n'
                f"{_group('documentation', 'Documentation', 'DA/T 93-2022')}{self._file(document)}</fileGrp>\n"
                f"{_group('schemas', 'Schemas', 'XML Schema')}{self._file(schema)}</fileGrp>\n"
                f"{_group('rep1', 'Representations/rep1/data', 'DA/T 46-2009')}"
            )
            self._content.seek(0)
            shutil.copyfileobj(self._content, out)
            out.write("</fileGrp>\n</fileSec>\n")
            out.write(self._structure())
        self.close()

    def close(self) -> None:
        """Give up what is not written."""
        self._content.close()

    def _head(self) -> str:
        package = self._package
        profile = SIP_PROFILE if package.is_submission else CSIP_PROFILE
        sender = write_element("name", package.sender)
        # who sends a SIP is a creator beside the software (SIP16); otherwise whom the content is of (METS)
        role = "CREATOR" if package.is_submission else "ARCHIVIST"
        return (
            f'<?xml version="1.0" encoding="UTF-8"?>\n<mets {_NAMESPACES} OBJID={_attribute(package.objid)} '
            f'LABEL={_attribute(package.label)} TYPE="Mixed" csip:CONTENTINFORMATIONTYPE="MIXED" '
            f'PROFILE="{profile}">\n'
            f'<metsHdr CREATEDATE="{stamp(package.at)}" LASTMODDATE="{stamp(package.at)}" RECORDSTATUS="NEW" '
            f'csip:OAISPACKAGETYPE="{"SIP" if package.is_submission else "AIP"}">\n'
            '<agent ROLE="CREATOR" TYPE="OTHER" OTHERTYPE="SOFTWARE"><name>Lantai</name>'
            f'<note csip:NOTETYPE="SOFTWARE VERSION">{_version()}</note></agent>\n'
            f'<agent ROLE="{role}" TYPE="ORGANIZATION">{sender}</agent>\n</metsHdr>\n'
        )

    def _metadata(self, ead: FileLine, premis: FileLine) -> str:
        at = self._package.at
        return (
            f'<dmdSec ID="dmd-1" CREATED="{stamp(at)}" STATUS="CURRENT">'
            f'<mdRef {ead.link} MDTYPE="EAD" {ead.attributes(at)}/></dmdSec>\n'
            f'<amdSec ID="amd-1"><digiprovMD ID="digiprov-1" CREATED="{stamp(at)}" STATUS="CURRENT">'
            f'<mdRef {premis.link} MDTYPE="PREMIS" {premis.attributes(at)}/></digiprovMD></amdSec>\n'
        )

    def _structure(self) -> str:
        return (
            f'<structMap ID="structure" TYPE="PHYSICAL" LABEL="{LABEL}">\n'
            f'<div ID="div-package" LABEL={_attribute(self._package.objid)}>\n'
            '<div ID="div-metadata" LABEL="Metadata" ADMID="digiprov-1" DMDID="dmd-1"/>\n'
            '<div ID="div-documentation" LABEL="Documentation"><fptr FILEID="group-documentation"/></div>\n'
            '<div ID="div-schemas" LABEL="Schemas"><fptr FILEID="group-schemas"/></div>\n'
            '<div ID="div-rep1" LABEL="Representations"><fptr FILEID="group-rep1"/></div>\n'
            "</div>\n</structMap>\n</mets>\n"
        )


def _group(name: str, use: str, content: str) -> str:
    """The start of a fileGrp; what a package of mixed content holds is told group by group (CSIP62, CSIP63)."""
    admin = ' ADMID="digiprov-1"' if name == "rep1" else ""
    return (
        f'<fileGrp ID="group-{name}" USE="{use}"{admin} csip:CONTENTINFORMATIONTYPE="OTHER" '
        f'csip:OTHERCONTENTINFORMATIONTYPE="{content}">\n'
    )


def _attribute(value: str) -> str:
    """``value`` quoted; raises `XmlUnsayable` where XML cannot carry it."""
    write_element("value", value)
    return quoteattr(" ".join(value.split()))


def _version() -> str:
    try:
        return version("lantai")
    except PackageNotFoundError:  # run from a checkout
        return "0"
