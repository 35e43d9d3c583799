"""What is said beside the fields of a kind: ours in the reader's language, an archives' own as it was typed."""

from __future__ import annotations

from dataclasses import replace

import pytest
from django import forms
from django.template import Context, Template

from lantai.kit.metadata import kinds
from lantai.kit.metadata.fields import FieldType, KindField
from lantai.platform.ui import fields


@pytest.fixture(autouse=True)
def reader_of_english(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fields, "gettext", lambda text: f"EN {text}")
    monkeypatch.setattr(fields, "pgettext", lambda context, text: f"EN {context} {text}")


def field(name: str) -> KindField:
    return next(one for one in kinds.fields_of("marriage") if one.name == name)


def test_help_and_choices_of_ours_are_said_in_the_readers_language_and_kept_as_they_are() -> None:
    kind, on = field("registrationType"), field("registeredOn")
    assert fields.help_of(on) == fields.form_field(on).help_text == "EN 婚姻登记机关准予登记的日期。"
    assert fields.group_of(on) == "EN 专门内容"
    options = dict(fields.form_field(kind).choices)
    assert options["结婚"] == "EN choice 结婚" and fields.choice_of(kind, "") == ""
    template = Template(
        "{% load ui %}{{ on|help_of }} {% for value, word in kind|choices_of %}{{ value }}={{ word }} {% endfor %}"
    )
    assert "结婚=EN choice 结婚" in template.render(Context({"on": on, "kind": kind}))


def test_what_an_archives_typed_itself_stays_though_it_is_a_message_of_ours_elsewhere() -> None:
    texts = {"label": "样例", "help": "题名", "group": "附注"}
    own = KindField(name="kindOfUnit", type=FieldType.CHOICE, choices=("结婚", "其他"), **texts)
    said = (fields.help_of(own), fields.group_of(own), fields.choices_of(own))
    assert said == ("题名", "附注", [("结婚", "结婚"), ("其他", "其他")])
    changed = replace(
        field("registrationType"), choices=("结婚", "样例补登"), help="婚姻登记机关准予登记的日期。"
    )
    assert fields.choices_of(changed) == [("结婚", "EN choice 结婚"), ("样例补登", "样例补登")]
    assert fields.help_of(changed) == changed.help


def test_a_field_left_empty_is_told_in_our_words_whatever_its_kind() -> None:
    class Sample(forms.Form):
        name = forms.CharField()
        kind = forms.TypedChoiceField(choices=[("a", "甲")])
        kinds = forms.MultipleChoiceField(choices=[("a", "甲")])
        paper = forms.FileField()

    said = {name: errors[0] for name, errors in Sample({}).errors.items()}
    expected = {
        "name": "还没有填写。",
        "kind": "还没有选择。",
        "kinds": "还没有选择。",
        "paper": "还没有选择文件。",
    }
    assert said == expected
