"""Pages: what a person sees when something went well, was refused, or broke."""

from __future__ import annotations

import json
import re
from datetime import UTC, date, datetime

import pytest
from django import forms
from django.contrib.messages.storage.fallback import FallbackStorage
from django.db import OperationalError
from django.http import HttpRequest, HttpResponse
from django.template import Context, Template
from django.template.loader import get_template
from django.test import RequestFactory
from django.views.decorators.http import require_GET, require_POST

from lantai.kit.errors import Denied, Fault, Invalid, Missing, Refusal
from lantai.platform.context import Actor, Channel, Ctx
from lantai.platform.orgs.models import Org
from lantai.platform.ui import pages, registry
from lantai.platform.ui.errors import bad_request, not_found, server_error
from lantai.platform.ui.middleware import Errors
from lantai.platform.ui.types import Act, Clock, Empty, Fact, Integrity, Moment, Progress, State, Tone

NOW = datetime(2026, 11, 22, 0, 30, tzinfo=UTC)
STRANGER = Ctx(Actor(None, "访客"), None, "", NOW, "abc123def456", Channel.WEB)


def asked(method: str = "get", **headers: str) -> HttpRequest:
    request = getattr(RequestFactory(headers=headers), method)("/somewhere/")
    request.ctx = STRANGER
    request.session = {}
    request._messages = FallbackStorage(request)
    return request


def answer(error: Exception, **headers: str) -> HttpResponse | None:
    return Errors(lambda request: HttpResponse()).process_exception(asked(**headers), error)


def drawn(source: str, **context: object) -> str:
    return Template("{% load ui %}" + source).render(Context(context))


class BatchForm(forms.Form):
    title = forms.CharField(
        label="题名",
        help_text="直接表达文件中心内容的标题；原题名不能揭示内容的，另拟题名并加方括号，以示区别。",
    )
    kind = forms.ChoiceField(label="门类", choices=[("WS", "文书")], widget=forms.RadioSelect)
    is_checked = forms.BooleanField(label="已核对", required=False)


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (Refusal("第 %(n)d 件还在校验。", n=12), 409),
        (Invalid("日期“%(text)s”不存在。", text="20230230"), 422),
        (Denied("不能办理。"), 403),
        (Missing(), 404),
        (Fault("坏了"), 500),
        (OperationalError("gone"), 503),
    ],
)
def test_what_is_raised_on_purpose_becomes_a_page_of_its_status(error: Exception, status: int) -> None:
    response = answer(error)
    assert response is not None and response.status_code == status
    assert "abc123def456" in response.content.decode()


def test_a_refusal_says_its_message_and_a_fault_keeps_its_own_to_the_log() -> None:
    assert "第 12 件还在校验。" in answer(Refusal("第 %(n)d 件还在校验。", n=12)).content.decode()
    page = answer(Fault("secret path")).content.decode()
    assert "secret path" not in page and "已经保存的内容不受影响" in page


def test_an_htmx_refusal_is_a_toast() -> None:
    response = answer(Refusal("还不能移交。"), HX_Request="true")
    assert response.status_code == 409
    assert json.loads(response["HX-Trigger"])["toast"] == {"text": "还不能移交。", "tone": "warn"}


def test_what_is_not_known_goes_on_to_django() -> None:
    assert answer(ValueError("unknown")) is None


def test_a_message_of_an_error_is_escaped() -> None:
    assert "<b>x</b>" not in answer(Refusal("“%(t)s”", t="<b>x</b>")).content.decode()


def test_error_pages_work_without_a_context() -> None:
    request = RequestFactory().get("/x/")
    for view, status in ((bad_request, 400), (not_found, 404)):
        assert view(request, Exception()).status_code == status
    assert server_error(request).status_code == 500


def test_done_redirects_with_its_message_and_leaves_the_page_where_htmx_stays() -> None:
    request = asked("post")
    response = pages.done(request, "已建立批次。", to="/batches/1/")
    assert (response.status_code, response["Location"]) == (303, "/batches/1/")
    assert [str(message) for message in request._messages] == ["已建立批次。"]
    assert pages.done(asked("post", HX_Request="true"), "好", to="/b/")["HX-Redirect"] == "/b/"
    assert "toast" in pages.done(asked("post", HX_Request="true"), "好")["HX-Trigger"]


def test_a_refusal_in_a_form_stands_beside_the_field_it_names() -> None:
    form = BatchForm({"title": "x", "kind": "WS"})
    assert form.is_valid()
    pages.refused(form, Invalid("题名“%(t)s”已用过。", field="title", t="x"))
    pages.refused(form, Refusal("全宗已关闭。"))
    assert form.errors["title"] == ["题名“x”已用过。"]
    assert form.non_field_errors() == ["全宗已关闭。"]


