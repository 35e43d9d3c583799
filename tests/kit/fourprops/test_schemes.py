"""Schemes: data for kinds of records and stages."""

from __future__ import annotations

import json

import pytest

from lantai.kit.errors import Missing
from lantai.kit.fourprops import (
    FileFacts,
    ItemFacts,
    Level,
    Outcome,
    SchemeMalformed,
    Stage,
    from_toml,
    run,
    scheme_for,
    slugs,
)
from lantai.kit.fourprops.parameters import ParameterRefused
from lantai.kit.fourprops.registry import REGISTRY
from lantai.kit.fourprops.scheme import compare_schemes, from_data
from lantai.kit.metadata import load
from tests.kit.fourprops.subjects import subject

HEAD = 'slug="x"\ntitle="样例"\nedition="1"\nelements="da_t_46"\n'
SCAN = FileFacts(
    path="0001/0001.tif",
    size=10,
    declared_size=10,
    digests={"sm3": "00"},
    declared_digests={"sm3": "00"},
    puid="fmt/353",
    mime="image/tiff",
    state="ok",
    extension_ok=True,
    pages=1,
)
COMMON = {
    "fondsIdentifier": "Z109",
    "archivalCode": "Z109-WS·1975-Y-0001",
    "year": "1975",
    "retentionPeriod": "永久",
    "title": "样例登记材料",
    "author": "样例市民政局",
    "date": "19750305",
}
KINDS = {
    "marriage": {
        "registrationType": "结婚",
        "husbandName": "样例甲",
        "husbandBirth": "19500101",
        "wifeName": "样例乙",
        "registeredOn": "19750305",
        "registrationOffice": "样例市民政局",
    },
    "educated_youth": {"personName": "样例丙", "birth": "1955", "sentOn": "1970", "returnedOn": "1978"},
    "scanned_page": {"scanningResolution": "300", "scanningColorModel": "彩色", "digitisedOn": "20200101"},
}
WRONG = {
    "marriage": {"husbandBirth": "19800101"},
    "educated_youth": {"sentOn": "1950"},
    "scanned_page": {"scanningResolution": "150"},
}


def report(slug, stage, **changed):
    metadata = {**COMMON, **KINDS[slug], **changed}
    record = ItemFacts("1", COMMON["archivalCode"], metadata, (SCAN,))
    return run(subject(stage, items=(record,)), scheme_for(slug))


@pytest.mark.parametrize("slug", slugs())
def test_a_shipped_scheme_has_every_check_and_says_how_sure_it_is(slug):
    scheme = scheme_for(slug)
    assert {setting.code for setting in scheme.settings} == set(REGISTRY.checks)
    assert all(setting.certainty in {"A", "B", "C", "D"} for setting in scheme.settings)
    assert scheme.notes
    assert scheme.edition


@pytest.mark.parametrize("slug", slugs())
@pytest.mark.parametrize("stage", Stage)
def test_codes_carry_the_letters_of_their_stage_and_come_in_order(slug, stage):
    codes = [result.code for result in run(subject(stage), scheme_for(slug)).results]
    assert all(code.startswith(f"{stage.prefix}-") for code in codes)
    assert codes.index(f"{stage.prefix}-1-2") < codes.index(f"{stage.prefix}-1-10")


@pytest.mark.parametrize("slug", sorted(KINDS))
def test_each_kind_of_record_passes_by_its_own_elements(slug):
    found = report(slug, Stage.TRANSFER)
    for code in ("1-2", "1-3", "1-4", "1-5", "1-7", "2-3", "2-4", "2-6", "3-3", "3-8"):
        assert found.result(f"YJ-{code}").outcome is Outcome.PASS, found.result(f"YJ-{code}")


@pytest.mark.parametrize("slug", sorted(WRONG))
def test_each_kind_of_record_has_its_own_notion_of_the_plausible(slug):
    assert report(slug, Stage.FILING, **WRONG[slug]).result("GD-1-5").outcome is Outcome.FAIL


def test_a_scanned_page_may_not_be_xml_and_a_document_may():
    xml = ItemFacts("1", files=(FileFacts("a.xml", size=1, puid="fmt/101", state="ok"),))
    outcomes = {
        slug: run(subject(Stage.FILING, items=(xml,)), scheme_for(slug)).result("GD-3-3").outcome
        for slug in ("document", "scanned_page")
    }
    assert outcomes == {"document": Outcome.PASS, "scanned_page": Outcome.FAIL}


def test_a_scanned_record_may_be_coded_inside_of_a_file_and_a_document_may_not():
    record = ItemFacts("1", "A002-HY·1975-001-002", {"archivalCode": "A002-HY·1975-001-002"})
    outcomes = {
        slug: run(subject(Stage.FILING, items=(record,)), scheme_for(slug)).result("GD-1-7").outcome
        for slug in ("document", "scanned_page")
    }
    assert outcomes == {"document": Outcome.FAIL, "scanned_page": Outcome.PASS}


