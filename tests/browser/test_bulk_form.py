"""The form of a bulk change shows what the chosen way needs: without a script, by styles alone."""

from __future__ import annotations

from importlib import resources

import pytest
from django.template import Context, Template
from playwright.sync_api import Browser, expect

from lantai.apps import catalogue
from lantai.apps.catalogue.forms import BulkForm

pytestmark = pytest.mark.browser


def test_only_what_the_chosen_way_needs_is_shown_and_never_hides_what_was_written(chromium: Browser) -> None:
    styles = resources.files(catalogue) / "static" / "catalogue" / "catalogue.css"
    form = Template("{% load ui %}{% fields form %}").render(Context({"form": BulkForm(fields=[])}))
    context = chromium.new_context(java_script_enabled=False)
    page = context.new_page()
    page.set_content(f"<style>{styles.read_text('utf-8')}</style><form class=form>{form}</form>")
    act, find, value = (page.locator(f"#id_{name}") for name in ("act", "find", "value"))
    shown = {"set": (False, True), "replace": (True, True), "append": (False, True), "clear": (False, False)}
    for name, (finds, takes) in shown.items():
        act.select_option(name)
        expect(find).to_be_visible(visible=finds)
        expect(value).to_be_visible(visible=takes)
    act.select_option("replace")
    find.fill("旧")
    value.fill("新")
    act.select_option("clear")
    act.focus()
    expect(find).to_be_visible()
    expect(value).to_be_visible()
    context.close()
