"""Settings: embedded defaults for one machine, everything else by the environment.

With nothing set: SQLite, the in-memory channel layer, local files. A province sets
DATABASE_URL, REDIS_URL and STORAGE_BUCKET; docs/operations.md lists every variable.
"""

import os
from pathlib import Path
from typing import Any

import django_stubs_ext
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

from config import env
from config.databases import database
from config.logs import LOGGING as LOGGING
from config.province.facts import province_facts
from config.redis_hosts import caches, channel_layers, redis_hosts
from config.rest import REST_FRAMEWORK as REST_FRAMEWORK
from config.rest import SPECTACULAR_SETTINGS as SPECTACULAR_SETTINGS
from config.secret_key import secret_key_of
from config.storages import storages
from config.vapid import vapid_public_key
from media.sealing import key_from

# Lets classes of Django be named with their parts, as in ModelAdmin[Ticket].
django_stubs_ext.monkeypatch()

BASE_DIR = Path(__file__).resolve().parent.parent
VAR_DIR = env.folder("VAR_DIR", Path(env.text("VAR_DIR", str(BASE_DIR / "var"))))

# The folder that `load_province` loads; its province.json answers below.
PROVINCE_DIR = Path(env.text("PROVINCE_DIR", str(BASE_DIR / "provinces" / "quang-ninh")))
PROVINCE = province_facts(PROVINCE_DIR)

DEBUG = env.flag("DEBUG")
DEMO = env.flag("DEMO", DEBUG)

SECRET_KEY = env.text("SECRET_KEY", "")
SECRET_KEY_GIVEN = bool(SECRET_KEY)
SECRET_KEY = SECRET_KEY or secret_key_of(VAR_DIR)
ALLOWED_HOSTS = env.words("ALLOWED_HOSTS", "localhost,127.0.0.1,[::1]" + (",*" if DEMO else ""))
CSRF_TRUSTED_ORIGINS = env.words("CSRF_TRUSTED_ORIGINS")
PUBLIC_URL = env.address("PUBLIC_URL", "http://localhost:8000")

INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "channels",
    "django_otp",
    "django_otp.plugins.otp_totp",
    "django_otp.plugins.otp_static",
    "rest_framework",
    "django_filters",
    "drf_spectacular",
    "geo",
    "media",
    "backend.events",
    "backend.accounts",
    "backend.catalogue",
    "backend.reports",
    "backend.tickets",
    "backend.api",
    "routing",
    "realtime",
    "notifications",
    "photos",
    "config",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "backend.api.addresses.plain_cookies",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "backend.api.addresses.plain_addresses",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]

# How many requests one process works on at once; the next ones wait for the first that is done.
WEB_THREADS = env.number("WEB_THREADS", 20, least=1)

ROOT_URLCONF = "config.urls"
ASGI_APPLICATION = "config.asgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ]
        },
    }
]


DATABASES = {"default": database(VAR_DIR)}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# Where `archive_log` puts old entries; every process that shows a ticket's history reads there.
LOG_ARCHIVE_DIR = Path(env.text("LOG_ARCHIVE_DIR", str(VAR_DIR / "log-archive")))
READY_MAX_LAG = env.number("READY_MAX_LAG", 1000)
METRICS_TOKEN = env.text("METRICS_TOKEN", "")

REDIS_URL = env.text("REDIS_URL", "")
REDIS_HOSTS: list[Any] = redis_hosts()
CHANNEL_LAYERS = channel_layers(REDIS_HOSTS)
CACHES = caches(REDIS_HOSTS)

AUTH_USER_MODEL = "accounts.User"
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]

