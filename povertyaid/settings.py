"""One settings file, fed by the environment (.env.example lists every name)."""

import base64
import hmac
import os
import secrets
import sys
from datetime import date
from pathlib import Path

import environ
from django.core.exceptions import ImproperlyConfigured

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()
environ.Env.read_env(BASE_DIR / ".env")

DATA_DIR = Path(env("DATA_DIR", default=str(BASE_DIR / "var"))).resolve()
DATABASE_URL = env("DATABASE_URL", default="")
EMBEDDED_DATABASE = not DATABASE_URL and not env("DATABASE_URL_FILE", default="")
DEMO_MODE = env.bool("DEMO_MODE", default=EMBEDDED_DATABASE)
DEBUG = env.bool("DEBUG", default=False)


# --- secrets ---------------------------------------------------------------------------------
def secret(name: str, default: str = "") -> str:
    """A secret from NAME, or from the file NAME_FILE points to (container secrets)."""
    path = env(f"{name}_FILE", default="")
    if path:
        return Path(path).read_text(encoding="utf-8").strip()
    return env(name, default=default)


def demo_secrets() -> dict[str, str]:
    """The demo writes its own secrets once; production refuses to start with them."""
    path = DATA_DIR / "secrets.env"
    if not path.exists():
        try:
            DATA_DIR.mkdir(parents=True, exist_ok=True)
            descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:
            pass
        except OSError as error:
            sys.exit(f"数据目录 {DATA_DIR} 不能写入:{error.strerror}。请检查磁盘空间和权限,或用 DATA_DIR 另指一处。")
        else:
            with os.fdopen(descriptor, "w") as file:
                file.write(f"SECRET_KEY=demo-{secrets.token_urlsafe(48)}\n")
                file.write(f"FIELD_KEYS=demo1:{base64.b64encode(secrets.token_bytes(32)).decode()}\n")
                file.write(f"BLIND_INDEX_KEY={base64.b64encode(secrets.token_bytes(32)).decode()}\n")
    lines = path.read_text(encoding="utf-8").splitlines()
    return dict(line.split("=", 1) for line in lines if "=" in line)


_demo = demo_secrets() if DEMO_MODE else {}
SECRET_KEY = secret("SECRET_KEY", _demo.get("SECRET_KEY", ""))
FIELD_KEYS = secret("FIELD_KEYS", _demo.get("FIELD_KEYS", ""))
BLIND_INDEX_KEY = secret("BLIND_INDEX_KEY", _demo.get("BLIND_INDEX_KEY", ""))
# Payments are signed with a key of their own, made from the index key where none is given; like that one it is not rotated.
INTEGRITY_KEY = secret("INTEGRITY_KEY") or hmac.digest(BLIND_INDEX_KEY.encode(), b"payments", "sha256").hex()
for _name in ("SECRET_KEY", "FIELD_KEYS", "BLIND_INDEX_KEY"):
    if not globals()[_name]:
        raise ImproperlyConfigured(f"{_name} 没有设置:见 .env.example。")
if not DEMO_MODE and (SECRET_KEY.startswith("demo-") or FIELD_KEYS.startswith("demo")):
    raise ImproperlyConfigured("正式环境不能使用演示环境生成的密钥,请重新生成。")

# --- the city ----------------------------------------------------------------------------------
CITY_CODE = env("CITY_CODE", default="632801")
CITY_NAME = env("CITY_NAME", default="格尔木市")
PRODUCT_NAME = "精准扶贫与防返贫监测管理系统"
DEMO_TODAY = date.fromisoformat(env("DEMO_TODAY", default="2017-09-30")) if DEMO_MODE else None
PUBLIC_BASE_URL = env("PUBLIC_BASE_URL", default="http://localhost:8000")

# --- hosts and transport -------------------------------------------------------------------------
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["*"] if DEMO_MODE else [])
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])
SECURE_TRANSPORT = env.bool("SECURE_TRANSPORT", default=not DEMO_MODE)
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if SECURE_TRANSPORT else None
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_TRANSPORT
SECURE_HSTS_SECONDS = 31536000 if SECURE_TRANSPORT else 0
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CSRF_FAILURE_VIEW = "core.views.csrf_failure"

# --- applications --------------------------------------------------------------------------------
INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django.contrib.humanize",
    "django_htmx",
    "django_filters",
    "axes",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "procrastinate.contrib.django",
    "core",
    "accounts",
    "villages",
    "workflow",
    "households",
    "cadres",
    "assessments",
    "assistance",
    "funds",
    "reports",
    "demo",
]
ROOMS = INSTALLED_APPS[INSTALLED_APPS.index("core") :]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "core.middleware.SecurityHeaders",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "core.middleware.ActingAs",
    "accounts.middleware.SignInRules",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "axes.middleware.AxesMiddleware",
]
ROOT_URLCONF = "povertyaid.urls"
WSGI_APPLICATION = "povertyaid.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "OPTIONS": {
            "loaders": [
                (
                    "django.template.loaders.cached.Loader",
                    [
                        "django.template.loaders.filesystem.Loader",
                        "django.template.loaders.app_directories.Loader",
                    ],
                )
            ],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "core.context.frame",
            ],
        },
    }
]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"
INSTALLED_APPS.insert(0, "django.forms")

