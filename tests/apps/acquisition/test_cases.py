from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils import timezone

from lantai.apps.acquisition import printing, queries, services
from lantai.apps.acquisition.models import Acquisition
from lantai.apps.acquisition.services import Lead
from lantai.apps.acquisition.states import ACQUISITION
from lantai.apps.acquisition.types import (
    AgreementMissing,
    AlreadySealed,
    DepositTermsMissing,
    EndsTooSoon,
    FigureMissing,
    FirstCodeInvalid,
    NotADeposit,
    NotCounted,
    NotListing,
    Part,
    RestrictionWithoutEnd,
    SealCase,
    Shelving,
    TooFewValuers,
    ValuerTwice,
)
from lantai.apps.catalogue.models import Description
from lantai.apps.holdings import queries as holdings
from lantai.kit.errors import Missing
from lantai.platform.jobs import services as jobs
from lantai.platform.ledger import services as ledger
from lantai.platform.ledger.models import Entry
from lantai.platform.notify.models import Notice
from lantai.platform.workflow.types import MoveNotPermitted, SamePerson
from tests.apps.acquisition.conftest import Place

SOURCE = "样例捐赠人甲"
FIRST = "Z001-WS·2026-Y-0007"


def opened(place: Place, means: str = "gift") -> Acquisition:
    lead = Lead(title="样例手稿一批", means=means, source_kind="person", source_name=SOURCE,
                source_contact="样例联系方式", topic="名人档案")  # fmt: skip
    return services.open_case(place.ctx("archivist"), org_id=place.world.archives.pk, lead=lead)


def valued(place: Place, row: Acquisition, valuer: str, figure: str | None = "1200.50") -> None:
    services.enter_valuation(
        place.ctx("archivist"),
        acquisition_id=row.pk,
        valuer=valuer,
        standing="样例单位 研究馆员",
        valued_on=date(2026, 11, 1),
        is_authentic=True,
        recommends=True,
        opinion="样例意见",
        figure_yuan=Decimal(figure) if figure else None,
    )


TERMS = {
    "number": "样协〔2026〕1号", "signed_on": date(2026, 11, 5), "source_signer": "样例签字人",
    "archives_signer": "样例馆长", "ownership": "transferred", "copyright": "licensed", "use": "closed",
    "restricted_until": date(2036, 1, 1), "terms": "", "price_yuan": None, "deposit_until": None,
    "return_terms": "",
}  # fmt: skip


def agreeing(place: Place, means: str = "gift") -> Acquisition:
    row, ctx = opened(place, means), place.ctx("archivist")
    for title in ("样例书信", "样例照片"):
        services.list_object(ctx, acquisition_id=row.pk, title=title, form="document")
    services.move(ctx, acquisition_id=row.pk, name="take_up", reason="")
    services.move(ctx, acquisition_id=row.pk, name="value", reason="")
    valued(place, row, "样例鉴定人甲")
    valued(place, row, "样例鉴定人乙")
    return services.move(ctx, acquisition_id=row.pk, name="conclude", reason="")


def registered(place: Place, means: str = "gift", **terms) -> Acquisition:
    row, ctx = agreeing(place, means), place.ctx("archivist")
    services.write_agreement(ctx, acquisition_id=row.pk, terms={**TERMS, **terms})
    services.move(place.ctx("archives_head"), acquisition_id=row.pk, name="sign", reason="")
    first, second = queries.objects_of(row.pk)
    found = {first.pk: ("received", "完好", "样例库"), second.pk: ("missing", "", "")}
    services.count_objects(ctx, acquisition_id=row.pk, found=found)
    services.receive(ctx, acquisition_id=row.pk, handed_by=SOURCE)
    return services.confirm(place.ctx("second_archivist"), acquisition_id=row.pk)


def test_the_state_table_is_sound():
    assert ACQUISITION.faults() == []


def test_cases_are_numbered_by_year_and_archives(place):
    year = timezone.localdate().year
    assert [opened(place).number, opened(place).number] == [f"{year}-0001", f"{year}-0002"]


def test_one_valuer_is_not_enough_and_none_speaks_twice(place):
    row, ctx = opened(place, "purchase"), place.ctx("archivist")
    services.move(ctx, acquisition_id=row.pk, name="take_up", reason="")
    services.move(ctx, acquisition_id=row.pk, name="value", reason="")
    valued(place, row, "样例鉴定人甲")
    with pytest.raises(TooFewValuers):
        services.move(ctx, acquisition_id=row.pk, name="conclude", reason="")
    with pytest.raises(ValuerTwice):
        valued(place, row, "样例鉴定人甲")
    with pytest.raises(FigureMissing):
        valued(place, row, "样例鉴定人乙", figure=None)


