"""The audit officer's pages, to be included at `ledger/`."""

from __future__ import annotations

from django.urls import path

from lantai.platform.ledger import views

app_name = "ledger"
urlpatterns = [path("", views.entries, name="entries")]
