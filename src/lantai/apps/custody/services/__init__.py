"""Every write of this app."""

from lantai.apps.custody.services.adding import FILES_ADDED, FILES_LEFT_OUT, add_files, leave_out_files
from lantai.apps.custody.services.bundling import ask_for_bundle, expire_bundles, fetch_bundle
from lantai.apps.custody.services.destroying import destroy_content
from lantai.apps.custody.services.examination import (
    file_facts,
    signatures_of,
    storable,
    survey_files,
    trust_folder,
)
from lantai.apps.custody.services.fixity import (
    hold_package,
    mark_intact,
    note_read,
    size_of_content,
)
from lantai.apps.custody.services.retesting import start_testing, test_after, test_by_object
from lantai.apps.custody.services.scanning import (
    antivirus_of,
    blocks_for_scan,
    has_scanner,
    is_infected,
    is_scanner_ready,
    require_scanner,
    require_scans,
    scan_files,
    waits_for_scanner,
)
from lantai.apps.custody.services.sealing import (
    as_document,
    change_custodian,
    clear_stages,
    forget_unentered,
    seal,
)
from lantai.apps.custody.services.surroundings import register_restores, surroundings
from lantai.apps.custody.services.telling import DESCRIPTION_LINES, PACKAGE_LINES
from lantai.apps.custody.services.testing import record_check, scheme_in_use
from lantai.apps.custody.services.versioning import add_documents

__all__ = [
    "DESCRIPTION_LINES",
    "FILES_ADDED",
    "FILES_LEFT_OUT",
    "PACKAGE_LINES",
    "add_documents",
    "add_files",
    "antivirus_of",
    "as_document",
    "ask_for_bundle",
    "blocks_for_scan",
    "change_custodian",
    "clear_stages",
    "destroy_content",
    "expire_bundles",
    "fetch_bundle",
    "file_facts",
    "forget_unentered",
    "has_scanner",
    "hold_package",
    "is_infected",
    "is_scanner_ready",
    "leave_out_files",
    "mark_intact",
    "note_read",
    "record_check",
    "register_restores",
    "require_scanner",
    "require_scans",
    "scan_files",
    "scheme_in_use",
    "seal",
    "signatures_of",
    "size_of_content",
    "start_testing",
    "storable",
    "surroundings",
    "survey_files",
    "test_after",
    "test_by_object",
    "trust_folder",
    "waits_for_scanner",
]