def test_a_field_is_wired_to_its_help_and_its_error() -> None:
    form = BatchForm({"title": ""})
    page = drawn("{% error_summary form %}{% fields form %}", form=form)
    assert 'aria-describedby="id_title_help id_title_wrong"' in page
    assert 'aria-invalid="true"' in page and 'href="#id_title"' in page
    assert page.count("<fieldset") == 1 and "help-long" in page


def test_a_field_that_the_kind_needs_says_so_though_the_form_does_not_insist() -> None:
    form = BatchForm()
    form.fields["is_checked"] = forms.CharField(label="责任者", required=False)
    assert "必填" not in drawn("{% field f %}", f=form["is_checked"])
    form.fields["is_checked"].widget.attrs["aria-required"] = "true"
    assert "必填" in drawn("{% field f %}", f=form["is_checked"])


def test_enter_in_a_field_presses_a_button_that_only_sends_the_form() -> None:
    source = get_template("ui/form.html").template.source
    first, *_others = re.findall(r"<button[^>]*>|{% block \w+ %}", source.partition("<form")[2])
    assert first.startswith("<button") and "name=" not in first and "formaction" not in first


def test_an_act_that_asks_first_works_without_script() -> None:
    acts = [
        Act("退回批次", "/back/", needs_reason=True),
        Act("销毁", why_not="永久保管。"),
        Act("打开", "/o/", method="get"),
    ]
    page = drawn("{% acts acts %}", acts=acts)
    assert '<details class="menu" data-ask>' in page and 'name="reason" required' in page
    assert 'aria-disabled="true"' in page and "永久保管。" in page
    assert '<a class="button button-plain" href="/o/">' in page


def test_states_clocks_and_badges_say_in_words_what_they_show_in_colour() -> None:
    assert "已验" in drawn("{% state s %}", s=State("已验", Tone.GOOD))
    assert "已超 4 个工作日" in drawn("{% clock c %}", c=Clock("整改", date(2026, 11, 1), -4))
    assert "今天到期" in drawn("{% clock c %}", c=Clock("整改", date(2026, 11, 22), 0))
    badge = drawn("{% integrity i %}", i=Integrity(Tone.BAD, "一份副本损坏", NOW, 3, "/evidence/"))
    assert "一份副本损坏" in badge and "/evidence/" in badge and "2026-11-22 08:30" in badge


def test_progress_polls_until_it_is_finished() -> None:
    running = Progress("/run/1/", "校验", 5, 10, State("进行中", Tone.BUSY), is_finished=False)
    ended = Progress("/run/1/", "校验", 10, 10, State("完成", Tone.GOOD), is_finished=True)
    assert 'hx-trigger="every 2s"' in drawn("{% progress p %}", p=running)
    assert "hx-trigger" not in drawn("{% progress p %}", p=ended)
    assert ended.percent == 100


def test_facts_timelines_and_empty_states_are_drawn() -> None:
    facts = drawn("{% facts f %}", f=[Fact("大小", 12_400_000, "size"), Fact("密级", "")])
    assert "12.4 MB" in facts and "—" in facts
    line = drawn("{% timeline m %}", m=[Moment(NOW, "张样例", "退回", "缺附件。", tone=Tone.WARN)])
    assert "缺附件。" in line and "张样例" in line
    assert "先建立批次" in drawn("{% empty e %}", e=Empty("这里会出现归档批次", "先建立批次"))


def test_the_menu_shows_only_what_the_role_may_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(registry, "_menu", {})
    item = registry.MenuItem(
        registry.Section.TAKE, "移交接收", "x:y", permissions=("intake:submission:read",)
    )
    registry.register_menu(item, registry.MenuItem(registry.Section.SYSTEM, "任务", "x:z"))
    clerk = Actor(1, "样例", grants={"intake:submission:read": frozenset({1})})
    assert list(registry.menu_for(clerk)) == [registry.Section.TAKE, registry.Section.SYSTEM]
    assert list(registry.menu_for(Actor(2, "样例"))) == [registry.Section.SYSTEM]
    assert registry.menu_for(Actor(None, "访客")) == {}


def test_who_asks_for_the_head_of_a_page_is_answered_as_for_the_page():
    @require_GET
    def page(_request: HttpRequest) -> HttpResponse:
        return HttpResponse("样例")

    @require_POST
    def act(_request: HttpRequest) -> HttpResponse:
        raise AssertionError("nobody asked for this")

    request = asked("head")
    assert Errors(page)(request).status_code == 200 and request.method == "HEAD"
    assert Errors(act)(asked("head")).status_code == 405
    assert Errors(page)(asked("put")).status_code == 405


@pytest.mark.django_db
@pytest.mark.parametrize(("is_required", "word"), [(True, "请选择"), (False, "不选")])
def test_a_choice_of_nothing_has_a_word(is_required, word):
    class KindForm(forms.Form):
        kind = forms.ModelChoiceField(Org.objects.none(), label="单位", required=is_required)

    shown = drawn("{% field form.kind %}", form=KindForm())
    assert f">{word}</option>" in shown and "---" not in shown
