"""A request to a submission's process, and the answer to it, with what it calls back between."""

from __future__ import annotations

import functools
import os
from collections.abc import Callable, Mapping
from dataclasses import field
from hashlib import blake2b
from typing import Any, Final

import msgpack

from grader.quick_dataclass import dataclass
from grader.sandbox.child.codec import decode, decode_with_objects, encode
from grader.sandbox.child.framing import WireError
from grader.sandbox.deadline import Deadline
from grader.sandbox.host import Wire
from grader.sandbox.replies import Reply, read_reply

_LONGEST_CALLBACK: Final = 65_536  # bytes: what the function makes of them is not limited
_ANSWER: Final = (str, int)  # what each begins with
_packed: Final[Callable[[Any], bytes]] = msgpack.Packer().pack
_DONE: Final = b"\x95" + _packed("done")


class CallRaised(Exception):  # noqa: N818 - an answer, not a mistake of ours
    """The answer to a request that gave no value, with its description, which may be anything."""

    def __init__(self, description: Any) -> None:
        super().__init__()
        self.description = description


@dataclass(slots=True, eq=False)
class CallRequest:
    """A call of one of the submission's functions, as it is sent; nothing in it is changed.

    Calls are equal that ask for the same, whatever is told of them. It is not frozen, which would
    take as long as encoding it does.

    Attributes
    ----------
    function : str
        Whose call it is.
    content : bytes
        What the request says, without its kind and number.
    arguments : int
        How many there are.
    text : str
        The call in words.
    others : mapping
        Functions that are asked first in the place of the submission's own of these names.
    known : int
        How many objects are known to the check; -1 where the answer may hold none.
    on_objects : bool
        Whether objects are among the arguments.
    after : str
        The cell as of which it is asked; empty where it is as of the end.
    loads : bool
        Whether it runs the submission anew.
    """

    function: str
    content: bytes
    arguments: int
    text: str
    others: Mapping[str, Callable[..., Any]]
    known: int = -1
    on_objects: bool = False
    after: str = ""
    loads: bool = False

    def __eq__(self, other: object) -> bool:
        if self is other:
            return True
        return isinstance(other, CallRequest) and self._asked_for() == other._asked_for()

    def _asked_for(self) -> tuple[object, ...]:
        return (
            *(self.content, self.function, self.arguments),
            *(self.known, self.on_objects, self.after, self.loads),
        )


class Answer:
    """The message that answers a call, which is read where it has to be.

    Attributes
    ----------
    digest : bytes
        The same for all answers that say the same; empty for one that is written in its own way.
    """

    def __init__(self, data: bytes, number: int, call: CallRequest) -> None:
        self._data = data
        self._call = call
        head = head_of(number)
        plain = data.startswith(head)
        self.digest = blake2b(data[len(head) :], digest_size=16).digest() if plain else b""

    @functools.cached_property
    def reply(self) -> Reply | None:
        """What it says; None where it is no answer to a call."""
        answer, known = read(self._data, self._call.known)
        return read_reply(answer, self._call.arguments, known)


def is_unknown(_digest: bytes) -> bool:
    """Return False: the answer has to be read."""
    return False


@dataclass(slots=True)
class Callbacks:
    """The functions of the trusted side that one request hands over, by number.

    What they return may have `max_bytes` at most.
    """

    max_bytes: int
    functions: list[Callable[..., Any]] = field(default_factory=list)

    def number_of(self, function: Callable[..., Any]) -> int:
        """Take a function in and return its number."""
        self.functions.append(function)
        return len(self.functions) - 1

    def carry_out(self, request: list[Any]) -> bytes:
        """Call the function that the submission asks for; return the message with its value.

        Raises
        ------
        WireError
            It asks for what was not handed to it.
        """
        if len(request) != 4:
            raise WireError("no callback")
        _, number, handle, arguments = request
        valid = type(handle) is int and 0 <= handle < len(self.functions)
        if not valid or not isinstance(arguments, list):
            raise WireError("a callback that was not handed out")
        try:
            answer = ["return", number, self.functions[handle](*arguments)]
            return encode(answer, max_bytes=self.max_bytes)
        except Exception as error:  # goes back to the student's code, which called it wrongly
            text = f"{type(error).__name__}: {error}"[:300].encode("utf-8", "replace").decode()
            return encode(["raise", number, text], max_bytes=self.max_bytes)


def new_number() -> int:
    """Return a number for a request, never 0: answers made up before it is asked cannot have it."""
    return new_numbers(1)[0]


def new_numbers(count: int) -> list[int]:
    """Return numbers for several requests; see `new_number`."""
    drawn = os.urandom(8 * count)
    return [int.from_bytes(drawn[at : at + 8], "big") | 1 for at in range(0, len(drawn), 8)]


def message(kind: str, number: int, request: bytes) -> bytes:
    """Return ["kind", number, *request], where the request is a list already packed."""
    items = request[0] & 0x0F  # a short list's first byte is 0x90 and its length
    return b"".join((bytes([0x90 | items + 2]), _packed(kind), _packed(number), request[1:]))


def answer_to(number: int, connection: Wire, callbacks: Callbacks, deadline: Deadline) -> bytes:
    """Return the answer to the request of this number, carrying out its callbacks meanwhile.

    What begins as the answer to a call is not read further.

    Raises
    ------
    ConnectionLost, TimeoutError
        The process is gone, or has not answered in time.
    WireError
        What it sent is no answer to this request.
    Failed
        The answer says that there is no value.
    """
    head = head_of(number)
    while not (data := receive(connection, deadline)).startswith(head):
        answer = decode(data)
        if not isinstance(answer, list) or tuple(map(type, answer[:2])) != _ANSWER:
            raise WireError("no answer")
        if answer[0] == "callback":
            if len(data) > _LONGEST_CALLBACK:
                raise WireError("too large arguments for a function of the check")
            connection.send([callbacks.carry_out(answer)], deadline.at)
        elif answer[1] != number:
            raise WireError("an answer to another call")
        elif answer[0] == "failed":
            raise CallRaised(answer[2] if len(answer) > 2 else None)
        else:
            break
    return data


def receive(connection: Wire, deadline: Deadline) -> bytes:
    """Return the next message; the time in which others had the processors does not count.

    Raises
    ------
    ConnectionLost, TimeoutError
        The process is gone, or has not answered in time.
    WireError
        It announces a message beyond the limit.
    """
    while True:
        try:
            return connection.receive(deadline.at)
        except TimeoutError:
            if not deadline.put_off():
                raise


def read(data: bytes, known: int = -1) -> tuple[list[Any], int]:
    """Return what an answer says, and how many objects are known then; nothing where it is none."""
    try:
        answer, known = decode_with_objects(data, known)
    except WireError:
        return [], known
    return answer if isinstance(answer, list) else [], known


def head_of(number: int) -> bytes:
    """Return how the answer to a call begins: a list of five, "done", the call's number."""
    return _DONE + _packed(number)
