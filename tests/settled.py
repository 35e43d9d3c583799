"""What must hold whenever nothing is under way: `lantai check --deep` and two validators of OCFL have no complaint."""

from __future__ import annotations

from pathlib import Path

import ocfl as independent

from lantai.apps.custody import queries as custody
from lantai.kit.packages.ocfl import validate_root
from lantai.platform.ledger import services as ledger
from lantai.site import deep


def faults() -> list[str]:
    """Every fault that the deep check finds; the storage root is valid by `ocfl-py` and by our own validator."""
    ledger.sequence_now()
    assert is_valid(custody.storage_root())
    return list(map(str, deep.faults()))


def is_valid(root: Path) -> bool:
    """Two validators agree that the folder is a storage root without fault."""
    checked = independent.StorageRoot(root=str(root)).validate(validate_objects=True, check_digests=True)
    return (checked is True or checked[0] == checked[1]) and not [
        found for _folder, found in validate_root(root) if found
    ]