def test_the_agreement_is_complete_before_the_head_signs_it(place):
    row, ctx = agreeing(place, "deposit"), place.ctx("archivist")
    head = place.ctx("archives_head")
    with pytest.raises(AgreementMissing):
        services.move(head, acquisition_id=row.pk, name="sign", reason="")
    with pytest.raises(DepositTermsMissing):
        services.write_agreement(ctx, acquisition_id=row.pk, terms=TERMS)
    deposit = {"deposit_until": date(2030, 1, 1), "return_terms": "样例条件"}
    with pytest.raises(RestrictionWithoutEnd):
        services.write_agreement(
            ctx, acquisition_id=row.pk, terms={**TERMS, **deposit, "restricted_until": None}
        )
    services.write_agreement(ctx, acquisition_id=row.pk, terms={**TERMS, **deposit})
    with pytest.raises(MoveNotPermitted):
        services.move(ctx, acquisition_id=row.pk, name="sign", reason="")
    services.move(head, acquisition_id=row.pk, name="sign", reason="")
    with pytest.raises(NotListing):
        services.list_object(ctx, acquisition_id=row.pk, title="样例后补", form="thing")
    with pytest.raises(NotCounted):
        services.receive(ctx, acquisition_id=row.pk, handed_by=SOURCE)


def test_who_counted_does_not_confirm(place):
    row, ctx = agreeing(place), place.ctx("archivist")
    services.write_agreement(ctx, acquisition_id=row.pk, terms=TERMS)
    services.move(place.ctx("archives_head"), acquisition_id=row.pk, name="sign", reason="")
    found = {one.pk: ("received", "", "") for one in queries.objects_of(row.pk)}
    services.count_objects(ctx, acquisition_id=row.pk, found=found)
    services.receive(ctx, acquisition_id=row.pk, handed_by=SOURCE)
    with pytest.raises(SamePerson):
        services.confirm(ctx, acquisition_id=row.pk)


def test_a_certificate_of_thanks_stands_on_a_receipt_that_names_no_person(place, client):
    row = registered(place)
    assert row.certificate_number == f"A0捐{row.number}"
    paper = printing.certificate_pdf(row)
    assert paper.startswith(b"%PDF-") and paper == printing.certificate_pdf(row)
    assert printing.handover_pdf(row).startswith(b"%PDF-")
    page = client.get(reverse("acquisition:certificate_check", args=[row.check_code]))
    assert row.certificate_number in page.content.decode()
    ledger.sequence(timezone.now())
    receipt = client.get(reverse("acquisition:certificate_receipt", args=[row.check_code])).content.decode()
    told = (
        page.content.decode()
        + receipt
        + "".join(map(str, Entry.objects.values_list("object_name", "detail")))
    )
    assert SOURCE not in told and "样例联系方式" not in told
    assert client.get(reverse("acquisition:certificate_check", args=["0000000000000000"])).status_code == 404


def test_files_of_what_was_received_are_sealed_and_described_under_their_restriction(place):
    row, ctx = registered(place), place.ctx("archivist")
    letter = queries.objects_of(row.pk)[0]
    parts = [Part("样例书信.txt", [b"sample letter"]), Part("附页.txt", [b"second page"])]
    services.add_files(ctx, acquired_object_id=letter.pk, parts=parts)
    kind = holdings.kind("document")
    with pytest.raises(FirstCodeInvalid):
        wrong = Shelving(fonds_id=place.fonds.pk, kind_id=kind.pk, first_code="A999-WS·2026-Y-0001")
        services.start_sealing(ctx, acquisition_id=row.pk, shelving=wrong)
    args = SealCase(acquisition_id=row.pk, fonds_id=place.fonds.pk, kind_id=kind.pk, first_code=FIRST)
    jobs.run_now(ctx, args)
    jobs.run_now(ctx, args)  # as after a crash: nothing twice
    row.refresh_from_db()
    assert (row.state, row.package.file_count) == ("accessioned", 2)
    described = Description.objects.get()
    assert (described.reference_code, described.openness) == (FIRST, "controlled")
    assert (described.year, described.retention, described.custodian_id) == (
        2026,
        "Y",
        place.world.archives.pk,
    )
    assert described.metadata["acquisition_number"] == row.number
    with pytest.raises(AlreadySealed):
        services.add_files(ctx, acquired_object_id=letter.pk, parts=parts)


