"""What is entered below a record: a form shown, shown again with what was refused, or saved."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from lantai.kit.errors import Refusal
from lantai.platform.ui import pages
from lantai.platform.ui.types import Crumb


def entered(
    request: HttpRequest,
    form: Form,
    save: Callable[[dict[str, Any]], object],
    *,
    title: str,
    crumbs: Sequence[Crumb],
    back: str,
    submit: str = "",
    intro: str = "",
    said: str = "",
) -> HttpResponse:
    """Save what the form says and go to the page of what was saved (``back`` where it has none)."""
    if form.is_valid():
        try:
            row = save(form.cleaned_data)
            to = row if hasattr(row, "get_absolute_url") else back
            return pages.done(request, said or _("已保存。"), to=to)
        except Refusal as refusal:
            pages.refused(form, refusal)
    return pages.form(
        request, form, title=title, submit=submit or _("保存"), crumbs=crumbs, cancel_url=back, intro=intro
    )
