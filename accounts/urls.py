"""Log in, log out, and a forgotten password. Of django-allauth only these pages exist."""

from allauth.account import views
from django.urls import path

from accounts.guard import guard, public
from accounts.roles import Permission

urlpatterns = [
    path("inloggen/", public(views.login), name="account_login"),
    path("uitloggen/", guard(Permission.START)(views.logout), name="account_logout"),
    path("wachtwoord/", guard(Permission.START)(views.password_change), name="account_change_password"),
    path("wachtwoord/vergeten/", public(views.password_reset), name="account_reset_password"),
    path(
        "wachtwoord/vergeten/verzonden/",
        public(views.password_reset_done),
        name="account_reset_password_done",
    ),
    path(
        "wachtwoord/nieuw/<str:uidb36>-<str:key>/",
        public(views.password_reset_from_key),
        name="account_reset_password_from_key",
    ),
    path(
        "wachtwoord/nieuw/klaar/",
        public(views.password_reset_from_key_done),
        name="account_reset_password_from_key_done",
    ),
]