def test_a_deposit_is_announced_before_it_ends_extended_and_given_back(place):
    soon = timezone.localdate() + timedelta(days=20)
    row = registered(place, "deposit", deposit_until=soon, return_terms="样例条件")
    head = place.ctx("archives_head")
    assert services.remind_of_deposits() == 1
    assert services.remind_of_deposits() == 0
    assert Notice.objects.filter(user=place.world.user("archives_head")).exists()
    with pytest.raises(EndsTooSoon):
        services.extend_deposit(head, acquisition_id=row.pk, until=soon)
    services.extend_deposit(head, acquisition_id=row.pk, until=soon + timedelta(days=400))
    assert services.remind_of_deposits() == 0
    services.move(head, acquisition_id=row.pk, name="give_back", reason="样例：寄存方取回")
    row.refresh_from_db()
    assert row.state == "returned"
    assert {one.state for one in queries.objects_of(row.pk)} == {"returned", "missing"}


def test_a_gift_is_not_given_back(place):
    with pytest.raises(NotADeposit):
        services.move(
            place.ctx("archives_head"), acquisition_id=registered(place).pk, name="give_back", reason="样例"
        )


def test_another_archives_sees_no_case_and_who_may_not_read_names_sees_none(place):
    row = opened(place)
    with pytest.raises(Missing):
        queries.get_case(place.ctx("stranger"), row.pk)
    assert services.source_shown(place.ctx("cataloguer"), row) == ("样＊＊", "")
    assert services.source_shown(place.ctx("archivist"), row)[0] == SOURCE


def test_who_may_not_read_names_corrects_a_case_without_losing_them(place, client):
    row = opened(place)
    client.force_login(place.world.user("cataloguer"))
    url = reverse("acquisition:revise_case", args=[row.pk])
    assert SOURCE not in client.get(url).content.decode()
    said = {"title": "样例手稿两批", "means": "gift", "source_kind": "person", "source_name": "别人"}
    assert client.post(url, said).status_code == 303
    row.refresh_from_db()
    assert (row.title, row.source_name, row.source_contact) == ("样例手稿两批", SOURCE, "样例联系方式")


def test_the_hand_over_list_names_people_and_is_for_who_may_read_names(place, client):
    row = registered(place)
    url = reverse("acquisition:handover", args=[row.pk])
    client.force_login(place.world.user("cataloguer"))
    assert client.get(url).status_code == 404
    assert url not in client.get(row.get_absolute_url()).content.decode()
    client.force_login(place.world.user("archivist"))
    assert (
        client.get(url).content.startswith(b"%PDF")
        and url in client.get(row.get_absolute_url()).content.decode()
    )


def test_a_case_goes_its_way_in_the_browser(place, client):
    world = place.world
    client.force_login(world.user("archivist"))
    assert "这里会出现征集" in client.get(reverse("acquisition:cases")).content.decode()
    lead = {"org": world.archives.pk, "title": "样例老字号账册", "means": "purchase", "source_kind": "family",
            "source_name": SOURCE}  # fmt: skip
    assert client.post(reverse("acquisition:open_case"), lead).status_code == 303
    row = Acquisition.objects.get()

    def post(name: str, said: dict[str, object], *more: object) -> int:
        return client.post(reverse(f"acquisition:{name}", args=[row.pk, *more]), said).status_code

    line = {"title": "样例账册", "form": "book", "quantity": "3", "unit": "册"}
    assert post("list_object", line) == 303
    assert post("revise_case", lead | {"topic": "老字号"}) == 303
    assert post("move_case", {}, "take_up") == post("move_case", {}, "value") == 303
    for valuer in ("样例甲", "样例乙"):
        said = {"valuer": valuer, "standing": "样例", "valued_on": "2026-11-01", "is_authentic": "yes",
                "recommends": "yes", "opinion": "样例", "figure_yuan": "500"}  # fmt: skip
        assert post("enter_valuation", said) == 303
    assert post("move_case", {}, "conclude") == 303
    terms = {name: "" if value is None else str(value) for name, value in TERMS.items()}
    assert post("write_agreement", terms) == 422
    assert post("write_agreement", terms | {"price_yuan": "480"}) == 303
    client.force_login(world.user("archives_head"))
    assert post("move_case", {}, "sign") == 303
    client.force_login(world.user("archivist"))
    pk = queries.objects_of(row.pk)[0].pk
    assert post("count_objects", {f"state_{pk}": "received", f"condition_{pk}": "封面残"}) == 303
    assert post("receive", {"handed_by": "样例交出人"}) == 303
    client.force_login(world.user("second_archivist"))
    assert post("confirm", {}) == 303
    assert client.get(reverse("acquisition:files", args=[pk])).status_code == 200
    page = client.get(row.get_absolute_url()).content.decode()
    assert "封面残" in page and "480.00" in page and SOURCE in page
    assert client.get(reverse("acquisition:certificate", args=[row.pk])).status_code == 404
    for paper in ("agreement", "handover"):
        assert client.get(reverse(f"acquisition:{paper}", args=[row.pk])).status_code == 200
    assert client.get(reverse("acquisition:cases") + "?print=1").status_code == 200
