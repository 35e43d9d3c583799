"""Addresses of this app."""

from __future__ import annotations

from django.urls import path

from lantai.apps.kinds.views import fields, kinds, versions

app_name = "kinds"
urlpatterns = [
    path("", kinds.kinds, name="kinds"),
    path("design/", kinds.design, name="design"),
    path("import/", kinds.import_, name="import"),
    path("of/<str:slug>/", kinds.kind, name="kind"),
    path("of/<str:slug>/draft/", kinds.draft, name="draft"),
    path("<int:kind_version_id>/", versions.version, name="version"),
    path("<int:kind_version_id>/about/", versions.about, name="about"),
    path("<int:kind_version_id>/try/", versions.try_, name="try"),
    path("<int:kind_version_id>/submit/", versions.submit, name="submit"),
    path("<int:kind_version_id>/publish/", versions.publish, name="publish"),
    path("<int:kind_version_id>/move/<slug:move>/", versions.move, name="move"),
    path("<int:kind_version_id>/export.toml", versions.export, name="export"),
    path("<int:kind_version_id>/fields/add/", fields.add, name="add_field"),
    path("<int:kind_version_id>/fields/<slug:field_name>/", fields.change, name="field"),
    path("<int:kind_version_id>/fields/<slug:field_name>/place/", fields.place, name="place_field"),
]
