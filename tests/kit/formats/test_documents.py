"""Office files, mail, pages, tables, models and invoices: what is in them, and what must not be."""

from __future__ import annotations

import struct
import zipfile

import pikepdf
import pytest

from lantai.kit.formats import xmlsafe
from lantai.kit.formats.examine import examine
from lantai.kit.formats.identify import identify
from lantai.kit.formats.invoices import invoice_in_text
from lantai.kit.formats.mail import MAX_DEPTH
from lantai.kit.formats.office import examine_package
from lantai.kit.formats.remarks import State
from tests.conftest import SAMPLES, needs_samples
from tests.kit.formats import zoo, zoo_office
from tests.kit.formats.compound import compound
from tests.kit.formats.zoo_office import ANIMALS, EML, glb

WHOLE = [
    "t.odt",
    "s.ods",
    "p.odp",
    "p.pptx",
    "w.dotx",
    "a.eml",
    "a.html",
    "a.csv",
    "a.glb",
    "a.gltf",
    "gbk.xml",
]
EINVOICE = """<?xml version="1.0" encoding="UTF-8"?><EInvoice><Header><EIid>24000000000000000001</EIid></Header>
<EInvoiceData><SellerInformation><SellerIdNum>91000000000000000X</SellerIdNum><SellerName>样例销售方</SellerName>
</SellerInformation><BuyerInformation><BuyerName>样例购买方</BuyerName></BuyerInformation><BasicInformation>
<TotalAmWithoutTax>100</TotalAmWithoutTax><TotalTaxAm>13</TotalTaxAm>
<TotalTax-includedAmount>113.00</TotalTax-includedAmount></BasicInformation></EInvoiceData><TaxSupervisionInfo>
<InvoiceNumber>24000000000000000001</InvoiceNumber><IssueTime>2026-01-05 10:00:00</IssueTime></TaxSupervisionInfo>
</EInvoice>"""
INVOICE = {
    "invoice_number": "24000000000000000001",
    "invoice_date": "2026-01-05",
    "invoice_seller": "样例销售方",
    "invoice_seller_id": "91000000000000000X",
    "invoice_buyer": "样例购买方",
    "invoice_amount": "100.00",
    "invoice_tax": "13.00",
    "invoice_total": "113.00",
}
RELS = (
    '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" '
    'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/{kind}" TargetMode="External" '
    'Target="http://sample.example/a"/></Relationships>'
)


def examined(tmp_path, name: str, data: bytes | str):
    path = tmp_path / name
    path.write_bytes(data.encode() if isinstance(data, str) else data)
    return examine(path)


@pytest.mark.parametrize("name", WHOLE)
def test_whole_documents_are_ok(name, tmp_path):
    ANIMALS[name](tmp_path / name)
    found = examine(tmp_path / name)
    assert found.state is State.OK, found.problems


@pytest.mark.parametrize(
    ("kind", "state"), [("attachedTemplate", State.ACTIVE), ("image", State.OK), ("hyperlink", State.OK)]
)
def test_what_is_fetched_when_a_document_opens_makes_it_active(kind, state, tmp_path):
    zoo.docx(tmp_path / "a.docx")
    with zipfile.ZipFile(tmp_path / "a.docx", "a") as archive:
        archive.writestr("word/_rels/settings.xml.rels", RELS.format(kind=kind))
    found = examine(tmp_path / "a.docx")
    assert found.state is state
    assert found.facts["external_links"] == ([] if kind == "hyperlink" else ["http://sample.example/a"])


def test_a_locked_opendocument_is_encrypted(tmp_path):
    zoo_office.archive(
        {
            "mimetype": "application/vnd.oasis.opendocument.text",
            "META-INF/manifest.xml": '<m xmlns="urn:a"><file-entry><encryption-data/></file-entry></m>',
            "content.xml": b"\x01\x02\x03",
        },
        stored="mimetype",
    )(tmp_path / "a.odt")
    assert examine(tmp_path / "a.odt").state is State.ENCRYPTED


