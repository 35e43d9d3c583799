"""Addresses of this app."""

from __future__ import annotations

from django.urls import path

from lantai.apps.schemes.views import checks, previews, schemes, versions

app_name = "schemes"
urlpatterns = [
    path("", schemes.schemes, name="schemes"),
    path("import/", schemes.import_, name="import"),
    path("of/<slug:slug>/", schemes.scheme, name="scheme"),
    path("of/<slug:slug>/copy/", schemes.copy, name="copy"),
    path("of/<slug:slug>/export.<slug:kind>", schemes.export_shipped, name="export_shipped"),
    path("<int:version_id>/", versions.version, name="version"),
    path("<int:version_id>/about/", versions.about, name="about"),
    path("<int:version_id>/levels/", versions.levels, name="levels"),
    path("<int:version_id>/checks/<slug:code>/", checks.check, name="check"),
    path("<int:version_id>/compare/", versions.compare, name="compare"),
    path("<int:version_id>/newer/", schemes.compare_shipped, name="newer"),
    path("<int:version_id>/reset/", versions.reset, name="reset"),
    path("<int:version_id>/follow/", versions.follow, name="follow"),
    path("<int:version_id>/submit/", versions.submit, name="submit"),
    path("<int:version_id>/publish/", versions.publish, name="publish"),
    path("<int:version_id>/move/<slug:move>/", versions.move, name="move"),
    path("<int:version_id>/export.<slug:kind>", versions.export, name="export"),
    path("<int:version_id>/try/", previews.try_, name="try"),
    path("previews/<int:preview_id>/", previews.preview, name="preview"),
]