# --- database --------------------------------------------------------------------------------------
DATABASE_ROLE = env("DATABASE_ROLE", default="app")


def database(role: str) -> dict:
    """The connection of one role: the restricted application, or the owner for its few commands.

    With DATABASE_URL alone its login is the owner and the application steps down from it; production names
    two logins, so that there is nothing to step back up to.
    """
    # The connection's zone is Shanghai too, or `::date` is a day off before eight in the morning.
    # A page reads fifty rows: starting parallel workers costs more than they save.
    session = "-c timezone=Asia/Shanghai -c max_parallel_workers_per_gather=0"
    if EMBEDDED_DATABASE:
        from core import postgres

        entry = postgres.database_url(postgres.ensure_running(DATA_DIR), f"pa_{role}")
    else:
        owner_url = secret("DATABASE_OWNER_URL")
        entry = environ.Env.db_url_config(owner_url if role == "owner" and owner_url else secret("DATABASE_URL"))
        if role == "app" and not owner_url:
            session += " -c role=pa_app"
    name = env("DATABASE_NAME", default="")  # another database of the same server: bench has its own
    if name:
        entry["NAME"] = name
    options = {"connect_timeout": 10, **entry.get("OPTIONS", {}), "options": session}
    return {
        **entry,
        "ENGINE": "django.db.backends.postgresql",
        "CONN_MAX_AGE": 60,
        "ATOMIC_REQUESTS": True,
        "OPTIONS": options,
    }


DATABASES = {"default": database(DATABASE_ROLE)}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# --- language and time -------------------------------------------------------------------------------
LANGUAGE_CODE = "zh-hans"
TIME_ZONE = "Asia/Shanghai"
USE_I18N = True
USE_TZ = True

# --- sign-in -----------------------------------------------------------------------------------------
AUTH_USER_MODEL = "accounts.User"
LOGIN_URL = "accounts:sign-in"
LOGIN_REDIRECT_URL = "core:workbench"
LOGOUT_REDIRECT_URL = "accounts:sign-in"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "accounts.backends.NameAndPassword",
]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "accounts.passwords.LengthAndClasses"},
    {"NAME": "accounts.passwords.NotUserName"},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "accounts.passwords.NotUsedBefore"},
]
PASSWORD_MAX_AGE_DAYS = env.int("PASSWORD_MAX_AGE_DAYS", default=90)
SESSION_IDLE_MINUTES = env.int("SESSION_IDLE_MINUTES", default=30)
SESSION_ENGINE = "accounts.sessions"
SESSION_COOKIE_AGE = SESSION_IDLE_MINUTES * 60
SESSION_COOKIE_NAME = env("SESSION_COOKIE_NAME", default="pa_session")
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
CSRF_COOKIE_HTTPONLY = False
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = env.float("LOCKOUT_HOURS", default=0.25)
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_LOCKOUT_TEMPLATE = "accounts/locked.html"
AXES_RESET_ON_SUCCESS = True
AXES_VERBOSE = False
AXES_DISABLE_ACCESS_LOG = True
AXES_ENABLE_ADMIN = False
AXES_HTTP_RESPONSE_CODE = 429
# allauth keeps authenticators for us and nothing else: none of its pages, mails or limits.
ACCOUNT_RATE_LIMITS = False
ACCOUNT_USER_MODEL_EMAIL_FIELD = None
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
MFA_ADAPTER = "accounts.backends.SecondFactorKeeper"
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_ISSUER = f"{CITY_NAME}精准扶贫"
MFA_TOTP_TOLERANCE = 1
# The demo's users are one click away; who sets it up there uses it.
_asked = ["system_admin", "security_admin", "audit_admin", "bureau_approver", "township_checker", "finance", "org_department"]
SECOND_FACTOR_ROLES = env.list("SECOND_FACTOR_ROLES", default=[] if DEMO_MODE else _asked)

# --- static files and uploads ------------------------------------------------------------------------
STATIC_URL = "/static/"
STATIC_ROOT = Path(env("STATIC_ROOT", default=str(DATA_DIR / "static")))
STATICFILES_DIRS = [BASE_DIR / "static"]
WHITENOISE_USE_FINDERS = not (STATIC_ROOT / "staticfiles.json").exists()
STORAGES = {
    "default": {"BACKEND": "core.files.EncryptedStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if WHITENOISE_USE_FINDERS
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
MEDIA_ROOT = DATA_DIR / "files"
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 4000
FILE_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
FILE_UPLOAD_HANDLERS = [
    "core.files.RefuseHuge",
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "django.core.files.uploadhandler.TemporaryFileUploadHandler",
]
UPLOAD_REQUEST_LIMIT = 150 * 1024 * 1024  # a few files of the largest kind in one form

# --- logging: never a form value or an ID number -------------------------------------------------------
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"plain": {"format": "{asctime} {levelname} {name} {message}", "style": "{"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "plain"}},
    "root": {"handlers": ["console"], "level": env("LOG_LEVEL", default="WARNING")},
    "loggers": {"django.security.DisallowedHost": {"level": "ERROR"}, "pypdf": {"level": "CRITICAL"}},
}
SILENCED_SYSTEM_CHECKS = ["models.W042"]
