"""Settings. Everything a city may want to change is an environment variable; nothing needs one to start.

TURNOUT_NAME         which installation on this machine (default main): its database, its key file
DATABASE_URL         a PostgreSQL 15-18 of your own, as role turnout_app; unset = the embedded one
DATABASE_OWNER_URL   the same database as turnout_owner, needed by `turnout migrate`
DATABASE_SEALER_URL  the same as turnout_sealer, needed by the worker
TURNOUT_KEY_FILE     where the key file lies
TURNOUT_HOSTS        host names people type, separated by commas
TURNOUT_HTTPS        1 when the site is reached through https
TURNOUT_TIME_ZONE    the city's zone (default Asia/Shanghai)
TURNOUT_CHANNELS     JSON of message channels: file, sms, robot (docs/operating.md)
TURNOUT_OIDC         JSON list of OpenID Connect providers for django-allauth
TURNOUT_DEBUG        1 on a developer's machine only
"""

from __future__ import annotations

import base64
import json
import os
from pathlib import Path

from turnout.config.database import databases
from turnout.core import keyfile

PACKAGE = Path(__file__).resolve().parent.parent

DEBUG = os.environ.get("TURNOUT_DEBUG") == "1"
TURNOUT_NAME = os.environ.get("TURNOUT_NAME", "main")
TURNOUT_KEY_FILE = os.environ.get("TURNOUT_KEY_FILE") or str(keyfile.default_path(TURNOUT_NAME))
TURNOUT_HTTPS = os.environ.get("TURNOUT_HTTPS") == "1"
_keys = keyfile.load_or_create(Path(TURNOUT_KEY_FILE))
SECRET_KEY = base64.b64encode(_keys.derive("django secret key")).decode()

ALLOWED_HOSTS = [host for host in os.environ.get("TURNOUT_HOSTS", "").split(",") if host] or [
    "localhost",
    "127.0.0.1",
    "[::1]",
]
CSRF_TRUSTED_ORIGINS = [f"https://{host}" for host in ALLOWED_HOSTS] if TURNOUT_HTTPS else []

INSTALLED_APPS = [
    "turnout.console",  # the front ends first: their templates take the place of others' of the same name
    "turnout.web",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django.forms",
    "django_htmx",
    "template_partials",
    "pgtrigger",
    "pghistory",
    "procrastinate.contrib.django",
    "allauth",
    "allauth.account",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "allauth.mfa",
    "allauth.usersessions",
    "turnout.core",
    "turnout.places",
    "turnout.access",
    "turnout.people",
    "turnout.notices",
    "turnout.incidents",
    "turnout.staffing",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "turnout.web.middleware.LanguageMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "turnout.web.middleware.SessionListMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "turnout.web.middleware.PersonSettingsMiddleware",
    "turnout.web.middleware.ScopeMiddleware",  # last: it calls the view inside the scope and renders there
]

ROOT_URLCONF = "turnout.config.urls"
WSGI_APPLICATION = "turnout.config.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "turnout.web.context.frame",
            ],
        },
    }
]
FORM_RENDERER = "turnout.web.forms.Renderer"

DATABASES, TURNOUT_ROLES = databases(TURNOUT_NAME)
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
CACHES = {"default": {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "core_cache"}}

AUTH_USER_MODEL = "access.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ("username", "name")},
    },
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
CSRF_FAILURE_VIEW = "turnout.web.views.csrf_failure"
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
SESSION_COOKIE_AGE = 14 * 86400
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = TURNOUT_HTTPS
SESSION_COOKIE_SAMESITE = "Lax"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
if TURNOUT_HTTPS:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SECURE_HSTS_SECONDS = 31_536_000

# Sign-in: accounts are made by a grantor, never by a visitor; a lost password needs no e-mail but a one-time link.
ACCOUNT_ADAPTER = "turnout.access.adapters.AccountAdapter"
ACCOUNT_FORMS = {
    "login": "turnout.web.sign_in.SignInForm",
    "change_password": "turnout.web.sign_in.NewPasswordForm",
    "reauthenticate": "turnout.web.sign_in.PasswordAgainForm",
}
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_USER_MODEL_EMAIL_FIELD = None
ACCOUNT_USERNAME_MIN_LENGTH = 2
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = True
ACCOUNT_RATE_LIMITS = {"login": "60/m/ip", "login_failed": "10/m/ip,5/5m/key", "change_password": "5/m/user"}
MFA_ADAPTER = "turnout.access.adapters.MFAAdapter"
MFA_FORMS = {
    "authenticate": "turnout.web.sign_in.SecondStepForm",
    "reauthenticate": "turnout.web.sign_in.SecondStepAgainForm",
    "activate_totp": "turnout.web.sign_in.SwitchOnForm",
}
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_ISSUER = "Turnout 到岗"
SOCIALACCOUNT_ADAPTER = "turnout.access.adapters.SocialAccountAdapter"
SOCIALACCOUNT_PROVIDERS = {
    "openid_connect": {
        "provider_class": "turnout.access.oidc.Provider",
        "APPS": json.loads(os.environ.get("TURNOUT_OIDC", "[]")),
    }
}
USERSESSIONS_TRACK_ACTIVITY = True

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "中文"), ("en", "English")]
LOCALE_PATHS = [PACKAGE / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = os.environ.get("TURNOUT_TIME_ZONE", "Asia/Shanghai")

STATIC_URL = "/static/"
STATIC_ROOT = os.environ.get("TURNOUT_STATIC_ROOT") or str(Path(TURNOUT_KEY_FILE).parent / f"{TURNOUT_NAME}-static")
WHITENOISE_USE_FINDERS = DEBUG
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
FILE_UPLOAD_MAX_MEMORY_SIZE = (
    40 * 1024 * 1024
)  # uploads stay in memory until they are encrypted, never on disk in clear

TURNOUT_CHANNELS = json.loads(os.environ.get("TURNOUT_CHANNELS", "{}"))
# Hours in which only urgent messages go out, as ["22:00", "07:00"]; [] for none; null for the usual night.
TURNOUT_QUIET_HOURS = json.loads(os.environ.get("TURNOUT_QUIET_HOURS", "null"))
TURNOUT_MANY_MISSING = int(os.environ.get("TURNOUT_MANY_MISSING", "3"))  # from here on a gap is a red square
TURNOUT_TINTS = tuple(
    float(percent) for percent in os.environ.get("TURNOUT_TINTS", "0,3,6").split(",")
)  # percent of a street's places without a person, from which on it is drawn darker

PROCRASTINATE_AUTODISCOVER_MODULE_NAME = "jobs"
PROCRASTINATE_ON_APP_READY = None

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "json": {
            "()": "pythonjsonlogger.json.JsonFormatter",
            "format": "%(asctime)s %(levelname)s %(name)s %(message)s",
        }
    },
    "filters": {"without_secrets": {"()": "turnout.config.logs.WithoutSecrets"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "json", "filters": ["without_secrets"]}},
    "root": {"handlers": ["stderr"], "level": "WARNING"},
    "loggers": {
        "turnout": {"level": "INFO"},
        "django.request": {"level": "ERROR"},  # a mistyped address is answered on its page, and is no event of ours
        "django.security.DisallowedHost": {"level": "CRITICAL"},
    },
}
