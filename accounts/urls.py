"""Log in, log out, a forgotten password, school accounts. Of django-allauth only these pages exist."""

from allauth.account import views
from django.urls import path, re_path

from accounts.guard import guard, public
from accounts.roles import Permission
from accounts.sso import views as sso

urlpatterns = [
    path("inloggen/", public(views.login), name="account_login"),
    # Also for somebody whose last role has ended: they must be able to end their session.
    path("uitloggen/", public(views.logout), name="account_logout"),
    path("bevestigen/", guard(Permission.START)(views.reauthenticate), name="account_reauthenticate"),
    path("wachtwoord/", guard(Permission.START)(views.password_change), name="account_change_password"),
    path("wachtwoord/vergeten/", public(views.password_reset), name="account_reset_password"),
    path(
        "wachtwoord/vergeten/verzonden/",
        public(views.password_reset_done),
        name="account_reset_password_done",
    ),
    re_path(  # the key holds a dash itself, so the first dash is where it starts
        r"^wachtwoord/nieuw/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>[0-9A-Za-z-]+)/$",
        public(views.password_reset_from_key),
        name="account_reset_password_from_key",
    ),
    path(
        "wachtwoord/nieuw/klaar/",
        public(views.password_reset_from_key_done),
        name="account_reset_password_from_key_done",
    ),
    path("inloggen/met/<slug:slug>/", sso.begin, name="sso_begin"),
    path("inloggen/met/<slug:slug>/terug/", sso.oidc_return, name="openid_connect_callback"),
    path("inloggen/met/<slug:organization_slug>/saml/", sso.saml_acs, name="saml_acs"),
    path("inloggen/met/<slug:organization_slug>/saml/verder/", sso.saml_finish, name="saml_finish_acs"),
    path("inloggen/met/<slug:organization_slug>/saml/metadata/", sso.saml_metadata, name="saml_metadata"),
    path("inloggen/schoolaccounts/", sso.links, name="sso_links"),
    path("bevestigen/schoolaccount/", sso.confirm, name="sso_confirm"),
]
