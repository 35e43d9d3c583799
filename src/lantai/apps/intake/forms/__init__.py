"""What people fill in."""

from lantai.apps.intake.forms.agreements import (
    AgreementForm,
    AnnouncementForm,
    DayForm,
    ExtensionForm,
    ReasonForm,
    YearForm,
)
from lantai.apps.intake.forms.deciding import MOST_ITEMS, PartForm, RegisterForm, ReturnForm
from lantai.apps.intake.forms.opinions import AnnexForm, OpinionForm
from lantai.apps.intake.forms.sending import OnlineForm, SenderForm

__all__ = [
    "MOST_ITEMS",
    "AgreementForm",
    "AnnexForm",
    "AnnouncementForm",
    "DayForm",
    "ExtensionForm",
    "OnlineForm",
    "OpinionForm",
    "PartForm",
    "ReasonForm",
    "RegisterForm",
    "ReturnForm",
    "SenderForm",
    "YearForm",
]
