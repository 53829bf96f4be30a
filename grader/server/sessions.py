"""Sessions in the database and whose they are, found by prepared queries: every request looks."""

from __future__ import annotations

from typing import Final

from django.contrib.auth.backends import ModelBackend
from django.contrib.sessions.backends import db
from django.contrib.sessions.models import Session
from django.utils import timezone

from grader.server.models import Person
from grader.server.prepared import PreparedQuery

_BY_KEY: Final[PreparedQuery[Session]] = PreparedQuery(
    lambda: Session.objects.filter(session_key="-1")
)
_PERSON: Final[PreparedQuery[Person]] = PreparedQuery(lambda: Person.objects.filter(pk=-1))


class Accounts(ModelBackend):
    """Django's accounts."""

    def get_user(self, user_id: int) -> Person | None:
        """Return who has this number, unless they may not log in any more."""
        found = _PERSON.first(user_id)
        return found if found is not None and self.user_can_authenticate(found) else None


class SessionStore(db.SessionStore):
    """Django's sessions."""

    def _get_session_from_db(self) -> Session | None:
        found = _BY_KEY.first(self.session_key)
        if found is not None and found.expire_date > timezone.now():
            return found
        self._session_key = None
        return None
