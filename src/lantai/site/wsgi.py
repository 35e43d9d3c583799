"""What the web server loads."""

from __future__ import annotations

import os
from importlib import import_module

from django.conf import settings
from django.core.wsgi import get_wsgi_application

from lantai.site.loading import loading

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lantai.site.settings")
with loading():
    application = get_wsgi_application()
    import_module(settings.ROOT_URLCONF)  # the first reader does not wait for all pages to be loaded
