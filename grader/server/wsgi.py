"""The application that a web server runs; BPGRADE_SERVER_DATA names the server's folder."""

from __future__ import annotations

import os
from pathlib import Path

from grader.server import configuration

configuration.set_up(configuration.read(Path(os.environ["BPGRADE_SERVER_DATA"])))

from django.core.wsgi import get_wsgi_application  # noqa: E402 - after the settings

application = get_wsgi_application()
