"""Authorities, words, a topic and a look at the catalogue in the made-up region."""

from __future__ import annotations

from django.db import transaction

from lantai.apps.authorities import services as authorities
from lantai.apps.authorities.models import Authority
from lantai.apps.authorities.types import Said
from lantai.apps.catalogue import services as catalogue
from lantai.apps.catalogue.models import Description
from lantai.apps.quality import services as quality
from lantai.apps.topics import services as topics
from lantai.site.demo.region import Region

KEEPER, AGENCY = "shiguan", "minzheng"
TOPIC = "民生专题（样例）"
_RULE = "kind=marriage&kind=educated-youth"
_LINKED = 20


@transaction.atomic
def make_all(region: Region) -> int:
    """Everything once, all or nothing; how many records of authority and topics were made."""
    org = region.org(KEEPER)
    if Authority.objects.filter(org=org).exists():
        return 0
    office = _offices(region)
    _place_and_persons(region)
    subject = _enter(region, "婚姻登记（样例）", "subject")
    _link(region, (office, "by"), (subject, "about"))
    _words(region)
    _topic(region)
    quality.count(region.ctx(KEEPER, "cataloguer"), fonds_id=region.fonds[AGENCY].pk)
    return Authority.objects.filter(org=org).count() + 1


def _enter(region: Region, name: str, kind: str, **more: str) -> Authority:
    said = Said(name=name, kind=kind, note="样例：不是真实的机构、人物和地方。", **more)  # type: ignore[arg-type]
    return authorities.enter(region.ctx(KEEPER, "cataloguer"), org_id=region.org(KEEPER).pk, said=said)


def _offices(region: Region) -> Authority:
    """Three offices that followed each other; the last is an organisation of the region."""
    ctx = region.ctx(KEEPER, "cataloguer")
    first = _enter(
        region, "嘉禾县民政科（样例）", "creator", began="1949", ended="1955", history="样例：1949 年设立。"
    )
    second = _enter(
        region, "嘉禾县民政局（样例）", "creator", began="1955", ended="1983", functions="婚姻登记、优抚"
    )
    third = _enter(region, "嘉禾市民政局（样例）", "creator", began="1983", maturity="final")
    for before, after, year in ((first, second, 1955), (second, third, 1983)):
        authorities.relate(
            ctx, source_id=before.pk, target_id=after.pk, kind="succeeded_by", began_year=year, note="样例"
        )
    authorities.add_source(ctx, authority_id=third.pk, citation="样例：嘉禾市机构沿革（虚构）")
    return third


def _place_and_persons(region: Region) -> None:
    ctx = region.ctx(KEEPER, "cataloguer")
    place = _enter(region, "嘉禾市（样例）", "place")
    authorities.add_name(
        ctx, authority_id=place.pk, kind="former", text="禾兴府（样例）", began_year=1429, ended_year=1912
    )
    person = _enter(
        region, "曾样明（样例）", "person", began="1901", ended="1976", history="样例：方志编纂者。"
    )
    authorities.add_name(ctx, authority_id=person.pk, kind="alias", text="样之（样例）")
    _enter(region, "曾漾明（样例）", "person", began="1901")  # shown as a likely duplicate of the one before


def _link(region: Region, *points: tuple[Authority, str]) -> None:
    ctx = region.ctx(KEEPER, "cataloguer")
    rows = Description.objects.filter(custodian=region.org(KEEPER), kind__slug="marriage").order_by("pk")
    for row in rows[:_LINKED]:
        for authority, role in points:
            catalogue.link(ctx, description_id=row.pk, authority_id=authority.pk, role=role)


def _words(region: Region) -> None:
    ctx = region.ctx(KEEPER, "cataloguer")
    row = authorities.enter_vocabulary(
        ctx, org_id=region.org(KEEPER).pk, slug="subjects", name="主题词（样例）", note="样例词表。"
    )
    authorities.add_terms(ctx, vocabulary_id=row.pk, lines=["婚姻登记", "优抚安置", "土地改革", "水利建设"])


def _topic(region: Region) -> None:
    ctx = region.ctx(KEEPER, "cataloguer")
    row = topics.make(
        ctx, org_id=region.org(KEEPER).pk, title=TOPIC, kind="livelihood",
        introduction="样例：与百姓生活有关的档案，按规则自动收录。",
    )  # fmt: skip
    topics.add_section(ctx, topic_id=row.pk, title="婚姻登记", text="样例栏目。")
    topics.set_rule(ctx, topic_id=row.pk, rule=_RULE)
    topics.share(region.ctx(KEEPER, "archives_head"), topic_id=row.pk, with_whom="region")
