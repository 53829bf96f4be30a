"""What a server is told when it starts, and Django's settings made of it."""

from __future__ import annotations

import json
import os
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, fields
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from grader.course import file_lock
from grader.course.files import write_private
from grader.errors import DISK_IS_FULL, UsageError, unreadable, unwritable
from grader.language import gettext_lazy as _
from grader.quick_dataclass import dataclass
from grader.server import logs
from grader.server.addresses import postgresql_settings

FILE: Final = "server.json"
SECRET: Final = "secret"
SQLITE: Final = "server.sqlite3"
_LOCK: Final = "server.lock"
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
    OSError
        The disk is full; what was kept before is still there.
    """
    folder = folder or Path(configuration.data)
    with _written_to(folder):
        write_private(folder / FILE, json.dumps(asdict(configuration)))


@contextmanager
def only_server(configuration: Configuration) -> Iterator[None]:
    """Hold a server's folder, which is made if need be, so that no second server begins there.

    Workers and commands may use it all the same. Where no server has come of a start, a folder
    that was made for it goes.

    Raises
    ------
    UsageError
        A server runs there, or the folder cannot be written to.
    OSError
        The disk is full.
    """
    folder = Path(configuration.data)
    with new_folder(folder) as is_new:
        with _written_to(folder):
            lock = file_lock.opened(folder / _LOCK)
        try:
            if not file_lock.take(lock):
                raise UsageError(
                    _("a server is running in {path} already", path=folder),
                    _("stop it first, or choose another folder with --data"),
                )
            try:
                yield
            except BaseException:
                if is_new and not (folder / FILE).exists():
                    shutil.rmtree(folder, ignore_errors=True)
                raise
        finally:
            os.close(lock)


@contextmanager
def new_folder(folder: Path) -> Iterator[bool]:
    """Have a private folder, and whether it was made here: then it goes if it is left empty.

    Raises
    ------
    UsageError
        It cannot be made.
    OSError
        The disk is full.
    """
    lacking = [each for each in (folder, *folder.parents) if not each.exists()]
    is_new = True
    with _written_to(folder):
        try:
            folder.mkdir(parents=True, mode=0o700)
        except FileExistsError:
            is_new = False
    try:
        yield is_new
    finally:
        for each in lacking if is_new else ():
            with suppress(OSError):  # there is something in it, or it is gone
                each.rmdir()


@contextmanager
def _written_to(folder: Path) -> Iterator[None]:
    """Say in words that a folder cannot be written to, and as the system does that it is full."""
    try:
        yield
    except OSError as error:
        if error.errno in DISK_IS_FULL:
            raise
        raise unwritable(folder, error, _("choose a folder you can write to with --data")) from None


def read(data: Path) -> Configuration:
    """Return the configuration of a server that has been started in this folder.

    Its folder is this one, wherever it was then: a copy must not lead to what it was copied from.

    Raises
    ------
    UsageError
        None has been, or what is kept of it can't be read.
    """
    path = data / FILE
    try:
        found = json.loads(path.read_text("utf-8"))
        known = {**found, "courses": tuple(found["courses"]), "data": str(data.resolve())}
    except (FileNotFoundError, NotADirectoryError):
        raise UsageError(
            _("no server has been started in {path}", path=data),
            _("start one: bpgrade serve --course DIR --data {path}", path=data),
        ) from None
    except OSError as error:
        raise unreadable(path, error) from None
    except (ValueError, TypeError, KeyError):
        raise UsageError(
            _("{path} is damaged", path=path),
            _("move it away, then start the server with all options; --database, if it had one"),
        ) from None
    if set(known) - {each.name for each in fields(Configuration)}:
        raise UsageError(
            _("a newer bpgrade has written {path}", path=path),
            "pip install --upgrade 'bpgrade[server]'",
        )
    return Configuration(**known)


def expect_database(known: Configuration) -> None:
    """Do nothing but where a SQLite is not there: opening it would make an empty one.

    Raises
    ------
    UsageError
        It is not.
    """
    path = Path(known.data) / SQLITE
    if not known.database and not path.exists():
        raise UsageError(
            _("no such database: {path}", path=path), _("check the folder after --data")
        )


def database_of(data: Path, wanted: str) -> str:
    """Return the database that a server in this folder is to have; nothing for SQLite.

    Parameters
    ----------
    data : Path
    wanted : str
        `postgresql://...`, or nothing for the one that it had last.

    Raises
    ------
    UsageError
        PostgreSQL is wanted where all that the server knows is in SQLite: it would begin empty.
    """
    if not (data / FILE).exists():
        return wanted
    known = read(data).database
    if wanted and not known and (data / SQLITE).exists():
        raise UsageError(
            _("the server in {path} keeps its data in SQLite", path=data),
            _(
                "move it with bpgrade serve backup and restore --database, or choose a new folder"
                " with --data"
            ),
        )
    return wanted or known


def set_up(configuration: Configuration) -> None:
    """Make this process one of the server's: Django knows its settings from here on.

    Raises
    ------
    UsageError
        The database's address makes no sense.
    """
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
            # before all that may fail: its page is guarded, too
            "django.middleware.clickjacking.XFrameOptionsMiddleware",
            "csp.middleware.CSPMiddleware",
            "django.contrib.sessions.middleware.SessionMiddleware",
            "django.middleware.common.CommonMiddleware",
            "django.middleware.csrf.CsrfViewMiddleware",
            "django.contrib.auth.middleware.AuthenticationMiddleware",
            "grader.server.middleware.Language",
            "grader.server.middleware.Unread",
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
        "AUTHENTICATION_BACKENDS": ["grader.server.sessions.Accounts"],
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
    with _written_to(folder):
        if not path.exists() or not path.stat().st_size:  # an older version left it empty
            write_private(path, secrets.token_urlsafe(64))  # where the disk was full
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
    return {
        **postgresql_settings(configuration.database),
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
    }
