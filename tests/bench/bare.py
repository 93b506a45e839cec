"""A bare Django page and a bare POST: what the pages of the product are compared with."""

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path

from tests.bench.app.models import PlainNote


class NoteForm(forms.ModelForm):
    class Meta:
        model = PlainNote
        fields = ("status", "text")


def listed(request: HttpRequest) -> HttpResponse:
    """Session, user, one query, 25 rows."""
    notes = PlainNote.objects.order_by("-id")[:25]
    return render(request, "bench/list.html", {"notes": notes}, using="bare")


def added(request: HttpRequest) -> HttpResponse:
    """Session, user, CSRF, ModelForm, one insert."""
    form = NoteForm(request.POST, instance=PlainNote(author_id=request.user.pk))
    if not form.is_valid():
        raise ValueError(form.errors.as_text())
    form.save()
    return redirect("/bare/")


urlpatterns = [path("bare/", listed), path("bare/new/", added)]
