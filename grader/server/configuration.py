"""What a server is told when it starts, and Django's settings made of it."""

from __future__ import annotations

import json
import os
import secrets
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final
from urllib.parse import unquote, urlsplit

from grader.errors import UsageError, unwritable
from grader.extras import check_installed
from grader.language import gettext_lazy as _
from grader.server import logs

FILE: Final = "server.json"
SECRET: Final = "secret"
SQLITE: Final = "server.sqlite3"
_LONGEST_REQUEST: Final = 4 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Configuration:
    """A server's own folder, its database, its courses, and the address it has for others.

    Attributes
    ----------
    data : str
        The folder that holds the database, unless that is elsewhere, and the secret key.
    courses : tuple of str
        The folders of the courses, as absolute paths.
    database : str
        `postgresql://...`, or nothing for SQLite in the folder.
    address : str
        The address that browsers use, such as `https://grade.example.org`.
    private_platforms : bool
        Whether learning platforms may be at addresses of private networks.
    """

    data: str
    courses: tuple[str, ...]
    database: str = ""
    address: str = "http://127.0.0.1:8000"
    private_platforms: bool = False

    @property
    def is_secure(self) -> bool:
        """Whether browsers come by https."""
        return self.address.startswith("https://")


def write(configuration: Configuration, folder: Path | None = None) -> None:
    """Keep a configuration in its folder, or in another one, for workers and for maintenance.

    Raises
    ------
    UsageError
        The folder cannot be written to.
    """
    folder = folder or Path(configuration.data)
    new = folder / f"{FILE}.new"
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        new.touch(mode=0o600)
        new.write_text(json.dumps(asdict(configuration)), encoding="utf-8")
        new.replace(folder / FILE)  # whole, for whoever reads it just now
    except OSError as error:
        raise unwritable(folder, error, _("choose a folder you can write to with --data")) from None


def read(data: Path) -> Configuration:
    """Return the configuration of a server that has been started in this folder.

    Raises
    ------
    UsageError
        None has been.
    """
    try:
        found = json.loads((data / FILE).read_text("utf-8"))
        return Configuration(**{**found, "courses": tuple(found["courses"])})
    except (OSError, ValueError, TypeError, KeyError):
        raise UsageError(
            _("no server has been started in {path}", path=data),
            _("start one: bpgrade serve --course DIR --data {path}", path=data),
        ) from None


def known_database(data: Path) -> str:
    """Return the database that the server in this folder had last; nothing for SQLite."""
    return read(data).database if (data / FILE).exists() else ""


def set_up(configuration: Configuration) -> None:
    """Make this process one of the server's: Django knows its settings from here on.

    Raises
    ------
    UsageError
        The extra `server` is not installed, or the database's address makes no sense.
    """
    check_installed("server", _("the server"))
    import django
    from django.conf import settings

    if not settings.configured:
        settings.configure(**_settings(configuration))
        django.setup()


def _settings(configuration: Configuration) -> dict[str, Any]:
    host = urlsplit(configuration.address).hostname or "127.0.0.1"
    return {
        "BPGRADE": configuration,
        "DEBUG": False,
        "SECRET_KEY": _secret(Path(configuration.data)),
        "ALLOWED_HOSTS": [host, "127.0.0.1", "localhost", "[::1]"],
        "ROOT_URLCONF": "grader.server.urls",
        "INSTALLED_APPS": [
            "django.contrib.auth",
            "django.contrib.contenttypes",
            "django.contrib.sessions",
            "django_ace",  # for its static files
            "grader.server",
        ],
        "MIDDLEWARE": [
            "grader.server.lti.framing.Framing",
            "django.middleware.security.SecurityMiddleware",
            "whitenoise.middleware.WhiteNoiseMiddleware",
            "django.contrib.sessions.middleware.SessionMiddleware",
            "django.middleware.common.CommonMiddleware",
            "django.middleware.csrf.CsrfViewMiddleware",
            "django.contrib.auth.middleware.AuthenticationMiddleware",
            "grader.server.middleware.Language",
            "django.middleware.clickjacking.XFrameOptionsMiddleware",
            "csp.middleware.CSPMiddleware",
        ],
        "TEMPLATES": [
            {
                "BACKEND": "django.template.backends.jinja2.Jinja2",
                "DIRS": [Path(__file__).parent / "templates"],
                "OPTIONS": {"environment": "grader.server.rendering.environment"},
            }
        ],
        "DATABASES": {"default": database_settings(configuration)},
        "DEFAULT_AUTO_FIELD": "django.db.models.BigAutoField",
        **_accounts(),
        **_browser_security(configuration),
        **_static_files(),
        "DATA_UPLOAD_MAX_MEMORY_SIZE": _LONGEST_REQUEST,
        "DATA_UPLOAD_MAX_NUMBER_FIELDS": 200,
        "DATA_UPLOAD_MAX_NUMBER_FILES": 50,
        "FILE_UPLOAD_MAX_MEMORY_SIZE": _LONGEST_REQUEST,
        "USE_TZ": True,
        "USE_I18N": False,  # the product's own catalogue
        "LOGGING": logs.SETTINGS,
    }