def test_an_archives_can_change_one_check_of_a_shipped_scheme():
    changes = '[checks]\n"1-2" = { filing = "off" }\n"2-5" = { params = { required = ["登记"] } }'
    own = from_toml(HEAD + 'extends="document"\n' + changes)
    assert "1-2" not in {check.code for check, _ in own.checks_at(Stage.FILING)}
    assert "1-2" in {check.code for check, _ in own.checks_at(Stage.TRANSFER)}
    assert run(subject(Stage.FILING), own).result("GD-2-5").outcome is Outcome.FAIL


def test_a_check_that_is_not_mentioned_is_off():
    own = from_toml(HEAD + '[checks]\n"1-2" = { filing = "block" }')
    assert [check.code for check, _ in own.checks_at(Stage.FILING)] == ["1-2"]
    assert own.settings[0].levels[Stage.TRANSFER] is Level.OFF


@pytest.mark.parametrize(
    "text",
    [
        "not toml [",
        'slug="x"',
        HEAD.replace("da_t_46", "none"),
        HEAD + 'extends="none"',
        HEAD + '[checks]\n"9-9" = { filing = "block" }',
        HEAD + '[checks]\n"1-2" = { filing = "perhaps" }',
        HEAD + '[checks]\n"1-2" = { filling = "block" }',
        HEAD + '[checks]\n"1-2" = { params = 3 }',
    ],
)
def test_a_malformed_scheme_is_refused(text):
    with pytest.raises(SchemeMalformed):
        from_toml(text)


WRONG_PARAMS = {
    'unique = "archivalCode"': ("1-8", "unique", {}),
    'unique = [["noSuchElement"]]': ("1-8", "unique", {"value": "noSuchElement"}),
    "uniq = []": ("1-8", "uniq", {}),
    "most_days = 400": ("4-1", "most_days", {"most": 365}),
    'most_days = "7"': ("4-1", "most_days", {}),
    "most_days = true": ("4-1", "most_days", {}),
    'gaps = "perhaps"': ("2-6", "gaps", {"value": "perhaps"}),
    'required = ["stamp"]': ("1-1-2", "required", {"value": "stamp"}),
    'order = [["date"]]': ("1-5", "order", {"found": 1}),
    'files = [["", "图像", "image", "1", ""]]': ("2-7-2", "files", {"value": "image"}),
    'files = [["", "图像", "role:main", "one", ""]]': ("2-7-2", "files", {"value": "one"}),
    'files = [["noElement=1", "图像", "role:main", "1", ""]]': ("2-7-2", "files", {"value": "noElement"}),
    "is_ordered = 1": ("2-5", "is_ordered", {}),
}


@pytest.mark.parametrize("params", WRONG_PARAMS)
def test_a_parameter_that_cannot_be_set_so_is_refused_by_check_and_parameter(params):
    code, name, said = WRONG_PARAMS[params]
    with pytest.raises(ParameterRefused) as refused:
        from_toml(HEAD + f'[checks]\n"{code}" = {{ filing = "block", params = {{ {params} }} }}')
    assert refused.value.params["check"] == code
    assert refused.value.params["parameter"] == name
    assert said.items() <= refused.value.params.items()
    assert code in str(refused.value)
    assert "%" not in str(refused.value)


@pytest.mark.parametrize("slug", slugs())
def test_a_scheme_becomes_plain_data_and_comes_back(slug):
    scheme = scheme_for(slug)
    data = json.loads(json.dumps(scheme.to_data()))
    assert from_data(data) == scheme
    assert compare_schemes(scheme, from_data(data)) == ()


@pytest.mark.parametrize("code", sorted(REGISTRY.checks))
def test_every_parameter_is_declared_with_a_meaning_and_a_default_that_it_takes(code):
    for parameter in REGISTRY.checks[code].parameters:
        assert parameter.meaning
        parameter.refuse(code, parameter.default, load("da_t_46"))


def test_two_schemes_are_compared_setting_by_setting():
    before = scheme_for("document")
    data = before.to_data()
    data["title"] = "样例方案"
    data["checks"]["1-2"]["filing"] = "off"
    data["checks"]["4-1"]["params"]["most_days"] = 30
    del data["checks"]["4-9"]
    found = {
        (one.code, one.what): (one.before, one.after) for one in compare_schemes(before, from_data(data))
    }
    assert found["", "title"] == (before.title, "样例方案")
    assert found["1-2", "filing"] == ("block", "off")
    assert found["4-1", "most_days"] == (7, 30)
    assert found["4-9", "preservation"] == ("advise", None)


def test_a_scheme_of_another_form_is_refused():
    with pytest.raises(SchemeMalformed):
        from_data({**scheme_for("document").to_data(), "format": "lantai-fourprops-scheme/9"})


def test_an_unknown_scheme_is_missing():
    with pytest.raises(Missing):
        scheme_for("../document")
