"""Computers that hand in for somebody: one asks, its person allows it in a browser, it has a token.

As RFC 8628 has it. The computer shows a code, which its person types in a browser where they are
logged in; no link holds the code, so that nobody is led to allow a computer of somebody else's with
a click. Tokens and device codes are kept as digests.
"""

from __future__ import annotations

import secrets
from datetime import timedelta
from typing import Final

from django.db import transaction
from django.utils import timezone

from grader.quick_dataclass import dataclass
from grader.report.safe_text import visible
from grader.server.digests import digest
from grader.server.models import AskingComputer, Computer, Person, noted

ASKS_FOR: Final = timedelta(minutes=10)
TOKEN_LASTS: Final = timedelta(days=120)
POLL_SECONDS: Final = 3
_USED_WITHIN: Final = timedelta(hours=12)  # how exactly the last use is kept: seldom written
_LETTERS: Final = "BCDFGHJKLMNPQRSTVWXZ"  # no vowels, so no words; nothing looks like a digit
_CODE_LENGTH: Final = 8
_LONGEST_NAME: Final = 100


@dataclass(frozen=True, slots=True)
class Codes:
    """What a computer that asks is given: the code that it keeps, and the one that it shows."""

    device: str
    user: str


def ask(name: str) -> Codes:
    """Return the codes for a computer that asks to hand in for whoever types its code."""
    now = timezone.now()
    AskingComputer.objects.filter(expires__lt=now).delete()
    codes = Codes(secrets.token_urlsafe(32), _drawn_code())
    AskingComputer.objects.create(
        device_digest=digest(codes.device),
        user_code=codes.user,
        name=visible(name, lines=False)[:_LONGEST_NAME],
        expires=now + ASKS_FOR,
    )
    return codes


def asking(typed: str) -> AskingComputer | None:
    """Return the computer that shows a code and has no answer yet; None where there is none."""
    code = "".join(letter for letter in typed.upper()[:20] if letter in _LETTERS)
    return AskingComputer.objects.filter(
        user_code=_spaced(code), person=None, refused=False, expires__gt=timezone.now()
    ).first()


def answer(computer: AskingComputer, person: Person, *, allow: bool) -> bool:
    """Let a computer hand in for a person, or not; return whether nobody was faster."""
    with transaction.atomic():
        unanswered = AskingComputer.objects.filter(pk=computer.pk, person=None, refused=False)
        new = {"person": person} if allow else {"refused": True}
        answered = bool(unanswered.update(**new))
        if answered and allow:
            noted(person, None, "computer allowed")
    return answered


def polled(device_code: str) -> AskingComputer | None:
    """Return the computer that asks with a code; None where that is too old or was never given."""
    return AskingComputer.objects.filter(
        device_digest=digest(device_code), expires__gt=timezone.now()
    ).first()


def token_for(asked: AskingComputer) -> str | None:
    """Return a token for a computer that was allowed, once: afterwards its code is used up."""
    with transaction.atomic():
        deleted, _ = AskingComputer.objects.filter(pk=asked.pk).exclude(person=None).delete()
        if not deleted:
            return None
        token = secrets.token_urlsafe(32)
        Computer.objects.create(
            token_digest=digest(token),
            person=asked.person,
            name=asked.name,
            expires=timezone.now() + TOKEN_LASTS,
        )
    return token


def computer_of(token: str) -> Computer | None:
    """Return the computer that a token was given to; None where it is too old or was ended."""
    now = timezone.now()
    found = (
        Computer.objects.filter(token_digest=digest(token), expires__gt=now, person__is_active=True)
        .select_related("person")
        .first()
    )
    if found is not None and (found.last_used is None or now - found.last_used > _USED_WITHIN):
        Computer.objects.filter(pk=found.pk).update(last_used=now)
    return found


def of_person(person: Person) -> list[Computer]:
    """Return the computers that may hand in for a person, the newest first."""
    return list(Computer.objects.filter(person=person, expires__gt=timezone.now()).order_by("-id"))


def end(person: Person, number: int) -> None:
    """Let a computer hand in no more for a person; do nothing where it is not theirs."""
    with transaction.atomic():
        ended, _ = Computer.objects.filter(person=person, pk=number).delete()
        if ended:
            noted(person, None, "computer ended")


def _drawn_code() -> str:
    return _spaced("".join(secrets.choice(_LETTERS) for _ in range(_CODE_LENGTH)))


def _spaced(code: str) -> str:
    return f"{code[:4]}-{code[4:]}"
