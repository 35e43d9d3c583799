"""Django settings: everything that may differ between sites comes from ``config``."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from csp.constants import NONE, SELF
from django.utils.translation import gettext_lazy as _

from lantai.site import config, database

PACKAGE = Path(__file__).resolve().parent.parent

LANTAI_HOME = config.folder("home", Path("var"))
LANTAI_STORE = config.folder("store", LANTAI_HOME / "store")
LANTAI_KEYS = config.folder("keys", LANTAI_HOME / "keys")
LANTAI_INDEX = config.folder("index", LANTAI_HOME / "index")
LANTAI_STORE_URL = config.text("store_url", "")
LANTAI_LOG_ORIGIN = config.text("log_origin", "lantai.local/log")
LANTAI_SITE_NAME = config.text("site_name", "兰台")
LANTAI_PUBLIC_URL = config.text("public_url", "http://127.0.0.1:8000").rstrip("/")
LANTAI_SANDBOX_WORKERS = config.number("sandbox_workers", 2, least=1, most=64)
LANTAI_CLAMD = config.text("clamd")
LANTAI_CLAMD_MAX_AGE_DAYS = config.number("clamd_max_age_days", 7, least=1, most=365)
LANTAI_SCAN_POLICY = config.choice("scan_policy", "wait", frozenset({"wait", "block"}))
LANTAI_TRUST = config.folder("trust", LANTAI_HOME / "trust")
LANTAI_PRONOM = config.folder("pronom", LANTAI_HOME / "pronom")
LANTAI_UPLOAD_LIMIT_MB = config.number("upload_limit_mb", 4096, least=1, most=1_048_576)
LANTAI_PICTURES_MB = config.number("pictures_mb", 4096, least=64, most=4_194_304)
LANTAI_MIGRATION_UNDO_DAYS = config.number("migration_undo_days", 90, least=1, most=3650)
LANTAI_BACKUP_SPOOL = config.folder("backup_spool", LANTAI_HOME / "backup")
LANTAI_CONNECTOR_FOLDERS = config.folder("connector_folders", LANTAI_HOME / "connectors")
LANTAI_CONNECTOR_SOURCES = {
    name: config.text(f"connector_source_{name}") for name in config.words("connector_sources", [])
}
LANTAI_PLACES = config.named("place")
LANTAI_REPORT_KEYS = config.named("report")
LANTAI_WITNESS_NAME = config.text("witness_name") or LANTAI_LOG_ORIGIN.rpartition("/")[0] + "/witness"
LANTAI_WITNESS_WITHIN_MINUTES = config.number("witness_within_minutes", 60, least=5, most=100_000)
LANTAI_PEER_HTTP = config.flag("peer_http", False)
LANTAI_PEER_CA = config.text("peer_ca")
LANTAI_STAMP_SERVICES = {
    name: config.text(f"stamp_service_{name}") for name in config.words("stamp_services", [])
}
LANTAI_STAMP_HOURS = config.number("stamp_hours", 1, least=1, most=720)
LANTAI_POLL_HOURS = config.number("poll_hours", 24, least=1, most=8760)
LANTAI_POLL_QUORUM = config.number("poll_quorum", 3, least=1, most=64)
LANTAI_LOG_MIRROR = config.text("log_mirror")
LANTAI_ANCHORS = config.named("anchor")
LANTAI_TSA = config.flag("tsa", True)
LANTAI_TSA_ALGORITHM = config.choice("tsa_algorithm", "ecdsa-sha256", frozenset({"ecdsa-sha256", "sm2-sm3"}))
LANTAI_PERSON_CIPHER = config.choice("person_cipher", "sm4-gcm", frozenset({"sm4-gcm", "aes-256-gcm"}))
LANTAI_ROLES = "lantai.site.roles.ROLES"

DEBUG = config.flag("debug", False)
SECRET_KEY = config.text("secret_key") or config.secret_in(LANTAI_HOME / "secret_key")
ALLOWED_HOSTS = config.words("hosts", ["127.0.0.1", "localhost", "[::1]"])
CSRF_FAILURE_VIEW = "lantai.platform.ui.errors.csrf_failure"
CSRF_TRUSTED_ORIGINS = config.words("origins", [])

INSTALLED_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "procrastinate.contrib.django",
    "django_htmx",
    "csp",
    "lantai.platform.ledger",
    "lantai.platform.orgs",
    "lantai.platform.accounts",
    "lantai.platform.places",
    "lantai.platform.blobs",
    "lantai.platform.jobs",
    "lantai.platform.events",
    "lantai.platform.workflow",
    "lantai.platform.notify",
    "lantai.platform.documents",
    "lantai.platform.sandbox",
    "lantai.platform.scanning",
    "lantai.platform.search",
    "lantai.platform.witness",
    "lantai.platform.desk",
    "lantai.platform.ui",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "lantai.apps.holdings",
    "lantai.apps.schemes",
    "lantai.apps.singleset",
    "lantai.apps.carriers",
    "lantai.apps.kinds",
    "lantai.apps.authorities",
    "lantai.apps.custody",
    "lantai.apps.copies",
    "lantai.apps.texts",
    "lantai.apps.catalogue",
    "lantai.apps.printing",
    "lantai.apps.imports",
    "lantai.apps.interop",
    "lantai.apps.topics",
    "lantai.apps.quality",
    "lantai.apps.pictures",
    "lantai.apps.migration",
    "lantai.apps.disposal",
    "lantai.apps.filing",
    "lantai.apps.intake",
    "lantai.apps.acquisition",
    "lantai.apps.connectors",
    "lantai.apps.readingroom",
    "lantai.apps.backup",
    "lantai.site",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "lantai.site.problems.Problems",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "lantai.platform.accounts.middleware.ContextMiddleware",
    "lantai.platform.ui.middleware.Errors",
]

ROOT_URLCONF = "lantai.site.urls"
WSGI_APPLICATION = "lantai.site.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "django.template.context_processors.i18n",
                "lantai.platform.ui.context.page",
            ],
        },
    },
]

DATABASES = {"default": database.settings_for(config.text("database_url"), LANTAI_HOME)}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 10},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/desk/"
ACCOUNT_FORMS = {
    "login": "lantai.platform.accounts.forms.LoginForm",
    "reauthenticate": "lantai.platform.accounts.forms.ReauthenticateForm",
}
ACCOUNT_SESSION_REMEMBER = False  # a desk is often shared: the session ends with the browser
ACCOUNT_ADAPTER = "lantai.platform.accounts.adapter.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_LOGOUT_REDIRECT_URL = "/"
ACCOUNT_RATE_LIMITS = {"login": "60/m/ip", "login_failed": "10/m/ip,5/5m/key"}
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_ISSUER = LANTAI_SITE_NAME

SESSION_COOKIE_AGE = 8 * 3600
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_SAVE_EVERY_REQUEST = False
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANTAI_PUBLIC_URL.startswith("https://")
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SECURE_HSTS_SECONDS = 31_536_000 if SESSION_COOKIE_SECURE else 0
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if config.flag("behind_proxy", False) else None
X_FRAME_OPTIONS = "SAMEORIGIN"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "img-src": [SELF, "data:", "blob:"],
        "object-src": [NONE],
        "base-uri": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [SELF],
    },
}

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", _("简体中文")), ("en", "English")]
LOCALE_PATHS = [PACKAGE / "locale"]
TIME_ZONE = config.time_zone("time_zone", "Asia/Shanghai")
USE_I18N = USE_TZ = True
LANGUAGE_COOKIE_SAMESITE = "Lax"

TEST_RUNNING = "pytest" in sys.modules
_STATIC_FILES = "lantai.platform.ui.storage.StaticFiles"
if TEST_RUNNING:
    _STATIC_FILES = "django.contrib.staticfiles.storage.StaticFilesStorage"
STATIC_URL = "/static/"
STATIC_ROOT = LANTAI_HOME / "static"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": _STATIC_FILES},
}
WHITENOISE_USE_FINDERS = TEST_RUNNING
WHITENOISE_AUTOREFRESH = DEBUG or TEST_RUNNING  # else every client of a test reads all static files

DATA_UPLOAD_MAX_MEMORY_SIZE = 16 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 20_000
DATA_UPLOAD_MAX_NUMBER_FILES = 2_000
FILE_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024

EMAIL_BACKEND = config.text("email_backend", "django.core.mail.backends.dummy.EmailBackend")
EMAIL_HOST = config.text("email_host", "localhost")
DEFAULT_FROM_EMAIL = config.text("email_from", "lantai@localhost")

PROCRASTINATE_AUTODISCOVER_MODULE_NAME = "jobs"
PROCRASTINATE_ON_APP_READY = "lantai.platform.jobs.queue.on_app_ready"

SILENCED_SYSTEM_CHECKS = ["security.W021"]  # HSTS preload is the domain owner's decision
if TEST_RUNNING:
    PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    _worker = os.environ.get("PYTEST_XDIST_WORKER", "gw0")
    LANTAI_STORE = LANTAI_HOME / _worker / "store"
    LANTAI_INDEX = LANTAI_HOME / _worker / "index"

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"()": "lantai.site.logs.LineFormatter"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {
        "handlers": ["stderr"],
        "level": config.choice("log_level", "INFO", frozenset({"DEBUG", "INFO", "WARNING", "ERROR"})),
    },
    "loggers": {
        "django.request": {"level": "ERROR"},
        "procrastinate": {"level": "WARNING"},
        "pikepdf": {"level": "WARNING"},
    },
}
