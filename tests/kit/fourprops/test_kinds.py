"""What the schemes of single kinds ask for: composition, technical figures, stages, amounts."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from lantai.kit.fourprops import (
    EventFacts,
    FileFacts,
    ItemFacts,
    Outcome,
    Stage,
    from_toml,
    run,
    scheme_for,
)
from tests.kit.fourprops.subjects import subject

COMMON = {
    "fondsIdentifier": "Z109",
    "year": "2023",
    "retentionPeriod": "30年",
    "title": "样例记录",
    "author": "样例市办公室",
    "date": "20230305",
}


def file(name, mime, puid, **changes):
    facts = {"path": name, "name": name, "size": 10, "puid": puid, "mime": mime, "state": "ok", **changes}
    return FileFacts(**facts)


def at(day):
    return datetime(2023, 3, day, tzinfo=UTC)


def invoice(total, number):
    return {"role": "attachment", "facts": {"invoice_total": total, "invoice_number": number}}


MAIL = {"mail_id": "<1@sample.example>", "mail_subject": "样例记录"}
MATTER = tuple(
    EventFacts(name, at(day), "样例承办人")
    for day, name in enumerate(("申请", "受理", "审查", "决定", "送达"), 1)
)
GOOD = {
    "photo": ItemFacts(
        "1",
        "Z109-ZP·2023-D30-0001",
        {**COMMON, "caption": "样例活动现场", "imageWidth": "4000", "imageHeight": "3000", "resolutionX": "300"},
        (file("a.jpg", "image/jpeg", "fmt/43", facts={"width_px": 4000, "height_px": 3000, "dpi_x": 300.5}),),
    ),
    "audio": ItemFacts(
        "1",
        "Z109-LY·2023-D30-0001",
        {**COMMON, "duration": "00:01:30", "sampleRate": "48000 Hz", "abstract": "样例", "language": "方言"},
        (
            file("a.wav", "audio/x-wav", "fmt/141", facts={"duration_ms": 90_200, "sample_rate_hz": 48_000}),
            file("文字稿.txt", "text/plain", "x-fmt/111", role="attachment"),
        ),
    ),
    "video": ItemFacts(
        "1",
        "Z109-LX·2023-D30-0001",
        {**COMMON, "duration": "1:30", "abstract": "样例", "imageWidth": "1920"},
        (file("a.mp4", "video/mp4", "fmt/199", facts={"duration_ms": 90_000, "width_px": 1920, "height_px": 1080}),),
    ),
    "service_matter": ItemFacts(
        "1",
        "Z109-ZY·2023-D30-0001",
        {**COMMON, "caseNumber": "样例2023001"},
        tuple(
            file(f"{name}.ofd", "application/ofd", "lantai-fmt/1")
            for name in ("申请书", "受理通知书", "审查意见", "准予许可决定书", "送达回证")
        ),
        MATTER,
    ),
    "voucher": ItemFacts(
        "1",
        "Z109-KU·2023-D30-0001",
        {**COMMON, "voucherKind": "凭证", "amount": "¥1,300.50", "attachmentCount": "2", "fiscalYear": "2023"},
        (
            file("凭证.pdf", "application/pdf", "fmt/95", role="main"),
            file("票1.pdf", "application/pdf", "fmt/95", **invoice("1000.50", "1")),
            file("票2.pdf", "application/pdf", "fmt/95", **invoice(300, "2")),
        ),
    ),
    "business_data": ItemFacts(
        "1", "Z109-SJ·2023-D30-0001", COMMON, (file("a.siard", "application/x-siard", "fmt/161"),)
    ),
    "mail": ItemFacts(
        "1",
        "Z109-YJ·2023-D30-0001",
        {**COMMON, "messageId": "<1@sample.example>"},
        (file("a.eml", "message/rfc822", "fmt/278", facts=MAIL),),
    ),
    "web": ItemFacts("1", "Z109-WY·2023-D30-0001", COMMON, (file("a.warc", "application/warc", "fmt/289"),)),
}  # fmt: skip
OF_KIND = (
    *("1-7", "1-10-2", "2-5", "2-7-2", "2-8-2", "3-3", "3-3-2", "1-8-2"),
    *("1-5-3", "1-8-3", "1-10-3", "2-7-3", "2-7-4", "2-7-5", "2-8-3"),
)


def outcome(slug, code, *items):
    return run(subject(Stage.TRANSFER, items=items), scheme_for(slug)).result(f"YJ-{code}").outcome


def described(slug, **changes):
    return replace(GOOD[slug], metadata={**GOOD[slug].metadata, **changes})


def filed(slug, number, **changes):
    files = list(GOOD[slug].files)
    files[number] = replace(files[number], **changes)
    return replace(GOOD[slug], files=tuple(files))


@pytest.mark.parametrize("slug", GOOD)
def test_a_record_of_its_kind_is_as_its_scheme_asks(slug):
    found = run(subject(Stage.TRANSFER, items=(GOOD[slug],)), scheme_for(slug))
    for result in found.results:
        if result.code[3:] in OF_KIND:
            assert result.outcome not in (Outcome.FAIL, Outcome.WARN), (result.code, result.findings)


WRONG = {
    "photo": [
        ("1-10-2", described("photo", imageWidth="400"), Outcome.FAIL),
        ("1-10-2", filed("photo", 0, facts={}), Outcome.NOT_RUN),
        ("2-7-3", filed("photo", 0, mime="text/plain"), Outcome.FAIL),
        ("3-3-2", filed("photo", 0, facts={"width_px": 640, "height_px": 480}), Outcome.WARN),
    ],
    "audio": [
        ("1-10-2", described("audio", duration="00:03:00"), Outcome.FAIL),
        ("1-10-2", described("audio", sampleRate="44100"), Outcome.FAIL),
        ("2-7-3", replace(GOOD["audio"], files=GOOD["audio"].files[:1]), Outcome.FAIL),
    ],
    "video": [("1-10-2", described("video", imageWidth="1280"), Outcome.FAIL)],
    "service_matter": [
        ("2-7-3", replace(GOOD["service_matter"], files=GOOD["service_matter"].files[:4]), Outcome.FAIL),
        ("2-5", replace(GOOD["service_matter"], events=MATTER[:4]), Outcome.FAIL),
        (
            "2-5",
            replace(GOOD["service_matter"], events=(replace(MATTER[0], at=at(9)), *MATTER[1:])),
            Outcome.FAIL,
        ),
    ],
    "voucher": [
        ("2-8-2", described("voucher", amount="1300"), Outcome.WARN),
        ("2-8-2", described("voucher", attachmentCount="3"), Outcome.WARN),
        ("2-8-2", described("voucher", amount="三百", attachmentCount=""), Outcome.NOT_APPLICABLE),
        ("2-7-3", filed("voucher", 0, role="attachment"), Outcome.FAIL),
    ],
    "business_data": [("2-7-2", filed("business_data", 0, name="a.pdf"), Outcome.FAIL)],
    "mail": [("1-10-2", described("mail", title="别的事由"), Outcome.FAIL)],
    "web": [("2-7-2", filed("web", 0, name="a.bin"), Outcome.FAIL)],
}


@pytest.mark.parametrize(
    ("slug", "code", "item", "expected"),
    [
        pytest.param(slug, *case, id=f"{slug}-{n}")
        for slug, many in WRONG.items()
        for n, case in enumerate(many)
    ],
)
def test_what_is_wrong_with_a_kind_is_told_under_its_code(slug, code, item, expected):
    assert outcome(slug, code, item) is expected


def test_one_invoice_under_two_vouchers_is_shown():
    other = replace(GOOD["voucher"], key="2", reference_code="Z109-KU·2023-D30-0002")
    assert outcome("voucher", "1-8-3", GOOD["voucher"], other) is Outcome.FAIL


def test_a_catalogue_without_content_is_asked_for_none():
    record = replace(GOOD["photo"], files=())
    found = run(subject(Stage.TRANSFER, items=(record,), package={"kind": "catalogue"}), scheme_for("photo"))
    assert found.result("YJ-1-11").outcome is Outcome.PASS
    assert found.result("YJ-2-7-3").outcome is Outcome.NOT_APPLICABLE


def test_an_archives_that_has_the_text_of_the_standard_defines_1_9_itself():
    head = 'slug="x"\ntitle="样例"\nedition="1"\nelements="da_t_46"\n[checks]\n'
    rule = '"1-9" = { filing = "block", params = { title = "样例名称"%s } }'
    record = ItemFacts("1", metadata={"title": "甲", "author": "乙"})
    found = run(subject(Stage.FILING, items=(record,)), from_toml(head + rule % "")).result("GD-1-9")
    assert found.outcome is Outcome.MANUAL
    assert found.worksheet is not None and "样例名称" in found.findings[0].params.values()
    pairs = ', equal = [["title", "author"]]'
    own = run(subject(Stage.FILING, items=(record,)), from_toml(head + rule % pairs)).result("GD-1-9")
    assert own.outcome is Outcome.FAIL
