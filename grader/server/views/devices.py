"""The computers that may hand in for somebody: letting one, refusing it, ending it."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from grader.server import access, limits
from grader.server import computers as known
from grader.server.form_fields import number_in
from grader.server.models import Person
from grader.server.rendering import failure_page, page


@access.person
def computers(request: HttpRequest, person: Person) -> HttpResponse:
    """Show a person's computers, ask for the code of another one, and whether it is theirs."""
    if request.method != "POST":
        return _page(request, person)
    if number := request.POST.get("end", ""):
        known.end(person, number_in(number))
        return HttpResponseRedirect(reverse("computers"))
    code = request.POST.get("code", "")
    if limits.too_many("code", str(person.pk), request):
        return failure_page(request, "rate", 429)
    asking = known.asking(code)
    if asking is None:
        return _page(request, person, "code")
    said = request.POST.get("answer", "")
    if said not in ("allow", "refuse"):
        return page(request, "computer.html", asking=asking)
    known.answer(asking, person, allow=said == "allow")
    return _page(request, person, said)


def _page(request: HttpRequest, person: Person, told: str = "") -> HttpResponse:
    """Show the page; `told` is what has come of what somebody has just said."""
    status = 400 if told == "code" else 200
    return page(request, "computers.html", status, computers=known.of_person(person), told=told)
