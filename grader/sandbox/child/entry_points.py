"""The ways in which the untrusted side is started."""

from __future__ import annotations

import json
import os
import sys
from typing import Any, Final, NoReturn

from . import confinement, framing, scratch


def _settings(descriptor: int) -> dict[str, Any]:
    settings: dict[str, Any] = json.loads(framing.read_message(descriptor))
    return settings


def fork(descriptor: int) -> NoReturn:
    """Serve as a warm host until the control channel is closed."""
    import socket

    from . import fork_server

    lowest = os.dup(descriptor)  # it comes with the number that it has on the trusted side
    os.close(descriptor)
    control = socket.socket(fileno=lowest)
    fork_server.Host(control, _settings(lowest)).run()


def probe(descriptor: int) -> NoReturn:
    """Tell which of the layers hold for this process."""
    layers = confinement.confine(confinement.Confinement.read(_settings(descriptor)))
    framing.write_message(descriptor, json.dumps(layers).encode())
    os._exit(0)


def single() -> NoReturn:
    """Serve one submission: requests on standard input, answers on standard output.

    What the submission prints goes to standard error.
    """
    reader, writer = _take_over(0, os.O_RDONLY), _take_over(1, os.O_WRONLY)
    settings = _settings(reader)
    from . import preload

    serve = preload.import_packages(settings)
    os.chdir(settings["scratch"])
    scratch.offer(settings["data"])
    os.dup2(2, 1)
    layers = confinement.limit_resources(confinement.limits_to_set(settings["limits"]))
    serve(reader, layers, settings["limits"], writer)
    os._exit(0)


def _take_over(standard: int, mode: int) -> int:
    """Move a standard stream's descriptor elsewhere, without newline translation."""
    own = os.dup(standard)
    if sys.platform == "win32":
        import msvcrt

        msvcrt.setmode(own, os.O_BINARY)
    null = os.open(os.devnull, mode)
    os.dup2(null, standard)
    os.close(null)
    return own


MODES: Final = {"fork": fork, "probe": probe, "single": single}
