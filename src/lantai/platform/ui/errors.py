"""The pages of what went wrong: what happened, what is safe, what to do next, which number to quote."""

from __future__ import annotations

import logging
from dataclasses import dataclass

from django.db import DataError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from psycopg.errors import CheckViolation

from lantai.kit.errors import N_, Invalid, LantaiError
from lantai.platform.ui.context import ctx_of
from lantai.platform.ui.pages import said, toast
from lantai.platform.ui.types import Text, Tone

log = logging.getLogger("lantai.pages")


class Unstorable(Invalid):
    """The database cannot hold what was sent, and no form had looked at it before."""

    message = N_("有一项内容太长、数字太大，或含有无法保存的字符。请改正后再提交。")


def is_unstorable(error: BaseException) -> bool:
    """Whether the database refused a value for what it is: of the wrong size, or below the least of its column.

    Constraints of such columns are named by Django. Those that hold a promise of ours have names of their own: that
    one of them was about to be broken is a fault of ours.
    """
    cause = error.__cause__
    if isinstance(cause, CheckViolation):
        return (cause.diag.constraint_name or "").endswith("_check")
    return isinstance(error, DataError)


@dataclass(frozen=True, slots=True)
class Words:
    """What an error page says."""

    heading: Text
    text: Text
    icon: str = "alert-circle"


WORDS = {
    400: Words(_("这个请求读不懂"), _("地址或表单不完整。没有改动任何内容。请返回上一页重新填写。")),
    403: Words(
        _("这一步没有获得允许"), _("没有改动任何内容。如确需办理，请向本单位的系统管理员申请权限。"), "lock"
    ),
    404: Words(
        _("这里没有内容"),
        _("没有找到这个页面，或者您没有查看它的权限。请核对地址，或从菜单重新进入。"),
        "search",
    ),
    409: Words(_("现在还不能这样办"), _("没有改动任何内容。")),
    422: Words(_("填写的内容需要改正"), _("没有改动任何内容。请返回上一页改正后再提交。")),
    500: Words(
        _("这一步没有办成，原因在我们这边"),
        _("已经保存的内容不受影响。请把下面的编号告诉系统管理员，稍后再试。"),
    ),
    503: Words(_("系统正在维护"), _("已经保存的内容不受影响。请几分钟后再打开这个页面。"), "clock"),
}


def error_page(request: HttpRequest, status: int, text: Text = "") -> HttpResponse:
    """The page of ``status``; a toast where htmx asked. Makes no query but the ones of the menu."""
    words = WORDS.get(status, WORDS[500])
    message = text or words.text
    if request.headers.get("HX-Request") == "true":
        tone = Tone.BAD if status >= 500 else Tone.WARN
        return toast(HttpResponse(status=status), message, tone)
    # Neither menu nor counters: whatever broke may break them too.
    page = {"words": words, "text": message, "status": status, "request_id": ctx_of(request).request_id}
    return render(request, "ui/error.html", page, status=status)


def refusal_page(request: HttpRequest, error: LantaiError) -> HttpResponse:
    """The page of an error raised on purpose; its status comes from its class."""
    status = getattr(error, "status", 500)
    if status >= 500:
        log.error("fault %s: %s", ctx_of(request).request_id, error, exc_info=error)
        return error_page(request, status)
    return error_page(request, status, said(error))


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """``handler400``."""
    return error_page(request, 400)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    """``handler403``."""
    return error_page(request, 403)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """``handler404``."""
    return error_page(request, 404)


def server_error(request: HttpRequest) -> HttpResponse:
    """``handler500``."""
    return error_page(request, 500)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """``CSRF_FAILURE_VIEW``: usually a page left open over night."""
    return error_page(
        request, 403, _("这个页面打开得太久，安全凭证已经过期。没有改动任何内容。请刷新页面后再提交。")
    )