def _accounts() -> dict[str, Any]:
    return {
        "AUTH_USER_MODEL": "server.Person",
        "AUTHENTICATION_BACKENDS": ["django.contrib.auth.backends.ModelBackend"],
        "PASSWORD_HASHERS": ["django.contrib.auth.hashers.Argon2PasswordHasher"],
        "AUTH_PASSWORD_VALIDATORS": [
            {
                "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
                "OPTIONS": {"min_length": 10},
            },
            {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
        ],
        "LOGIN_URL": "/login/",
    }


def _browser_security(configuration: Configuration) -> dict[str, Any]:
    """Return what browsers are told and held to: cookies, frames, where a page may load from."""
    secure = configuration.is_secure
    return {
        "SESSION_ENGINE": "grader.server.sessions",
        "SESSION_COOKIE_NAME": "bpgrade",
        "SESSION_COOKIE_AGE": 14 * 24 * 3600,
        "SESSION_COOKIE_SECURE": secure,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "CSRF_COOKIE_SECURE": secure,
        "CSRF_COOKIE_HTTPONLY": True,
        "CSRF_TRUSTED_ORIGINS": [configuration.address],
        "CSRF_FAILURE_VIEW": "grader.server.views.accounts.form_expired",
        "SECURE_PROXY_SSL_HEADER": ("HTTP_X_FORWARDED_PROTO", "https") if secure else None,
        "SECURE_SSL_REDIRECT": False,  # the proxy's: it alone has the certificate
        "SECURE_HSTS_SECONDS": 31_536_000 if secure else 0,
        "SECURE_REFERRER_POLICY": "same-origin",
        "X_FRAME_OPTIONS": "SAMEORIGIN",  # reports are shown in a frame of our own page
        # the proxy redirects, our own pages frame reports, the other hosts of a domain are not ours
        "SILENCED_SYSTEM_CHECKS": [f"security.W0{each}" for each in ("05", "08", "19", "21")],
        "CONTENT_SECURITY_POLICY": {
            "DIRECTIVES": {
                "default-src": ["'none'"],
                "script-src": ["'self'"],
                "style-src": ["'self'"],
                "img-src": ["'self'", "data:"],
                "connect-src": ["'self'"],
                "frame-src": ["'self'"],
                "form-action": ["'self'"],
                "base-uri": ["'none'"],
                "frame-ancestors": ["'self'"],
            }
        },
    }


def _static_files() -> dict[str, Any]:
    return {
        "STATIC_URL": "/static/",
        "WHITENOISE_ROOT": None,
        "WHITENOISE_AUTOREFRESH": False,
        "WHITENOISE_USE_FINDERS": True,
        "WHITENOISE_IMMUTABLE_FILE_TEST": "/django_ace/",
        "STATICFILES_DIRS": [Path(__file__).parent / "static"],
    }


def _secret(folder: Path) -> str:
    path = folder / SECRET
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_text("ascii")
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(secrets.token_urlsafe(64))
    return path.read_text("ascii")


def database_settings(configuration: Configuration) -> dict[str, Any]:
    """Return a server's database as Django has it.

    Raises
    ------
    UsageError
        Its address makes no sense.
    """
    if not configuration.database:
        return {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": Path(configuration.data) / SQLITE,
            "CONN_MAX_AGE": None,
            "OPTIONS": {
                "transaction_mode": "IMMEDIATE",
                "timeout": 20,
                "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;",
            },
        }
    parts = urlsplit(configuration.database)
    if parts.scheme not in ("postgresql", "postgres") or not parts.path.strip("/"):
        raise UsageError(
            _("{address} is not the address of a database", address=configuration.database),
            _("write it as postgresql://user:password@host:port/name"),
        )
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": parts.path.strip("/"),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": unquote(parts.hostname or ""),
        "PORT": str(parts.port or ""),
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
    }
