"""The forms that ask who one is."""

from __future__ import annotations

from typing import Any

from allauth.account import forms


class LoginForm(forms.LoginForm):
    """User name and password; who forgot the password asks the officer who opened the account."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["password"].help_text = ""  # would lead to a reset by mail, which there is not
        for name in ("login", "password"):
            self.fields[name].widget.attrs.pop("placeholder", None)


class ReauthenticateForm(forms.ReauthenticateForm):
    """The password again, before what concerns the account's safety."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["password"].help_text = ""
        self.fields["password"].widget.attrs.pop("placeholder", None)
