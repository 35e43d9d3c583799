"""What witnesses add to the published log, to be included at `log/` beside the ledger's own."""

from __future__ import annotations

from django.urls import path

from lantai.platform.witness.views import machines

app_name = "following"
urlpatterns = [
    path("", machines.follow, name="follow"),
    path("witnessed", machines.witnessed, name="witnessed"),
    path("policy.txt", machines.policy, name="policy"),
]
