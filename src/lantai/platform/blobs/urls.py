"""Include at ``uploads/``."""

from __future__ import annotations

from django.urls import path

from lantai.platform.blobs import views

app_name = "blobs"
urlpatterns = [
    path("", views.uploads, name="uploads"),
    path("<str:token>", views.upload, name="upload"),
]
