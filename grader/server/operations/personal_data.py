"""All that a server holds of one person: taken out as a zip, or deleted for good.

What is theirs is found by the models themselves: whatever goes with a person when the database
deletes them. What names somebody without belonging to them is listed here, and so is what holds
nothing of anybody. A test asks for each model where it stands.
"""

from __future__ import annotations

import json
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from django.apps import apps
from django.contrib.sessions.models import Session
from django.core import serializers
from django.core.serializers.json import DjangoJSONEncoder
from django.db import transaction
from django.db.models import CASCADE, SET_NULL, BinaryField, Field, ForeignKey, Model, Q, QuerySet

from grader.decisions.decision import ALL
from grader.errors import UsageError
from grader.language import gettext_lazy as _
from grader.server.lti.models import LtiLogin
from grader.server.models import AuditEntry, Person, RecordedDecision, noted
from grader.server.operations import archive

BY_NAME: Final = {
    "server.RecordedDecision": "decisions on them go; in their own on others the name is replaced",
    "server.AuditEntry": "what was done stays, without the name",
    "sessions.Session": "those of the person go",
    "server.LtiLogin": "launches under way, ten minutes at most: all go, whoever's they are",
}
"""Models that name a person without belonging to one, and what becomes of their rows."""
NOBODYS: Final = {
    "server.ServedCourse": "a course and its folder",
    "server.LtiPlatform": "a learning platform",
    "server.LtiKey": "the server's own keys",
    "server.LtiCourse": "a course on a platform",
    "server.LtiColumn": "a column of a platform's gradebook",
    "contenttypes.ContentType": "Django's list of models",
    "auth.Permission": "Django's, not used",
    "auth.Group": "Django's, not used",
    "auth.Group_permissions": "Django's, not used",
}
"""Models that hold nothing of anybody."""
_SECRETS: Final = re.compile(r"password|token|secret|digest")
_UNSAFE: Final = re.compile(r"[^\w.-]+")
_WITH_ROLES: Final = ("people", "role", "removed")
"""Actions that are noted with roles behind the id, words that may be somebody's id themselves."""


def find(username: str) -> Person:
    """Return a person by the name that they log in with.

    Raises
    ------
    UsageError
        There is nobody of that name.
    """
    found = Person.objects.filter(username=username).first()
    if found is None:
        raise UsageError(
            _("nobody logs in as {name}", name=username),
            _("look under Desk, People: the id is the name to log in with"),
        )
    return found


def owned() -> dict[type[Model], tuple[str, ...]]:
    """Return the models whose rows go with a person, each with the ways from a row to them."""
    found: dict[type[Model], tuple[str, ...]] = {Person: ("pk",)}
    while True:
        known = dict(found)
        for model in apps.get_models(include_auto_created=True):
            if ways := tuple(_ways(model, known)):
                found[model] = ways
        if found == known:
            return found


def undecided() -> list[str]:
    """Return the models of which nobody has said what becomes of them when a person is deleted."""
    return [
        model._meta.label
        for model in apps.get_models(include_auto_created=True)
        if model not in owned() and model._meta.label not in {**BY_NAME, **NOBODYS}
    ]


def _ways(model: type[Model], known: dict[type[Model], tuple[str, ...]]) -> Iterator[str]:
    if model is Person:
        yield "pk"
        return
    for field in _keys(model, CASCADE):
        for way in known.get(field.remote_field.model, ()):
            yield field.name if way == "pk" else f"{field.name}__{way}"


def _keys(model: type[Model], on_delete: object) -> list[ForeignKey[Any, Any]]:
    return [
        field
        for field in model._meta.get_fields()
        if isinstance(field, ForeignKey)
        and field.remote_field.on_delete is on_delete
        and field.remote_field.model is not model
    ]


def rows(person: Person) -> Iterator[tuple[str, QuerySet[Any]]]:
    """Give what a server holds of a person, with the name of each table."""
    for model, ways in owned().items():
        whose = Q()
        for way in ways:
            whose |= Q(**{way: person.pk})
        yield model._meta.label, model._base_manager.filter(whose).order_by("pk").distinct()
    for model in apps.get_models():
        for field in _keys(model, SET_NULL):
            if field.remote_field.model is Person:
                name = f"{model._meta.label} ({field.name})"
                yield name, model._base_manager.filter(**{field.name: person}).order_by("pk")
    yield RecordedDecision._meta.label, RecordedDecision.objects.filter(student=person.username)


def export(person: Person, file: Path) -> None:
    """Write all that is held of a person to a zip: tables as JSON, what was handed in as files.

    Raises
    ------
    UsageError
        The file is there already, or can't be written.
    """
    with archive.beside(file) as folder, archive.published(folder, file) as zipped:
        for name, found in rows(person):
            _write(zipped, name.rpartition("server.")[2], found)


def _write(zipped: zipfile.ZipFile, name: str, found: QuerySet[Any]) -> None:
    told = []
    for row in found.iterator(20):
        [plain] = serializers.serialize("python", [row])
        fields = {"id": plain["pk"], **plain["fields"]}
        for field in row._meta.concrete_fields:
            if _SECRETS.search(field.name):
                fields.pop(field.name, None)
            elif isinstance(field, BinaryField):
                fields[field.name] = path = _path(name, row, field)
                zipped.writestr(path, bytes(getattr(row, field.name)))
        told.append(fields)
    if told:
        text = json.dumps(told, cls=DjangoJSONEncoder, ensure_ascii=False, indent=1)
        zipped.writestr(f"{name}.json", text)


def _path(name: str, row: Model, field: Field[Any, Any]) -> str:
    own = next((key for key in ("file_name", "path") if hasattr(row, key)), None)
    called = _UNSAFE.sub("_", str(getattr(row, own)) if own else field.name)
    return f"{name}/{row.pk}-{called}"


def delete(person: Person) -> None:
    """Delete a person and all that is theirs, for good, in one transaction.

    What they have done to others stays, without their name: "deleted person 17".
    """
    called = f"deleted person {person.pk}"
    names = [name for name in (person.username, person.name) if name]
    with transaction.atomic():
        RecordedDecision.objects.filter(student=person.username).exclude(student=ALL).delete()
        for row in RecordedDecision.objects.filter(row__contains=json.dumps(person.username)):
            _rename(row, person.username, called)
        mentioned = Q(person=person)
        for name in names:
            mentioned |= Q(about__contains=name)
        for entry in AuditEntry.objects.filter(mentioned):
            entry.about = _about_without(entry, names, called)
            entry.save(update_fields=["about"])
        for session in Session.objects.all().iterator():
            if session.get_decoded().get("_auth_user_id") == str(person.pk):
                session.delete()
        LtiLogin.objects.all().delete()
        person.delete()
        noted(None, None, "delete person", called)


def _rename(row: RecordedDecision, username: str, called: str) -> None:
    told = json.loads(row.row)
    if told["by"] == username:
        row.row = json.dumps({**told, "by": called})
        row.save(update_fields=["row"])


def _about_without(entry: AuditEntry, names: list[str], called: str) -> str:
    if entry.action not in _WITH_ROLES:
        return _without(entry.about, names, called)
    who, colon, roles = entry.about.partition(": ")
    return _without(who, names, called) + colon + roles if colon else entry.about


def _without(text: str, names: list[str], called: str) -> str:
    for name in names:
        text = re.sub(rf"(?<!\w){re.escape(name)}(?!\w)", called, text)
    return text