@pytest.mark.parametrize(
    "streams",
    [
        {"EncryptionInfo": b"\4\0\4\0", "EncryptedPackage": b""},
        {"WordDocument": b"\xec\xa5\xc1\0" + bytes(6) + b"\0\1"},
        {"Workbook": struct.pack("<HHH", 0x809, 2, 0) + struct.pack("<HHH", 0x2F, 2, 0)},
        {"PowerPoint Document": b"", "Current User": bytes(12) + b"\xdf\xc4\xd1\xf3"},
    ],
)
def test_ing_19_locked_office_files_are_encrypted(streams, tmp_path):
    assert examined(tmp_path, "a.doc", compound(streams)).state is State.ENCRYPTED


def test_ing_19_a_locked_zip_is_encrypted(tmp_path):
    zoo.plain_zip(tmp_path / "a.zip")
    data = bytearray((tmp_path / "a.zip").read_bytes())
    for mark, at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        data[data.find(mark) + at] |= 1
    assert examined(tmp_path, "a.zip", bytes(data)).state is State.ENCRYPTED


def test_a_compound_file_that_was_cut_off_is_not_whole(tmp_path):
    found = examined(tmp_path, "a.doc", compound({"WordDocument": bytes(9000)})[:-4000])
    assert found.state in {State.TRUNCATED, State.BROKEN}


def test_an_old_document_is_never_called_ok_unread(tmp_path):
    assert examined(tmp_path, "a.doc", compound({"WordDocument": bytes(64)})).state is State.UNSUPPORTED


def test_the_heads_and_attachments_of_a_mail_are_read(tmp_path):
    found = examined(tmp_path, "a.eml", EML)
    assert found.facts["mail_subject"] == "样例邮件"
    assert found.facts["mail_sent_at"] == "2026-01-01T08:00:00+08:00"
    assert found.facts["attachments"] == ["a.bin"]
    assert found.text_sample.strip() == "sample"


@pytest.mark.parametrize(
    ("old", "new", "state"),
    [
        (b"--b--\r\n", b"", State.TRUNCATED),
        (b"filename=a.bin", b"filename=a.exe", State.ACTIVE),
        (b"multipart/mixed", b"multipart/encrypted", State.ENCRYPTED),
        (b"Date: Thu, 1 Jan 2026 08:00:00 +0800\r\nMess", b"Mess", State.BROKEN),
    ],
)
def test_mail_that_is_cut_locked_or_dangerous_is_not_ok(old, new, state, tmp_path):
    assert old in EML
    assert examined(tmp_path, "a.eml", EML.replace(old, new)).state is state


def test_mail_in_mail_in_mail_ends_at_a_depth(tmp_path):
    head = EML.partition(b"Content-Type")[0]
    nested = head + b"Content-Type: message/rfc822\r\n\r\n"
    found = examined(tmp_path, "a.eml", nested * (MAX_DEPTH + 5) + EML)
    assert (found.state, found.problems[0].code) == (State.BROKEN, "too-deep")
    assert examined(tmp_path, "b.eml", nested * 600 + EML).state is State.BROKEN


@pytest.mark.parametrize(
    "inside",
    ["<script>a</script>", '<img onerror="a()">', '<a href="javascript:a">a</a>', "<iframe src=a></iframe>"],
)
def test_a_page_that_acts_is_active(inside, tmp_path):
    page = f"<!DOCTYPE html><html><body>{inside}</body></html>"
    assert examined(tmp_path, "a.html", page).state is State.ACTIVE


def test_a_drawing_that_acts_is_active(tmp_path):
    drawing = '<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"><rect onclick="a()"/></svg>'
    assert examined(tmp_path, "a.svg", drawing).state is State.ACTIVE


def test_rows_of_another_width_are_counted(tmp_path):
    found = examined(tmp_path, "a.csv", "档号,题名\n1,样例\n2\n")
    assert (found.state, found.facts["columns"], found.problems[0].params) == (State.OK, 2, {"count": 1})
    assert examined(tmp_path, "b.csv", '档号,题名\n1,"样例\n').state is State.TRUNCATED


@pytest.mark.parametrize(
    ("data", "state"),
    [
        (glb({"asset": {"version": "2.0"}, "buffers": [{"byteLength": 8}]}, b"12345678"), State.OK),
        (glb({"asset": {"version": "2.0"}, "buffers": [{"byteLength": 80}]}, b"12345678"), State.BROKEN),
        (glb({"asset": {"version": "2.0"}})[:-4], State.TRUNCATED),
        (glb({"asset": {"version": "2.0"}}) + b"more", State.BROKEN),
        (glb({"asset": {"version": "2.0"}, "images": [{"uri": "a.png"}]}), State.UNSUPPORTED),
        (glb({"buffers": []}), State.BROKEN),
    ],
)
def test_a_model_is_whole_only_with_all_its_buffers(data, state, tmp_path):
    assert examined(tmp_path, "a.glb", data).state is state


