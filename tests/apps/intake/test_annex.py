from __future__ import annotations

import io

import pytest
import xlsxwriter
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import translation

from lantai.apps.catalogue.models import Description
from lantai.apps.intake import services
from lantai.apps.intake.models import PreparedOpinion, Submission
from lantai.apps.intake.types import PackageNotYours
from lantai.kit.errors import Invalid
from lantai.platform.blobs import services as blobs
from tests.apps.intake.conftest import code, item, problems, said
from tests.apps.intake.test_online import package  # noqa: F401  the sealed batch of the agency


def url(name, *args):
    return reverse(f"intake:{name}", args=args)


def with_annex(folder, data):
    """The package with an annex beside it; manifests would not list what is put in afterwards."""
    for manifest in (folder / "其他").glob("manifest-*"):
        manifest.unlink()
    (folder / "其他" / "移交附表.xlsx").write_bytes(data)
    return folder


def sheet_of(*rows):
    made = io.BytesIO()
    book = xlsxwriter.Workbook(made)
    page = book.add_worksheet()
    for number, row in enumerate(rows):
        page.write_row(number, 0, row)
    book.close()
    return made.getvalue()


HEAD = ("档号", "到期开放意见", "理由条款", "政府信息公开情况", "公开日期")


def test_the_annex_of_a_package_is_read_checked_and_carried_into_the_catalogue(desk):
    folder = desk.transfer(item(1, 到期开放意见="控制", 理由条款="样例办法第三条"), item(2), item(3))
    lines = (HEAD, (code(2), "延期", "第五条"), (code(3), "开放", "", "主动公开", "20190310"))
    submission = desk.accepted(with_annex(folder, sheet_of(*lines)))
    rows = {row.reference_code: row for row in Description.objects.all()}
    assert [rows[code(n)].openness for n in (1, 2, 3)] == ["controlled", "delayed", "unreviewed"]
    assert rows[code(2)].metadata["理由条款"] == "第五条"
    assert rows[code(3)].metadata["到期开放意见"] == "开放"
    assert rows[code(3)].metadata["政府信息公开情况"] == "主动公开"
    assert submission.items.get(item_key=code(3)).opinion["disclosed_on"] == "20190310"


def test_what_is_wrong_in_the_annex_fails_its_item(desk):
    folder = desk.transfer(item(1, 到期开放意见="延期"), item(2, 到期开放意见="也许"), item(3))
    submission = desk.checked(folder)
    assert submission.state == "failed"
    verdicts = dict(submission.items.values_list("item_key", "verdict"))
    assert verdicts == {code(1): "failed", code(2): "failed", code(3): "passed"}, problems(submission)
    assert "须写明理由条款" in said(submission) and "只能是" in said(submission)


def test_an_annex_that_cannot_be_read_is_named(desk):
    submission = desk.checked(with_annex(desk.transfer(item(1)), b"PK\x03\x04 nothing"))
    assert submission.state == "failed" and "附表不是可以打开的" in said(submission)


def test_an_agency_fills_in_the_annex_before_it_sends(desk, package, at, abroad):  # noqa: F811
    client = at(desk.region, "agency_lead")
    assert "移交附表" in client.get(url("send_online")).content.decode()
    rows = list(Description.objects.filter(package=package).order_by("reference_code"))
    assert client.get(url("annex", package.pk)).status_code == 200
    page = url("annex_item", package.pk, rows[0].pk)
    answer = client.post(page, {"opening": "control"})
    assert answer.status_code == 422 and "须写明理由条款" in answer.content.decode()
    assert client.post(page, {"opening": "control", "clause": "第三条"}).status_code == 303
    assert (
        client.post(url("annex_all", package.pk), {"opening": "open", "only_empty": "on"}).status_code == 303
    )
    kept = dict(PreparedOpinion.objects.values_list("item_key", "opinion"))
    assert kept[rows[0].item_key]["opening"] == "control" and kept[rows[1].item_key] == {"opening": "open"}
    made = client.get(url("annex_xlsx", package.pk))
    assert made.content.startswith(b"PK")
    back = SimpleUploadedFile("附表.xlsx", made.content)
    assert client.post(url("annex_import", package.pk), {"file": back}).status_code == 303
    assert PreparedOpinion.objects.count() == 2
    wrong = sheet_of(HEAD, (rows[0].reference_code, "开放"), ("X-1", "开放"))
    answer = client.post(url("annex_import", package.pk), {"file": SimpleUploadedFile("a.xlsx", wrong)})
    assert answer.status_code == 422 and "没有这个档号" in answer.content.decode()
    assert PreparedOpinion.objects.get(item_key=rows[0].item_key).opinion["opening"] == "control"
    assert at(abroad, "agency_lead").get(url("annex", package.pk)).status_code == 404
    submission = services.submit_online(desk.ctx("agency_lead"), package_id=package.pk)
    with pytest.raises(PackageNotYours):
        services.prepare_opinions(
            desk.ctx("agency_lead"),
            package_id=package.pk,
            item_keys=[rows[0].item_key],
            said={"opening": "open"},
        )
    desk.check(submission)
    assert desk.accept(submission).state == "succeeded"
    rows = list(Description.objects.filter(package=package).order_by("reference_code"))
    assert [row.openness for row in rows] == ["controlled", "unreviewed"]
    assert rows[0].metadata["理由条款"] == "第三条" and rows[1].metadata["到期开放意见"] == "开放"


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_a_secret_record_is_not_proposed_for_opening(desk, package, language):  # noqa: F811
    row = Description.objects.filter(package=package).first()
    row.classification = "secret"
    row.save()
    with translation.override(language), pytest.raises(Invalid, match="不能提出"):
        services.prepare_opinions(
            desk.ctx("agency_lead"), package_id=package.pk, item_keys=[row.item_key], said={"opening": "open"}
        )


def test_a_folder_that_was_uploaded_file_by_file_is_one_transfer(desk, at):
    folder, ctx, places = desk.transfer(name="移交文件夹"), desk.ctx("agency_lead"), []
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            data = path.read_bytes()
            relative = f"移交文件夹/{path.relative_to(folder).as_posix()}"
            opened = blobs.create_upload(ctx, name=path.name, size_bytes=len(data), relative_path=relative)
            blobs.append_to_upload(ctx, token=opened.token, offset_bytes=0, source=io.BytesIO(data))
            places.append(f"/uploads/{opened.token}")
    asked = f"?agency={desk.region.agency.pk}&kind=document"
    answer = at(desk.region, "agency_lead").post(url("package_sent") + asked, {"uploads": places})
    assert answer.status_code == 303
    submission = Submission.objects.get()
    assert submission.title == "移交文件夹"
    desk.check(submission)
    assert submission.state == "passed", problems(submission)
