"""What attacks on the wire need; each submission has it, and knows the other side's code."""

import os
import sys


def _session():
    frame = sys._getframe()
    while "number" not in frame.f_locals or "message" not in frame.f_locals:
        frame = frame.f_back
    return frame.f_locals["self"], frame.f_locals["number"]


def _msgpack():
    return sys.modules["bpgrade_child.encoding"].msgpack


def current_number():
    return _session()[1]


def wire():
    return _session()[0].writer


def framed(answer, raw=(b"", b"")):
    body = _msgpack().packb(answer).replace(*raw)
    return len(body).to_bytes(4, "little") + body


def send(body):
    os.write(wire(), len(body).to_bytes(4, "little") + body)


def send_answer(answer, raw=(b"", b"")):
    os.write(wire(), framed(answer, raw))


def answer_with(value):
    send_answer(["done", current_number(), value, [], []])


def extension(code, data):
    return _msgpack().ExtType(code, data)


def array(dtype, shape, content):
    return extension(1, _msgpack().packb([dtype, shape, content]))


def leave():
    os._exit(0)
