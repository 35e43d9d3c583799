"""What people fill in."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from lantai.apps.copies.types import DEFAULT_CYCLE_DAYS, DEFAULT_RATE_MB_S, ReadingKind, Settlement
from lantai.platform.orgs.models import Org
from lantai.platform.places.models import Place

LISTED = 5
_REASON = forms.Textarea(attrs={"rows": 3})


class ChangePolicyForm(forms.Form):
    """What a policy asks for."""

    title = forms.CharField(label=_("名称"), max_length=120)
    copy_count = forms.IntegerField(
        label=_("副本数"), min_value=1, max_value=9, help_text=_("含主存储在内的份数。")
    )
    site_count = forms.IntegerField(label=_("至少地点数"), min_value=1, max_value=9, initial=1)
    medium_count = forms.IntegerField(label=_("至少介质数"), min_value=1, max_value=4, initial=1)
    cycle_days = forms.IntegerField(
        label=_("校验周期（天）"),
        min_value=1,
        max_value=3650,
        initial=DEFAULT_CYCLE_DAYS,
        help_text=_("每份副本的每个文件，在这个天数内至少读一遍。"),
    )
    rate_mb_s = forms.IntegerField(
        label=_("读取速率上限（MB/s）"),
        min_value=0,
        max_value=100_000,
        initial=DEFAULT_RATE_MB_S,
        help_text=_("避免校验影响日常使用；0 表示不限。"),
    )

    def __init__(self, *args: Any, places: QuerySet[Place], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for number in range(1, LISTED + 1):
            self.fields[f"place_{number}"] = forms.ModelChoiceField(
                places,
                label=_("第 %(n)d 存储位置") % {"n": number},
                required=False,
                help_text=_("按先后选用，满足要求为止；其余备用。") if number == 1 else "",
            )

    def said(self) -> dict[str, Any]:
        """As the service takes it."""
        values = dict(self.cleaned_data)
        chosen = [values.pop(f"place_{number}") for number in range(1, LISTED + 1)]
        return {**values, "place_ids": list(dict.fromkeys(place.pk for place in chosen if place))}


class AddPolicyForm(ChangePolicyForm):
    """A new policy and its scope."""

    org = forms.ModelChoiceField(Org.objects.none(), label=_("保管单位"))
    fonds = forms.ModelChoiceField(
        Org.objects.none(), label=_("全宗"), required=False, empty_label=_("全部全宗")
    )
    source_type = forms.ChoiceField(label=_("包类"), required=False)

    def __init__(
        self,
        *args: Any,
        orgs: QuerySet[Org],
        fonds: QuerySet[Any],
        sources: list[tuple[str, Any]],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["org"].queryset = orgs  # type: ignore[attr-defined]
        self.fields["fonds"].queryset = fonds  # type: ignore[attr-defined]
        self.fields["source_type"].choices = [("", _("全部包类")), *sources]  # type: ignore[attr-defined]
        self.order_fields(["org", "fonds", "source_type", "title"])

    def said(self) -> dict[str, Any]:
        """As the service takes it."""
        values = super().said()
        org, fonds = values.pop("org"), values.pop("fonds")
        return {**values, "org_id": org.pk, "fonds_id": fonds.pk if fonds else None}


class ReadForm(forms.Form):
    """A round on demand."""

    kind = forms.ChoiceField(
        label=_("缘由"),
        choices=[
            (kind.value, kind.label) for kind in (ReadingKind.DEMAND, ReadingKind.SAMPLE, ReadingKind.EVENT)
        ],
    )
    place = forms.ModelChoiceField(
        Place.objects.none(), label=_("存储位置"), required=False, empty_label=_("全部位置")
    )
    fonds = forms.ModelChoiceField(
        Org.objects.none(), label=_("全宗"), required=False, empty_label=_("全部全宗")
    )
    sample_count = forms.IntegerField(
        label=_("抽样份数"), required=False, min_value=1, max_value=1_000_000, help_text=_("随机抽样时填写。")
    )

    def __init__(self, *args: Any, places: QuerySet[Place], fonds: QuerySet[Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["place"].queryset = places  # type: ignore[attr-defined]
        self.fields["fonds"].queryset = fonds  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """A sample has a size, and nothing else has."""
        values = super().clean() or {}
        if values.get("kind") == ReadingKind.SAMPLE and not values.get("sample_count"):
            self.add_error("sample_count", _("请填写抽样份数。"))
        return values

    def said(self) -> dict[str, Any]:
        """As the service takes it."""
        values = self.cleaned_data
        place, fonds = values["place"], values["fonds"]
        is_sample = values["kind"] == ReadingKind.SAMPLE
        return {
            "kind": values["kind"],
            "place_id": place.pk if place else None,
            "fonds_id": fonds.pk if fonds else None,
            "sample_count": values["sample_count"] if is_sample else None,
        }


class MoveForm(forms.Form):
    """From one place to another."""

    source = forms.ModelChoiceField(Place.objects.none(), label=_("来源位置"))
    goal = forms.ModelChoiceField(
        Place.objects.none(),
        label=_("去向位置"),
        help_text=_("逐份复制、读回核对之后，才从来源位置撤除。"),
    )
    reason = forms.CharField(label=_("理由"), max_length=2000, widget=_REASON)

    def __init__(self, *args: Any, places: QuerySet[Place], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("source", "goal"):
            self.fields[name].queryset = places  # type: ignore[attr-defined]

    def said(self) -> dict[str, Any]:
        """As the service takes it."""
        values = self.cleaned_data
        return {"source_id": values["source"].pk, "goal_id": values["goal"].pk, "reason": values["reason"]}


class RetireForm(forms.Form):
    """A place that is given up."""

    place = forms.ModelChoiceField(
        Place.objects.none(),
        label=_("存储位置"),
        help_text=_("其中每个信息包在其他位置的副本都核对完好之后，才从这里撤除。"),
    )
    reason = forms.CharField(label=_("理由"), max_length=2000, widget=_REASON)

    def __init__(self, *args: Any, places: QuerySet[Place], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["place"].queryset = places  # type: ignore[attr-defined]

    def said(self) -> dict[str, Any]:
        """As the service takes it."""
        return {"place_id": self.cleaned_data["place"].pk, "reason": self.cleaned_data["reason"]}


class ClearanceForm(forms.Form):
    """Where surplus copies are removed from, and why."""

    org = forms.ModelChoiceField(Org.objects.none(), label=_("保管单位"))
    place = forms.ModelChoiceField(
        Place.objects.none(), label=_("存储位置"), required=False, empty_label=_("全部位置")
    )
    reason = forms.CharField(label=_("理由"), max_length=2000, widget=_REASON)

    def __init__(self, *args: Any, orgs: QuerySet[Org], places: QuerySet[Place], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["org"].queryset = orgs  # type: ignore[attr-defined]
        self.fields["place"].queryset = places  # type: ignore[attr-defined]

    def said(self) -> dict[str, Any]:
        """As the service takes it."""
        values = self.cleaned_data
        place = values["place"]
        return {
            "org_id": values["org"].pk,
            "place_id": place.pk if place else None,
            "reason": values["reason"],
        }


class SurveyForm(forms.Form):
    """Which place is compared with what is known of it."""

    place = forms.ModelChoiceField(Place.objects.none(), label=_("存储位置"))

    def __init__(self, *args: Any, places: QuerySet[Place], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["place"].queryset = places  # type: ignore[attr-defined]

    def said(self) -> dict[str, Any]:
        """As the service takes it."""
        return {"place_id": self.cleaned_data["place"].pk}


class SettleForm(forms.Form):
    """What is done about an orphan."""

    settlement = forms.ChoiceField(label=_("处理办法"))
    reason = forms.CharField(label=_("理由"), max_length=2000, widget=_REASON)

    def __init__(self, *args: Any, acts: tuple[Settlement, ...], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["settlement"].choices = [(act.value, act.label) for act in acts]  # type: ignore[attr-defined]

    def said(self) -> dict[str, Any]:
        """As the service takes it."""
        return dict(self.cleaned_data)
