"""Documents and pictures made anew as PDF/A: nothing that is seen is lost, what is forbidden is refused by name."""

from __future__ import annotations

import subprocess
from importlib.resources import files
from pathlib import Path

import pikepdf
import pytest
from PIL import Image

from lantai.kit.formats import risk
from lantai.kit.formats.converting import NotConvertible
from lantai.kit.formats.identify import identify
from lantai.kit.formats.image_pdfa import to_pdfa as image_to_pdfa
from lantai.kit.formats.media import transcoding
from lantai.kit.formats.media.transcoding import MeasuresDiffer, ProgramRefused, StreamsDiffer
from lantai.kit.formats.ofd.blocks import DocumentInfo, Paragraph
from lantai.kit.formats.ofd.to_pdfa import TextLost
from lantai.kit.formats.ofd.to_pdfa import to_pdfa as ofd_to_pdfa
from lantai.kit.formats.ofd.writer import write_document
from lantai.kit.formats.pdf_examination import examine_pdf
from lantai.kit.formats.pdfa import LooksDifferent, NotPdfa, PagesDiffer, PdfUnreadable, same_pages, to_pdfa
from lantai.kit.formats.pdfs import pdf_text
from lantai.kit.formats.pronom import registry

FONT = Path(str(files("lantai.platform.documents").joinpath("fonts", "LantaiSans-Regular.ttf")))


@pytest.fixture
def out(tmp_path):
    folder = tmp_path / "out"
    folder.mkdir()
    return folder


def declared(path: Path) -> str:
    found = examine_pdf(path, "fmt/477")
    assert found.problems == () and found.state == "ok"
    return str(found.facts["pdfa_declared"])


@pytest.fixture(scope="module")
def written(tmp_path_factory) -> Path:
    """A made-up OFD of two pages' worth of Chinese and Latin text."""
    target = tmp_path_factory.mktemp("ofd") / "a.ofd"
    words = [Paragraph(f"第{n}段 样例通知 Sample {n}：请于三月二日前报送。") for n in range(60)]
    write_document(target, words, info=DocumentInfo(title="样例"), fonts=[FONT])
    return target


@pytest.fixture(scope="module")
def plain(tmp_path_factory, written) -> Path:
    """A made-up PDF with embedded fonts and nothing that PDF/A forbids."""
    folder = tmp_path_factory.mktemp("pdf")
    ofd_to_pdfa(written, folder)
    with pikepdf.open(folder / "made.pdf") as pdf:
        del pdf.Root.OutputIntents, pdf.Root.Metadata
        pdf.docinfo["/Title"] = "样例"
        pdf.save(folder / "plain.pdf")
    return folder / "plain.pdf"


def test_an_ofd_becomes_one_pdfa_with_all_its_text_and_embedded_fonts(written, out):
    made = ofd_to_pdfa(written, out)
    assert made["proof"]["pages"] > 1 and made["lost"] == ["structure"]
    target = out / "made.pdf"
    assert declared(target) == "2B" and identify(target).puid == "fmt/477"
    assert "第7段样例通知Sample7" in "".join(pdf_text(target, 100_000).split())
    assert target.stat().st_size < 400_000  # not the whole font


def test_the_same_original_gives_the_same_bytes(plain, tmp_path):
    made = []
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        to_pdfa(plain, tmp_path / name)
        made.append((tmp_path / name / "made.pdf").read_bytes())
    assert made[0] == made[1]


def test_a_clean_pdf_becomes_pdfa_and_looks_and_reads_as_before(plain, out):
    made = to_pdfa(plain, out)
    assert made["proof"]["pages"] > 1 and made["lost"] == []
    assert declared(out / "made.pdf") == "2B"
    with pikepdf.open(out / "made.pdf") as pdf:
        assert str(pdf.open_metadata()["dc:title"]) == "样例"
        assert pdf.Root.OutputIntents[0].S == "/GTS_PDFA1"