def test_the_fields_of_an_invoice_in_xml_are_read(tmp_path):
    found = examined(tmp_path, "a.xml", EINVOICE)
    assert (found.puid, found.state) == ("lantai-fmt/3", State.OK)
    assert {k: v for k, v in found.facts.items() if k.startswith("invoice_")} == INVOICE


def test_the_fields_of_an_invoice_in_a_pdf_come_from_its_attachment(tmp_path):
    with pikepdf.new() as made:
        made.add_blank_page()
        made.attachments["einvoice.xml"] = pikepdf.AttachedFileSpec(made, EINVOICE.encode())
        made.save(tmp_path / "a.pdf")
    facts = examine(tmp_path / "a.pdf").facts
    assert {k: v for k, v in facts.items() if k.startswith("invoice_")} == INVOICE


def test_the_words_of_an_invoice_are_read_and_others_are_not_guessed():
    words = "电子发票 发票号码:24000000000000000001 开票日期:2026年1月5日 价税合计(小写)¥1,113.00"
    assert invoice_in_text(words) == {
        "invoice_number": "24000000000000000001",
        "invoice_date": "2026-01-05",
        "invoice_total": "1113.00",
    }
    assert invoice_in_text("关于发票管理的通知 2026年1月5日") == {}


@needs_samples
@pytest.mark.parametrize(
    ("name", "number", "total"),
    [
        ("999.ofd", "12235358", "10600.00"),
        ("v4signed.ofd", "99999951", "318.00"),
        ("20240531141733.ofd", "24112000000048542163", "4449.00"),
    ],
)
def test_the_fields_of_invoices_in_ofd_are_read_from_attachments_and_tags(name, number, total):
    facts = examine(SAMPLES / "ofd" / name).facts
    assert (facts["invoice_number"], facts["invoice_total"]) == (number, total)


def test_xml_that_only_mentions_an_invoice_is_xml(tmp_path):
    (tmp_path / "a.xml").write_text('<?xml version="1.0"?><a>EInvoice</a>')
    assert identify(tmp_path / "a.xml").puid == "fmt/101"


def test_a_zip_whose_inner_name_is_not_in_its_charset_is_broken(tmp_path):
    zoo.docx(tmp_path / "a.docx")
    data = bytearray((tmp_path / "a.docx").read_bytes())
    at = data.find(b"PK\x03\x04")
    data[at + 7] |= 8  # "this name is UTF-8", which it then is not
    data[at + 30 + 6] = 0xED
    assert examined(tmp_path, "b.docx", bytes(data)).state is State.BROKEN


def test_a_drawing_with_an_impossible_namespace_does_not_stop_the_reader(tmp_path):
    drawing = '<?xml version="1.0"?><svg xmlns="http://www.w3.org/200|/svg"><script/></svg>'
    assert examined(tmp_path, "a.svg", drawing).state is State.ACTIVE


@pytest.mark.parametrize(
    "head", [b"Message-ID: <", b"From: <@", b"Date: ()(", b"Content-Type: ;;=", b"To: \xff\xfe<"]
)
def test_mail_with_headers_that_nobody_would_write_is_judged_all_the_same(head, tmp_path):
    assert examined(tmp_path, "a.eml", head + b"\r\n" + EML).state in {State.OK, State.BROKEN}


def test_xml_too_large_to_be_read_as_a_whole_is_left_unread_not_called_broken(monkeypatch, tmp_path):
    monkeypatch.setattr(xmlsafe, "MAX_XML_BYTES", 1 << 10)
    large = b"<a>" + b"x" * (1 << 10) + b"</a>"
    with pytest.raises(xmlsafe.XmlTooLarge):
        xmlsafe.parse_xml(large, name="a.xml")
    assert xmlsafe.salvage_xml(large, name="a.xml") is None
    path = tmp_path / "a.docx"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("word/document.xml", large)
    found = examine_package(path, "fmt/412")
    assert found.state is State.UNSUPPORTED and found.problems
