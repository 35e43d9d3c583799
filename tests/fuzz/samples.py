"""The good packages and documents that are made bad, each as its files."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from lantai.kit.crypto.issuing import make_authority, make_certified
from lantai.kit.formats.ofd.sealing import SealPicture, make_seal, seal_ofd
from lantai.kit.formats.ofd.signed import Stamp
from lantai.kit.packages.carrier import CarrierRow, OutgoingCarrierItem, write_carrier
from lantai.kit.packages.catalogue.writer import write_catalogue
from tests.conftest import SAMPLES
from tests.kit.formats import zoo
from tests.kit.selfcheck.samples import (
    item,
    outgoing,
    write_as_bag,
    write_as_eark,
    write_as_eep,
    write_as_signed_eep,
    write_as_spreadsheet,
    write_as_transfer,
)
from tests.kit.tabular.making import ods_cell, write_ods, write_xls

Files = Mapping[str, bytes]
_SPAN = {"not_before": datetime(2024, 1, 1, tzinfo=UTC), "not_after": datetime(2034, 1, 1, tzinfo=UTC)}
_ROWS = [
    ["序号", "档号", "题名", "责任者", "日期", "页数"],
    ["1", "Z109-WS·2011-Y-BGS-0001", "样例题名", "样例局", "20110305", "3"],
]


def documents(folder: Path) -> dict[str, Files]:
    """OFD: a plain one, one with a seal, and those of the public corpus where it is at hand."""
    authority = make_authority("样例根", **_SPAN)
    maker, signer = (make_certified(name, issuer=authority, **_SPAN) for name in ("样例制章", "样例局"))
    picture = SealPicture("png", zoo.png_bytes((255, 0, 0)), 30, 30)
    terms = {"valid_from": _SPAN["not_before"], "valid_to": _SPAN["not_after"], "version": 4}
    seal = make_seal(
        picture, name="样例局公章", seal_id="SAMPLE-1", maker=maker, signers=[signer.certificate], **terms
    )
    plain, sealed = zoo.ofd(folder / "plain.ofd"), folder / "sealed.ofd"
    stamp = Stamp("1", (20.0, 5.0, 30.0, 30.0), None)
    seal_ofd(plain, sealed, key=signer, seal=seal, stamps=[stamp], at=datetime(2026, 1, 1, tzinfo=UTC))
    public = [path for path in sorted(SAMPLES.glob("ofd/*.ofd")) if path.stat().st_size < 100_000]
    return {path.name: {path.name: path.read_bytes()} for path in (plain, sealed, *public)}


def packages(folder: Path) -> dict[str, Callable[[], Files]]:
    """Each layout by name, made when asked for."""
    both = [item(1), item(2)]
    made: dict[str, Callable[[Path], object]] = {
        "eep": lambda target: write_as_eep(target, [item(1)]),
        "eep-signed": lambda target: write_as_signed_eep(target, [item(1)]),
        "eark": lambda target: write_as_eark(target, both),
        "bagit": lambda target: write_as_bag(target, both),
        "transfer": lambda target: write_as_transfer(target, both),
        "carrier": _carrier,
        "spreadsheet": lambda target: write_as_spreadsheet(target, both),
        "xlsx": lambda target: _catalogue(target, "xlsx"),
        "csv": lambda target: _catalogue(target, "csv"),
        "xml": lambda target: _catalogue(target, "xml"),
        "ods": lambda target: write_ods(_new(target) / "目录.ods", _ods_rows()),
        "xls": lambda target: write_xls(_new(target) / "目录.xls", _ROWS),
    }
    return {name: _writing(folder / name, write) for name, write in made.items()}


def _writing(target: Path, write: Callable[[Path], object]) -> Callable[[], Files]:
    def files() -> Files:
        write(target)
        found = sorted(path for path in target.rglob("*") if path.is_file())
        return {path.relative_to(target).as_posix(): path.read_bytes() for path in found}

    return files


def _new(folder: Path) -> Path:
    folder.mkdir()
    return folder


def _ods_rows() -> str:
    return "".join(f"<table:table-row>{''.join(map(ods_cell, row))}</table:table-row>" for row in _ROWS)


def _catalogue(target: Path, form: str) -> None:
    bare = [outgoing(replace(item(number), files={})) for number in (1, 2)]
    silent = ("计算机文件名", "计算机文件大小")
    told = [replace(one, metadata={k: v for k, v in one.metadata.items() if k not in silent}) for one in bare]
    write_catalogue(target, told, form=form)  # type: ignore[arg-type]


def _carrier(target: Path) -> None:
    described = {"载体编号": "样例-001", "载体类型": "硬磁盘", "制作单位": "样例局", "载体容量": "500 GB"}
    described |= dict.fromkeys(("保管单位", "检查单位", "读取载体所需软硬件环境"), "样例")
    items = [
        OutgoingCarrierItem(
            CarrierRow(
                reference_code=f"X001-2026-0001-{number:03}",
                title="样例题名",
                author="样例局",
                dated_on="20260301",
            ),
            ("2026", "通知"),
            {"题名": ["样例题名"]},
            (("正文.txt", [b"1"]),),
        )
        for number in (1, 2)
    ]
    write_carrier(
        target, described, items, volumes=(CarrierRow(reference_code="X001-2026-0001", title="样例案卷"),)
    )
