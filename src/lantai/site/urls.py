"""Every address of the product."""

from __future__ import annotations

from django.urls import include, path

from lantai.site import views
from lantai.site.api import api

urlpatterns = [
    *(path(f"accounts/{rest}", views.closed, name="closed") for rest in views.CLOSED),
    path("accounts/", include("allauth.urls")),
    path("i18n/", include("django.conf.urls.i18n")),
    path("ui/", include("lantai.platform.ui.urls")),
    path("log/", include("lantai.platform.ledger.urls")),
    path("log/", include("lantai.platform.witness.log_urls")),
    path("witness/", include("lantai.platform.witness.urls")),
    path("", include("lantai.platform.witness.tsa_urls")),
    path("uploads/", include("lantai.platform.blobs.urls")),
    path("holdings/", include("lantai.apps.holdings.urls")),
    path("schemes/", include("lantai.apps.schemes.urls")),
    path("single-set/", include("lantai.apps.singleset.urls")),
    path("kinds/", include("lantai.apps.kinds.urls")),
    path("carriers/", include("lantai.apps.carriers.urls")),
    path("quality/", include("lantai.apps.quality.urls")),
    path("topics/", include("lantai.apps.topics.urls")),
    path("authorities/", include("lantai.apps.authorities.urls")),
    path("filing/", include("lantai.apps.filing.urls")),
    path("connectors/", include("lantai.apps.connectors.urls")),
    path("intake/", include("lantai.apps.intake.urls")),
    path("acquisition/", include("lantai.apps.acquisition.urls")),
    path("custody/fixity/", views.fixity, name="fixity"),
    path("custody/fixity/<path:rest>", views.fixity, name="fixity_below"),
    path("custody/", include("lantai.apps.custody.urls")),
    path("copies/", include("lantai.apps.copies.urls")),
    path("migration/", include("lantai.apps.migration.urls")),
    path("disposal/", include("lantai.apps.disposal.urls")),
    path("catalogue/", include("lantai.apps.catalogue.urls")),
    path("imports/", include("lantai.apps.imports.urls")),
    path("printing/", include("lantai.apps.printing.urls")),
    path("backup/", include("lantai.apps.backup.urls")),
    path("", include("lantai.apps.interop.urls")),
    path("", include("lantai.apps.pictures.urls")),
    path("desk/", views.home, name="home"),
    path("desk/", include("lantai.platform.desk.urls")),
    path("healthz", views.health, name="health"),
    path("help/", include("lantai.site.help")),
    path("api/", api.urls),
    path("", include("lantai.apps.readingroom.urls")),
]

handler400 = "lantai.platform.ui.errors.bad_request"
handler403 = "lantai.platform.ui.errors.forbidden"
handler404 = "lantai.platform.ui.errors.not_found"
handler500 = "lantai.platform.ui.errors.server_error"
