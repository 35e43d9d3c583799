"""The control with which an authority is chosen: type, pick. Without scripts the form comes back with what fits."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.datastructures import MultiValueDict
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from lantai.apps.authorities.queries.reading import visible
from lantai.apps.authorities.queries.suggesting import suggest
from lantai.apps.authorities.types import Suggested
from lantai.platform.context import Ctx


class Picker(forms.Widget):
    """A box with suggestions below it."""

    def __init__(self, kind: str = "") -> None:
        super().__init__()
        self.kind = kind
        self.options: Sequence[Suggested] = ()
        self.typed = ""

    def value_from_datadict(self, data: MultiValueDict[str, str], files: object, name: str) -> object:
        """The id picked, and what was typed."""
        self.typed = data.get(f"{name}_text", "") or ""
        return data.get(name)

    def render(
        self, name: str, value: object, attrs: dict[str, Any] | None = None, renderer: object = None
    ) -> SafeString:
        """The control as HTML."""
        page = {
            "name": name, "value": str(value or ""), "typed": self.typed, "options": self.options,
            "id": (attrs or {}).get("id", f"id_{name}"), "described": (attrs or {}).get("aria-describedby", ""),
            "url": f"{reverse('authorities:suggest')}?field={name}&kind={self.kind}",
        }  # fmt: skip
        return render_to_string("authorities/_picker.html", page)


class AuthorityField(forms.IntegerField):
    """The id of a standing authority the actor may see; typed text that means exactly one is taken as it."""

    def __init__(self, *, ctx: Ctx, kind: str = "", **kwargs: Any) -> None:
        super().__init__(widget=Picker(kind), min_value=1, max_value=2**53, **kwargs)
        self.ctx, self.kind = ctx, kind

    def clean(self, value: Any) -> int | None:
        """The id; says what to do where the text leaves it open."""
        picker: Picker = self.widget  # type: ignore[assignment]
        typed = picker.typed.strip()
        if typed and not value:
            picker.options = suggest(self.ctx, kind=self.kind, text=typed)
            exact = [one for one in picker.options if one.name == typed]
            if len(exact) != 1:
                found = bool(picker.options)
                raise forms.ValidationError(
                    _("请从下面选一条。")
                    if found
                    else _("没有找到“%(text)s”，请先登记规范记录。") % {"text": typed}
                )
            value = exact[0].id
        found_id: int | None = super().clean(value)
        if found_id is not None and not visible(self.ctx).filter(pk=found_id).exists():
            raise forms.ValidationError(_("没有这条规范记录，请重新选择。"))
        return found_id
