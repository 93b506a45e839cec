"""All addresses. Each view says itself who may call it; tests/architecture/matrix.py holds a row for each."""

from django.conf import settings
from django.urls import include, path

from schoolsafety import views

urlpatterns = [
    path("livez", views.livez, name="livez"),
    path("readyz", views.readyz, name="readyz"),
    path("taal/", views.language, name="set_language"),
    path("", include("accounts.urls")),
    path("", include("escalation.urls")),
    path("", include("signals.urls")),
]

if settings.DEMO:
    from schoolsafety.demo.post import sent_mail

    urlpatterns.append(path("demo/post/", sent_mail, name="demo_post"))

handler400 = "schoolsafety.errors.bad_request"
handler403 = "schoolsafety.errors.permission_denied"
handler404 = "schoolsafety.errors.not_found"
handler500 = "schoolsafety.errors.server_error"
