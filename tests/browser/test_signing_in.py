"""Signing in: locked after guesses, and with a second factor."""

from __future__ import annotations

import base64
import hmac
import re
import struct
import time
from typing import Any

import pytest
from django.core.cache import cache
from playwright.sync_api import expect

from tests.browser.conftest import Open
from tests.browser.place import Place
from tests.region import PASSWORD

pytestmark = pytest.mark.browser


def code_of(secret: str, at: float) -> str:
    """RFC 6238 with its usual figures."""
    key = base64.b32decode(secret + "=" * (-len(secret) % 8))
    said = hmac.digest(key, struct.pack(">Q", int(at) // 30), "sha1")
    start = said[-1] & 15
    return f"{(struct.unpack('>I', said[start : start + 4])[0] & 0x7FFFFFFF) % 1_000_000:06d}"


def test_after_several_wrong_passwords_the_page_says_to_wait(visit: Open, place: Place):
    seen = visit()
    seen.expect(422, 429)
    page = seen.page
    page.goto("/accounts/login/")
    for guess in range(7):
        page.get_by_label("用户名").fill("cataloguer")
        page.get_by_label("密码").fill(f"falsch-{guess}")
        page.get_by_role("button", name="登录", exact=True).click()
        if guess == 0:
            seen.look("wrong")
    seen.look("locked")
    expect(page.get_by_text("密码错误次数过多")).to_be_visible()


def test_a_second_factor_is_enrolled_and_asked_for(visit: Open, place: Place, settings: Any):
    settings.MFA_TOTP_TOLERANCE = 1  # a half minute may end between the typing and the looking
    seen = visit()
    page = seen.page
    _sign_in(page, "second_approver")
    page.wait_for_url("**/desk/")
    page.goto("/accounts/2fa/")
    seen.look("factors")
    page.get_by_role("link", name="开启两步验证").click()
    if page.get_by_label("密码").count():
        seen.look("again")
        page.get_by_label("密码").fill(PASSWORD)
        page.get_by_role("button", name="确认身份").click()
    seen.look("enrol")
    secret = page.locator("#authenticator_secret").input_value()
    page.locator("input[name=code]").fill(code_of(secret, time.time()))
    page.locator(
        "main form button.button-primary, main form button[type=submit], main form button"
    ).last.click()
    seen.look("enrolled")
    other = visit()
    _sign_in(other.page, "second_approver")
    other.look("asked")
    cache.clear()  # the code of this half minute was used to enrol, and no code is taken twice
    other.page.locator("input[name=code]").fill(code_of(secret, time.time()))
    other.page.get_by_role("button", name="验证并登录").click()
    expect(other.page).to_have_url(re.compile(r"/desk/$"))


def _sign_in(page, name: str) -> None:
    page.goto("/accounts/login/")
    page.get_by_label("用户名").fill(name)
    page.get_by_label("密码").fill(PASSWORD)
    page.get_by_role("button", name="登录", exact=True).click()