def broken_rule(plain: Path, target: Path, rule: str) -> Path:
    with pikepdf.open(plain) as pdf:
        page = pdf.pages[0]
        match rule:
            case "JavaScript":
                pdf.Root.OpenAction = pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS="app.alert(1)")
            case "DeviceCMYK":
                page.contents_add(b"0 0 0 1 k 0 0 9 9 re f", prepend=True)
            case "EmbeddedFiles":
                pdf.attachments["a.txt"] = b"x"
            case "字体 Times-Roman":
                page.obj.Resources.Font["/T"] = pdf.make_indirect(
                    pikepdf.Dictionary(
                        Type=pikepdf.Name.Font,
                        Subtype=pikepdf.Name.Type1,
                        BaseFont=pikepdf.Name("/Times-Roman"),
                    )
                )
            case "Widget AP":
                field = pikepdf.Dictionary(
                    Type=pikepdf.Name.Annot, Subtype=pikepdf.Name.Widget, Rect=[0, 0, 9, 9]
                )
                page.obj.Annots = pikepdf.Array([pdf.make_indirect(field)])
            case "TR":
                page.obj.Resources.ExtGState["/G"] = pikepdf.Dictionary(TR=pikepdf.Dictionary(FunctionType=2))
        pdf.save(target)
    return target


@pytest.mark.parametrize(
    "rule", ["JavaScript", "DeviceCMYK", "EmbeddedFiles", "字体 Times-Roman", "Widget AP", "TR"]
)
def test_what_pdfa_forbids_is_refused_by_name(plain, tmp_path, out, rule):
    with pytest.raises(NotPdfa) as refused:
        to_pdfa(broken_rule(plain, tmp_path / "b.pdf", rule), out)
    assert rule in str(refused.value)
    assert list(out.iterdir()) == []


def test_the_picture_of_a_signature_stays_and_its_field_goes(plain, tmp_path, out):
    with pikepdf.open(plain) as pdf:
        seal = pdf.make_stream(
            b"1 0 0 rg 0 0 50 50 re f",
            Type=pikepdf.Name.XObject,
            Subtype=pikepdf.Name.Form,
            BBox=[0, 0, 50, 50],
        )
        fields = []
        for more in ({"AP": pikepdf.Dictionary(N=seal), "Rect": [50, 50, 100, 100]}, {"Rect": [0, 0, 0, 0]}):
            said = {
                "Type": pikepdf.Name.Annot,
                "Subtype": pikepdf.Name.Widget,
                "FT": pikepdf.Name.Sig,
                "F": 4,
            }
            fields.append(pdf.make_indirect(pikepdf.Dictionary(**said, T=f"s{len(fields)}", **more)))
        pdf.pages[0].obj.Annots = pikepdf.Array(fields)
        pdf.Root.AcroForm = pikepdf.Dictionary(Fields=pikepdf.Array(fields), SigFlags=3)
        pdf.Root.StructTreeRoot = pdf.make_indirect(
            pikepdf.Dictionary(K=pikepdf.Dictionary(S=pikepdf.Name("/TR")))
        )
        pdf.save(tmp_path / "signed.pdf")
    assert to_pdfa(tmp_path / "signed.pdf", out)["lost"] == ["signatures"]
    with pikepdf.open(out / "made.pdf") as pdf:
        assert "/AcroForm" not in pdf.Root and len(pdf.pages[0].obj.get("/Annots", [])) == 0


def test_a_locked_or_broken_pdf_is_refused_and_nothing_is_left(plain, tmp_path, out):
    with pikepdf.open(plain) as pdf:
        pdf.save(tmp_path / "locked.pdf", encryption=pikepdf.Encryption(user="", owner="o"))
        pdf.save(tmp_path / "closed.pdf", encryption=pikepdf.Encryption(user="u", owner="o"))
    (tmp_path / "broken.pdf").write_bytes(b"%PDF-1.7\nnothing")
    for name, refusal in (("locked", NotPdfa), ("closed", PdfUnreadable), ("broken", PdfUnreadable)):
        with pytest.raises(refusal):
            to_pdfa(tmp_path / f"{name}.pdf", out)
    assert list(out.iterdir()) == []


def test_another_picture_and_a_lost_page_are_told(plain, tmp_path):
    other, shorter = tmp_path / "other.pdf", tmp_path / "shorter.pdf"
    with pikepdf.open(plain) as pdf:
        pdf.pages[1].contents_add(b"0 0 0 rg 100 100 50 50 re f")
        pdf.save(other)
        del pdf.pages[0]
        pdf.save(shorter)
    with pytest.raises(LooksDifferent, match="2"):
        same_pages(plain, other)
    with pytest.raises(PagesDiffer):
        same_pages(plain, shorter)


def picture(mode: str, shift: int = 0) -> Image.Image:
    """Made up: a gradient that a lossy coder would change."""
    grey = bytes((x * 7 + y * 13 + shift) % 256 for y in range(61) for x in range(97))
    return Image.frombytes("L", (97, 61), grey).convert(mode)


