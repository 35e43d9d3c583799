"""How django-allauth signs people in here."""

from __future__ import annotations

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _


class AccountAdapter(DefaultAccountAdapter):
    """Accounts are opened by officers; nobody signs up, and machines do not use the login page."""

    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "too_many_login_attempts": _(
            "密码错误次数过多，请 5 分钟后再登录；忘记密码请联系本单位的系统管理员。"
        ),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Never."""
        return False

    def authentication_failed(self, request: HttpRequest, **credentials: object) -> None:
        """Leave a ledger line: who was tried, never what was typed as a password."""
        from lantai.platform.accounts import sessions

        sessions.note_failure(request, str(credentials.get("username", ""))[:64])
        super().authentication_failed(request, **credentials)

    def pre_login(self, request: HttpRequest, user: object, **kwargs: object) -> object:
        """Leave a ledger line of the sign-in."""
        from lantai.platform.accounts import sessions

        sessions.note_login(request, user)  # type: ignore[arg-type]
        return super().pre_login(request, user, **kwargs)