LANGUAGE_CODE = "vi"
LANGUAGES = [("vi", _("Vietnamese")), ("en", _("English"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
TIME_ZONE = env.zone("TIME_ZONE", PROVINCE["time_zone"])
USE_TZ = True

STATIC_URL = "/static/"
STATIC_ROOT = env.folder("VAR_DIR", VAR_DIR / "static")
WEB_DIST = BASE_DIR / "web" / "dist"
STATICFILES_DIRS = [("web", WEB_DIST)] if WEB_DIST.is_dir() else []
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = False

MEDIA_ROOT = VAR_DIR / "uploads"
ORIGINALS_ROOT = VAR_DIR / "originals"
STORAGE_BUCKET = env.text("STORAGE_BUCKET", "")
STORAGES = storages(STORAGE_BUCKET)

SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = PUBLIC_URL.startswith("https://")
OTP_TOTP_ISSUER = "Hiện Trường"
OTP_ADMIN_HIDE_SENSITIVE_DATA = True  # Who may end another's second step need not know its secret.
SESSION_COOKIE_AGE = 12 * 3600  # one working day
SECURE_CONTENT_TYPE_NOSNIFF = True
X_FRAME_OPTIONS = "DENY"
if env.flag("BEHIND_TLS_PROXY"):
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

# The province: what a map shows first, what lies far outside, who stands in where nobody answers.
PROVINCE_CODE = PROVINCE["code"]
REPORT_PREFIX = PROVINCE["report_prefix"]
DUTY_DESK = PROVINCE["duty_desk"]
# The unit whose desk the demo shows first: it has work of every kind. Blank shows none so.
DEMO_UNIT = PROVINCE.get("demo_unit", "")
# A point outside every unit belongs to the nearest within so many metres, else to the duty desk.
ASSET_RADIUS_M = env.number("ASSET_RADIUS_M", 25)  # a road's width and a good phone's error
NEAREST_UNIT_M = env.number("NEAREST_UNIT_M", 2_000)
FAR_OUTSIDE_KM = env.number("FAR_OUTSIDE_KM", 50)
# So many others at the very same coordinates in 30 days make it doubtful: a map's default.
SHARED_PLACE_REPORTERS = env.number("SHARED_PLACE_REPORTERS", 5)
# A server looks for new boundaries in a thread of its own; tests look when they ask.
WATCH_AREAS = env.flag("WATCH_AREAS", True)
DEMO_PASSWORD = env.text("DEMO_PASSWORD", "hientruong")
CONSENT_VERSION = env.text("CONSENT_VERSION", "2026-11")
MAP_CENTER = [PROVINCE["centre"]["lon"], PROVINCE["centre"]["lat"]]
MAP_ZOOM = PROVINCE["zoom"]
MAP_TILE_URL = env.text("MAP_TILE_URL", "")
MAP_ATTRIBUTION = env.text("MAP_ATTRIBUTION", "")

# How often one address (new devices, sign-ins) or one device may ask; phones share addresses.
# Suggest a category from a report's words, where `train_categories` has written a model.
SUGGEST_CATEGORIES = env.flag("SUGGEST_CATEGORIES", default=True)

THROTTLE_RATES = {
    "devices": env.rate("RATE_DEVICES", "300/hour"),
    "uploads": env.rate("RATE_UPLOADS", "200/hour"),
    "reports": env.rate("RATE_REPORTS", "60/hour"),
    "suggestions": env.rate("RATE_SUGGESTIONS", "300/hour"),
    "public": env.rate("RATE_PUBLIC", "1200/min"),
    "sign_in": env.rate("RATE_SIGN_IN", "10/min"),
    "sign_in_address": env.rate("RATE_SIGN_IN_ADDRESS", "120/min"),
    "addresses": env.rate("RATE_ADDRESSES", "10/hour"),
    "codes": env.rate("RATE_CODES", "5/hour"),
    "codes_client": env.rate("RATE_CODES_CLIENT", "60/hour"),
}

# The live feed. A client further behind than these bytes is told to come back (4408): what waits
# for the server to take, and what the client has not acknowledged.
FEED_QUEUE_BYTES = env.number("FEED_QUEUE_KB", 1024) * 1024
FEED_UNACKED_BYTES = env.number("FEED_UNACKED_KB", 8192) * 1024
FEED_PATIENCE_SECONDS = env.number("FEED_PATIENCE_SECONDS", 10, least=1)
FEED_HELLO_SECONDS = env.number("FEED_HELLO_SECONDS", 10, least=1)
FEED_BEAT_SECONDS = env.number("FEED_BEAT_SECONDS", 15, least=1)
FEED_RECHECK_SECONDS = 1.5  # a lost role closes its sockets within 2 s
FEED_RING_ENTRIES = env.number("FEED_RING_ENTRIES", 4096, least=1)
FEED_PRELOAD_ENTRIES = env.number("FEED_PRELOAD_ENTRIES", 512)
FEED_FOLLOWS_PER_SOCKET = env.number("FEED_FOLLOWS_PER_SOCKET", 20)
FEED_SOCKETS_PER_PRINCIPAL = env.number("FEED_SOCKETS_PER_PRINCIPAL", 50)
FEED_SOCKETS_PER_ADDRESS = env.number("FEED_SOCKETS_PER_ADDRESS", 2000)

# Whom an overdue ticket is told to, and how many minutes after its deadline; working minutes where
# the deadline counts working hours.
ESCALATION = {
    "clock": env.ladder("ESCALATION_CLOCK", "agency_leader:0,centre:60,provincial_leader:240"),
    "working": env.ladder(
        "ESCALATION_WORKING", "agency_leader:0,centre:480,provincial_leader:1440"
    ),
}

# How long a reporter who is asked for more has to answer, how long before that they are reminded,
# and what then becomes of the ticket: returned to who asked, or rejected.
INFO_HOURS = env.number("INFO_HOURS", 72)
INFO_REMINDER_HOURS = env.number("INFO_REMINDER_HOURS", 24)
INFO_EXPIRED = env.one_of("INFO_EXPIRED", "return", "return", "reject")

# Photos.
UPLOAD_MAX_BYTES = env.number("UPLOAD_MAX_MB", 25) * 1024 * 1024
UPLOAD_MAX_PIXELS = env.number("UPLOAD_MAX_MEGAPIXELS", 200) * 1_000_000
UPLOAD_QUOTA_BYTES = env.number("UPLOAD_QUOTA_MB", 1_000) * 1024 * 1024  # of one sender in a day
REPORT_MAX_PHOTOS = env.number("REPORT_MAX_PHOTOS", 10)
# What decoding one photo may take: seconds of CPU before its megapixels are counted, and memory.
PHOTO_CPU_SECONDS = env.number("PHOTO_CPU_SECONDS", 1)
PHOTO_MEMORY_MB = env.number("PHOTO_MEMORY_MB", 2_560)
PHOTO_DEVELOPERS = env.number("PHOTO_DEVELOPERS", min(2, os.cpu_count() or 1), least=1)
# Propose faces and number plates to be covered; costs a second of CPU a photo, when nothing waits.
PHOTO_FINDING = env.flag("PHOTO_FINDING", True)
# Who releases a photo to the public: "person", or "clean" for result photos in which nothing
# to be covered was found.
PHOTO_RELEASE = env.one_of("PHOTO_RELEASE", "person", "person", "clean")
# Originals are sealed with the first key; all open them. 32 bytes in base64, by commas.
try:
    PHOTO_KEYS = [key_from(key) for key in env.text("PHOTO_KEYS", "").split(",") if key.strip()]
except ValueError as error:
    raise ImproperlyConfigured(f"PHOTO_KEYS: {error}") from error
# How long each class of data is kept; 0 keeps it. `prune_uploads` carries it out.
KEEP_UNCLAIMED_HOURS = env.number("KEEP_UNCLAIMED_HOURS", 72)  # a weekend without network
KEEP_ORIGINALS_DAYS = env.number("KEEP_ORIGINALS_DAYS", 0)
KEEP_EVIDENCE_DAYS = env.number("KEEP_EVIDENCE_DAYS", 0)
# nginx sends the copies itself from this internal location; empty: this process does.
PHOTO_ACCEL = env.text("PHOTO_ACCEL", "")
DATA_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024
FILE_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024

# Notifications: each way out is off without its settings; docs/operations.md describes them.
FCM_CREDENTIALS = env.text("FCM_CREDENTIALS", "")
# The demo pushes to a stand-in on this machine where it has no project of its own.
FCM_SANDBOX = DEMO and not FCM_CREDENTIALS
VAPID_PRIVATE_KEY = env.text("VAPID_PRIVATE_KEY", "")
VAPID_SUBJECT = env.text("VAPID_SUBJECT", PUBLIC_URL)
VAPID_PUBLIC_KEY = vapid_public_key(VAPID_PRIVATE_KEY)
WEBPUSH_HOSTS = env.words(
    "WEBPUSH_HOSTS",
    "fcm.googleapis.com,updates.push.services.mozilla.com,.push.services.mozilla.com,"
    ".notify.windows.com,.push.apple.com",
)
EMAIL_HOST = env.text("EMAIL_HOST", "")
EMAIL_PORT = env.number("EMAIL_PORT", 587 if env.flag("EMAIL_TLS") else 25)
EMAIL_USE_TLS = env.flag("EMAIL_TLS")
EMAIL_HOST_USER = env.text("EMAIL_USER", "")
EMAIL_HOST_PASSWORD = env.text("EMAIL_PASSWORD", "")
EMAIL_TIMEOUT = 20
DEFAULT_FROM_EMAIL = env.text("EMAIL_FROM", "Hiện Trường <khong-tra-loi@localhost>")
BOUNCE_SECRET = env.text("BOUNCE_SECRET", "")
SMS_URL, SMS_SECRET = env.text("SMS_URL", ""), env.text("SMS_SECRET", "")
SMS_PLAIN = env.flag("SMS_PLAIN")
ZALO_URL, ZALO_SECRET = env.text("ZALO_URL", ""), env.text("ZALO_SECRET", "")
WEBHOOK_SECRET = env.text("WEBHOOK_SECRET", "")
# At most so many a day for one person and topic; more than so many in ten minutes become one.
NOTIFY_A_DAY = env.number("NOTIFY_A_DAY", 30)
NOTIFY_AT_ONCE = env.number("NOTIFY_AT_ONCE", 5)
