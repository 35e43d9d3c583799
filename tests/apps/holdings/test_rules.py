from __future__ import annotations

from copy import deepcopy
from datetime import date

import pytest

from lantai.apps.holdings import queries, services
from lantai.apps.holdings.models import RecordKind, RuleSet
from lantai.apps.holdings.types import NoRuleInForce, RuleBodyUnlike, RuleNotLater
from lantai.kit import metadata
from lantai.kit.numbering import Retention, Style, parse
from lantai.platform.accounts.types import NotPermitted
from tests.apps.holdings.region import COMMAND

TODAY = date(2026, 5, 1)


@pytest.fixture
def rules(home):
    services.install_rules(COMMAND)


def test_installing_twice_installs_once(home):
    assert services.install_rules(COMMAND) > 0
    assert services.install_rules(COMMAND) == 0


def test_installing_keeps_what_was_changed_since(home, rules):
    RecordKind.objects.filter(slug="document").update(name="改过的名称")
    services.install_rules(COMMAND)
    assert queries.kind("document").name == "改过的名称"


def test_nobody_without_the_right_installs_rules(home):
    with pytest.raises(NotPermitted):
        services.install_rules(home.ctx("agency_clerk"))


def test_every_kind_has_an_element_scheme_that_exists(home, rules):
    for kind in queries.kinds():
        assert metadata.load(kind.element_scheme).elements


def test_every_rule_says_where_it_comes_from(home, rules):
    assert all(rule.citation for rule in queries.rules())
    assert not queries.rule("formats", TODAY).is_confirmed
    assert queries.rule("opening", TODAY).is_confirmed


def test_a_rule_that_is_not_there_is_refused_by_name(home, rules):
    with pytest.raises(NoRuleInForce):
        queries.rule("no-such-rule", TODAY)
    with pytest.raises(NoRuleInForce):
        queries.rule("numbering", date(1990, 1, 1))


def test_the_default_rule_makes_codes_of_da_t_22(home, rules):
    fonds, kind = home.fonds(), queries.kind("document")
    rule = queries.numbering_rule(fonds, kind, TODAY)
    code = rule.compose(
        fonds=fonds.code, category=kind.category_code, year=2024, retention=Retention(30),
        class_code="BGS", number=7,
    )  # fmt: skip
    assert str(code) == "J109-WS·2024-D30-BGS-0007"


@pytest.mark.parametrize("slug", ["document", "scan", "marriage", "educated-youth"])
def test_every_kind_can_be_numbered_and_read_back(home, rules, slug):
    fonds, kind = home.fonds(), queries.kind(slug)
    rule = queries.numbering_rule(fonds, kind, TODAY)
    within_file = {"file_number": 3} if rule.level == "file_item" else {}
    code = rule.compose(
        fonds=fonds.code,
        category=kind.category_code,
        parts=queries.subclasses(fonds, kind, TODAY),
        year=1998,
        retention=Retention(None),
        class_code="BGS" if "class_code" in rule.parts else "",
        number=1,
        **within_file,
    )
    assert parse(str(code), rule.level) == code


def test_a_new_version_holds_from_its_day_and_the_old_one_until_then(home, rules):
    body = deepcopy(queries.rule("numbering", TODAY).body)
    body["fonds"]["H2/J109"] = {"style": Style.DAT13.value, "width": 5}
    services.new_rule_version(
        home.ctx("supervisor"),
        slug="numbering",
        title="档号编制规则",
        body=body,
        valid_from=date(2027, 1, 1),
        citation="样例",
    )
    fonds, kind = home.fonds(), queries.kind("document")
    assert queries.numbering_rule(fonds, kind, date(2026, 12, 31)).width == 4
    assert queries.numbering_rule(fonds, kind, date(2027, 1, 1)).width == 5
    assert RuleSet.objects.get(slug="numbering", version=1).valid_to == date(2026, 12, 31)


def test_a_new_version_begins_after_the_old_one(home, rules):
    old = queries.rule("opening", TODAY)
    with pytest.raises(RuleNotLater):
        services.new_rule_version(
            home.ctx("supervisor"),
            slug="opening",
            title="x",
            body=old.body,
            valid_from=old.valid_from,
            citation="样例",
        )


@pytest.mark.parametrize(
    ("slug", "change"),
    [
        ("opening", lambda body: body.pop("open_after_years")),
        ("opening", lambda body: body.update(open_after_years="25")),
        ("opening", lambda body: body.update(unheard_of=1)),
        ("numbering", lambda body: body["default"].update(width=9)),
        ("numbering", lambda body: body["kinds"]["marriage"].update(style="no such style")),
    ],
)
def test_values_that_no_reader_could_use_are_refused(home, rules, slug, change):
    body = deepcopy(queries.rule(slug, TODAY).body)
    change(body)
    with pytest.raises(RuleBodyUnlike):
        services.new_rule_version(
            home.ctx("supervisor"),
            slug=slug,
            title="x",
            body=body,
            valid_from=date(2030, 1, 1),
            citation="样例",
        )


def test_an_archivist_does_not_change_rules(home, rules):
    old = queries.rule("opening", TODAY)
    with pytest.raises(NotPermitted):
        services.new_rule_version(
            home.ctx("archivist"),
            slug="opening",
            title="x",
            body=old.body,
            valid_from=date(2030, 1, 1),
            citation="样例",
        )
