"""One small file of each kind, made by the libraries that we use ourselves."""

from __future__ import annotations

import io
import wave
import zipfile
from collections.abc import Callable
from pathlib import Path

import pikepdf
import typst
import xlsxwriter
from PIL import Image

EEP = """<?xml version="1.0" encoding="UTF-8"?>
<电子文件封装包 xmlns="http://www.saac.gov.cn/standards/ERM/encapsulation"><版本>2009</版本></电子文件封装包>"""
OFD_NS = "http://www.ofdspec.org/2016"


def pdf(path: Path) -> None:
    source = b"#set page(width: 80mm, height: 60mm)\nLantai sample page"
    path.write_bytes(typst.compile(source, pdf_standards="a-2b"))


def old_pdf(path: Path) -> None:
    with pikepdf.new() as made:
        made.add_blank_page(page_size=(200, 100))
        made.save(path, force_version="1.4")


def image(path: Path) -> None:
    Image.new("RGB", (24, 18), (200, 30, 30)).save(path, dpi=(300, 300))


def tiff(path: Path) -> None:
    frames = [Image.new("1", (30, 40), n % 2) for n in range(3)]
    frames[0].save(path, save_all=True, append_images=frames[1:], dpi=(300, 300))


def xlsx(path: Path) -> None:
    with xlsxwriter.Workbook(str(path)) as book:
        book.add_worksheet().write(0, 0, "样例")


def docx(path: Path) -> None:
    kind = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
    types = (
        '<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
        f'<Override PartName="/word/document.xml" ContentType="{kind}"/></Types>'
    )
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("[Content_Types].xml", types)
        archive.writestr("_rels/.rels", "<a/>")
        archive.writestr("word/document.xml", "<w/>")


def plain_zip(path: Path) -> None:
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("a.txt", "a")


def wav(path: Path) -> None:
    with wave.open(str(path), "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(8000)
        sound.writeframes(bytes(16000))


def text(path: Path) -> None:
    path.write_text("关于样例的通知\n", encoding="utf-8")


def xml(path: Path) -> None:
    path.write_text('<?xml version="1.0" encoding="UTF-8"?><目录><件/></目录>', encoding="utf-8")


def eep(path: Path) -> None:
    path.write_text(EEP, encoding="utf-8")


ANIMALS: dict[str, Callable[[Path], None]] = {
    "a.pdf": pdf,
    "old.pdf": old_pdf,
    "a.jpg": image,
    "a.png": image,
    "a.jp2": image,
    "a.bmp": image,
    "a.gif": image,
    "a.tif": tiff,
    "a.xlsx": xlsx,
    "a.docx": docx,
    "a.zip": plain_zip,
    "a.wav": wav,
    "a.txt": text,
    "a.xml": xml,
}


def ofd(
    path: Path,
    *,
    content: str = '<ofd:TextObject ID="4" Boundary="10 10 60 8" Font="3" Size="5">'
    '<ofd:TextCode X="0" Y="5" DeltaX="g 5 3">Sample</ofd:TextCode></ofd:TextObject>',
    extra: dict[str, str | bytes] | None = None,
    resources: str = '<ofd:Fonts><ofd:Font ID="3" FontName="Times New Roman"/></ofd:Fonts>',
    root: str = "",
) -> Path:
    """An OFD of one page, 100 × 50 mm, with ``content`` on it."""

    def part(name: str, inner: str, attributes: str = "") -> str:
        return f'<ofd:{name} xmlns:ofd="{OFD_NS}" {attributes}>{inner}</ofd:{name}>'

    info = "<ofd:DocInfo><ofd:Title>样例</ofd:Title></ofd:DocInfo>"
    body = f"<ofd:DocBody>{info}<ofd:DocRoot>D/Document.xml</ofd:DocRoot>{root}</ofd:DocBody>"
    area = "<ofd:PageArea><ofd:PhysicalBox>0 0 100 50</ofd:PhysicalBox></ofd:PageArea>"
    common = f"<ofd:CommonData>{area}<ofd:PublicRes>Res.xml</ofd:PublicRes></ofd:CommonData>"
    parts: dict[str, str | bytes] = {
        "OFD.xml": part("OFD", body, 'Version="1.0" DocType="OFD"'),
        "D/Document.xml": part(
            "Document", common + '<ofd:Pages><ofd:Page ID="1" BaseLoc="P.xml"/></ofd:Pages>'
        ),
        "D/Res.xml": part("Res", resources),
        "D/P.xml": part("Page", f'<ofd:Content><ofd:Layer ID="2">{content}</ofd:Layer></ofd:Content>'),
    }
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in (parts | (extra or {})).items():
            if data:
                archive.writestr(name, data)
    return path


def png_bytes(colour: tuple[int, int, int] = (0, 0, 255)) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (8, 8), colour).save(out, "PNG")
    return out.getvalue()