@pytest.mark.parametrize("mode", ["1", "L", "RGB", "P", "RGBA", "I;16"])
def test_a_scan_becomes_a_pdfa_with_every_pixel(tmp_path, out, mode):
    source = tmp_path / "a.tif"
    made = Image.frombytes("I;16", (8, 8), bytes(range(128))) if mode == "I;16" else picture(mode)
    made.save(source, dpi=(300, 300), **({} if mode == "P" else {"save_all": True, "append_images": [made]}))
    found = image_to_pdfa(source, out)
    assert found["proof"]["pages"] == (1 if mode == "P" else 2)
    assert declared(out / "made.pdf") == "2B"
    with pikepdf.open(out / "made.pdf") as pdf:
        box = pdf.pages[0].mediabox
        assert float(box[2]) == pytest.approx(max(3, made.width * 72 / 300), abs=0.1)


def test_a_jpeg_travels_as_it_is_and_is_turned_as_it_says(tmp_path, out):
    source = tmp_path / "a.jpg"
    exif = Image.Exif()
    exif[0x0112] = 6
    picture("RGB").save(source, exif=exif)
    image_to_pdfa(source, out)
    with pikepdf.open(out / "made.pdf") as pdf:
        assert pdf.pages[0].obj.Rotate == 90
        assert pdf.pages[0].obj.Resources.XObject["/Im0"].read_raw_bytes() == source.read_bytes()
    picture("CMYK").save(source)
    with pytest.raises(NotConvertible):
        image_to_pdfa(source, out)


def test_a_text_that_is_not_in_what_was_made_is_told(written, plain):
    from lantai.kit.formats.ofd.to_pdfa import _prove

    with pikepdf.open(plain) as pdf:
        page = pdf.pages[0]
        page.obj.Contents = pdf.make_stream(b"")
        pdf.save(plain.with_name("empty.pdf"))
    with pytest.raises(TextLost):
        _prove(written, plain.with_name("empty.pdf"))


def test_the_shipped_judgements_name_formats_that_exist_and_say_what_they_rest_on():
    formats = registry().formats
    for puid, one in risk.shipped().items():
        assert puid in formats or puid.startswith("lantai-fmt/"), puid
        assert one.source and one.reason in risk.REASONS and one.reason
    assert risk.judgement_of("fmt/40").risk == "high"
    assert risk.judgement_of("fmt/999999").risk == "unknown"


def ffmpeg(*arguments: str) -> bytes:
    try:
        done = subprocess.run(["ffmpeg", *arguments], capture_output=True, check=False, timeout=600)
    except FileNotFoundError:
        pytest.skip("ffmpeg is not installed")
    transcoding.complaint(done.returncode, done.stderr)
    return done.stdout


@pytest.mark.parametrize("slug", ["wav", "ffv1"])
def test_lossless_sound_and_film_decode_to_the_same_samples(tmp_path, slug):
    recipe = transcoding.RECIPES[slug]
    source, made = tmp_path / "a.mkv", tmp_path / f"made.{recipe.suffix}"
    film = ["-f", "lavfi", "-i", "testsrc=size=64x48:rate=5:duration=1", "-c:v", "mpeg4"]
    ffmpeg("-v", "error", *(film if recipe.has_picture else []), "-f", "lavfi", "-i", "sine=duration=1", "-c:a",
           "pcm_s16le", str(source))  # fmt: skip
    ffmpeg(*transcoding.arguments(recipe, str(source), str(made)))
    before, after = (ffmpeg(*transcoding.hashing(recipe, str(one))) for one in (source, made))
    assert len(transcoding.same_streams(before, after)) == (2 if recipe.has_picture else 1)
    with pytest.raises(StreamsDiffer):
        transcoding.same_streams(before, after.replace(b"SHA256=", b"SHA256=0", 1))
    with pytest.raises(StreamsDiffer):
        transcoding.same_streams(b"", b"")


def test_lossy_work_is_measured():
    recipe = transcoding.RECIPES["h264"]
    said = {"duration_ms": 10_000, "width_px": 63, "height_px": 48}
    assert transcoding.same_measures(recipe, said, said | {"width_px": 64})["width_px"] == 64
    for other in ({"duration_ms": 9_000}, {"height_px": 40}, {"duration_ms": 0}):
        with pytest.raises(MeasuresDiffer):
            transcoding.same_measures(recipe, said, said | other)
    with pytest.raises(ProgramRefused, match="no such"):
        transcoding.complaint(1, b"first\nno such codec\n")
