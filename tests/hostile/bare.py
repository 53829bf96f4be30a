"""The sandbox with one layer taken away, to see that the layer is what stops an attack."""

from __future__ import annotations

import contextlib
import itertools
import pickle
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any, Final

import msgpack
import numpy as np
import pytest
from hostile.scene import HOSTILE, Attack, Scene

import grader.sandbox.child
from grader.sandbox import (
    exchange,
    failures,
    forking,
    launch,
    process,
    replies,
    submission_session,
)
from grader.sandbox.child import codec

CHILD_LINES: Final = {
    "limits": ("confinement.py", "    for kind, value in wanted:", "    for kind, value in ():"),
    "watch": ("fork_server.py", "        if self.exceeded:\n            return", "        return"),
    "cleaning": (
        "fork_server.py",
        "        if not processes.end_below():\n            os._exit(1)\n"
        "        scratch.empty(self.scratch)\n",
        "",
    ),
    "links": ("scratch.py", "entry.is_dir(follow_symlinks=False)", "entry.is_dir()"),
    "keyring": ("fork_server.py", "        kernel.leave_keys()\n", ""),
    "descriptors": ("fork_server.py", "    os.closerange(4, highest)\n", ""),
}
"""By layer the file of the untrusted side, a text in it, and what stands there without it."""

_TRUSTED_LINES: Final = {
    "noise": (process, "except WireError:", "except ZeroDivisionError:"),
    "answers ahead": (submission_session, "self._process.wire.pending()", "False"),
    "numbering": (exchange, "answer[1] != number", "False"),
    "kinds": (replies, 'answer[0] != "done"', "False"),
    "descriptions": (failures, "not isinstance(description, dict)", "False"),
    "bounds": (replies, "len(text) <= _LONGEST_TEXT", "True"),
}


def replaced(source: str, old: str, new: str) -> str:
    assert old in source, f"{old!r} is no longer there: what does its work now?"
    return source.replace(old, new)


def child_without(layer: str, folder: Path) -> Path:
    """Copy the untrusted side and take a layer out of it."""
    name, old, new = CHILD_LINES[layer]
    copy = folder / f"child-{layer}"
    shutil.copytree(Path(grader.sandbox.child.__file__).parent, copy)
    files = {name: [(old, new)]}
    if layer == "descriptors":
        files[name].append(("        self.control.close()\n", "        self.control.detach()\n"))
        higher = '__import__("fcntl").fcntl(descriptor, 0, 50)'
        files["entry_points.py"] = [("os.dup(descriptor)", higher)]
    if layer == "limits":  # of what it allots, the watch sees some too
        files["fork_server.py"] = [('if "seccomp" in self.confinement.layers:', "if True:")]
    if layer == "links":
        files[name].append(("os.O_DIRECTORY | os.O_NOFOLLOW", "os.O_DIRECTORY"))
    for file, changes in files.items():
        path = copy / file
        text = path.read_text(encoding="utf-8")
        for change in changes:
            text = replaced(text, *change)
        path.write_text(text, encoding="utf-8")
    return copy


@contextlib.contextmanager
def without(layer: str, folder: Path) -> Iterator[None]:
    """Take a layer away; the isolation to use with it is the basic one."""
    with pytest.MonkeyPatch.context() as patch:
        if layer in CHILD_LINES:
            copy = child_without(layer, folder)
            patch.setattr(launch, "child_folder", lambda: copy)
        elif layer in _TRUSTED_LINES:
            if layer == "answers ahead":  # numbers that can be guessed, too
                patch.setattr(exchange, "new_number", itertools.count(1).__next__)
            _rewrite(patch, *_TRUSTED_LINES[layer])
        elif layer == "environment":
            real = launch.environment
            patch.setattr(launch, "environment", lambda place: {**_environment(), **real(place)})
        elif layer == "decoder":
            patch.setattr(exchange, "decode", _careless)
            patch.setattr(
                exchange, "decode_with_objects", lambda data, known: (_careless(data), known)
            )
        elif layer == "kernel":
            patch.setattr(forking, "_ANSWER_SECONDS", 2.0)  # a host is stopped: who waits for it?
        else:
            assert layer in ("clock", "output"), layer  # limits of the course
        yield


def _environment() -> dict[str, str]:
    import os

    return dict(os.environ)


def _rewrite(patch: pytest.MonkeyPatch, module: ModuleType, old: str, new: str) -> None:
    """Put a changed copy of a module's classes and functions in the places of the real ones."""
    source = Path(str(module.__file__)).read_text(encoding="utf-8")
    changed = ModuleType(module.__name__)
    changed.__dict__.update(__file__=module.__file__, __package__=module.__package__)
    patch.setitem(sys.modules, module.__name__, changed)  # dataclasses look for it there
    exec(compile(replaced(source, old, new), str(module.__file__), "exec"), changed.__dict__)
    if module is submission_session:
        patch.setattr(submission_session, "SubmissionSession", changed.SubmissionSession)
    elif module is process:
        patch.setattr(submission_session, "Process", changed.Process)
    elif module is exchange:
        patch.setattr(exchange, "answer_to", changed.answer_to)
    elif module is replies:
        patch.setattr(exchange, "read_reply", changed.read_reply)
    else:
        patch.setattr(failures, "described", changed.described)
        patch.setattr(
            submission_session.failures, "described", _keeping_the_type(changed.described)
        )


def _keeping_the_type(described: Any) -> Any:
    def call(*arguments: Any) -> failures.CallFailure:
        found = described(*arguments)
        return failures.CallFailure(found.outcome, found.feedback, found.line)

    return call


def _careless(data: bytes) -> Any:
    """Decode as a program does that trusts what it reads."""
    if data[:1] == pickle.PROTO:
        return pickle.loads(data)
    most = 2**32 - 1
    return msgpack.unpackb(
        data,
        strict_map_key=False,
        ext_hook=_careless_extension,
        max_str_len=most,
        max_array_len=most,
        max_map_len=most,
    )


def _careless_extension(code: int, data: bytes) -> Any:
    if code == codec.decoding.ARRAY:
        name, shape, content = msgpack.unpackb(data)
        return np.frombuffer(content, dtype=name).reshape(shape)
    return str(int.from_bytes(data, "little", signed=True))


def attained_naively(attack: Attack, scene: Scene) -> set[str]:
    """Grade an attack in one process with its check."""
    scene.set(wait=0.0, patience=0.0)
    path, outcome = scene.folder / "attack.py", Path(scene.given["outcome"])
    path.write_text(attack.source, encoding="utf-8")
    outcome.unlink(missing_ok=True)
    done = subprocess.run(
        [sys.executable, str(HOSTILE / "naive.py"), str(path), scene.given["checks"], str(outcome)],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    if outcome.exists():
        verdict = outcome.read_text(encoding="utf-8")
    elif '{"outcome": "passed"}' in done.stdout or done.returncode == 0:
        verdict = "passed"
    else:
        return {"ungraded"}
    return {"earned"} if verdict == "passed" else set()
