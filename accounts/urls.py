"""Log in, log out, a new password, the second step, one's sessions, school accounts, and the people of a board.

Of django-allauth only these pages exist.
"""

from typing import Any

from allauth.account import views
from allauth.mfa.recovery_codes import views as codes
from django.urls import include, path, re_path

from accounts import session_views
from accounts.factors import views as factors
from accounts.factors.rule import SET_UP, SHOW, before_second_step
from accounts.guard import guard, public
from accounts.roles import Permission
from accounts.sso import views as sso
from accounts.views import invitation, people, post

people_pages = [
    path("berichten/", post.my_messages, name="messages"),
    path("post/", post.post_and_work, name="post"),
    path("mensen/", people.people_list, name="people"),
    path("mensen/uitnodigen/", people.invite, name="invite"),
    path("mensen/<ref:reference>/", people.person, name="person"),
    path("mensen/<ref:reference>/rol/", people.role_new, name="role-new"),
    path("mensen/<ref:reference>/wachtwoord/", people.password_reset, name="password-reset"),
    path("mensen/<ref:reference>/tweede-stap/", people.second_step_lost, name="factors-reset"),
    path("mensen/<ref:reference>/uitloggen/", people.logged_out, name="sessions-end"),
    path("uitnodiging/<ref:reference>/opnieuw/", people.invitation_again, name="invitation-again"),
    path("uitnodiging/<ref:reference>/intrekken/", people.invitation_withdrawn, name="invitation-withdraw"),
    re_path(
        r"^uitnodiging/(?P<reference>[0-9A-Z-]{12})/(?P<token>[0-9a-f]{64})/$",
        invitation.invitation,
        name="invitation",
    ),
]
METHODS = ["get", "head", "post", "options"]  # a class-based view would also take a DELETE, without any event


def own(view: type[Any], purpose: str = SET_UP) -> Any:
    """A page about one's own second step, open to who has still to set one up (or to SHOW it)."""
    return _own(view.as_view(http_method_names=METHODS), purpose)


def _own(view: Any, purpose: str = SET_UP) -> Any:
    return guard(Permission.START)(before_second_step(purpose)(factors.known(view)))


urlpatterns = [
    path("", include((people_pages, "accounts"))),
    path("inloggen/", public(views.login), name="account_login"),
    # Also for somebody whose last role has ended: they must be able to end their session.
    path("uitloggen/", session_views.log_out, name="account_logout"),
    path(
        "inloggen/code/", public(factors.AuthenticateView.as_view(http_method_names=METHODS)), name="mfa_authenticate"
    ),
    path(
        "inloggen/toegangssleutel/",
        public(factors.LoginWebAuthnView.as_view(http_method_names=METHODS)),
        name="mfa_login_webauthn",
    ),
    path("bevestigen/", _own(views.reauthenticate), name="account_reauthenticate"),
    path("bevestigen/code/", own(factors.ReauthenticateView, SHOW), name="mfa_reauthenticate"),
    path(
        "bevestigen/toegangssleutel/", own(factors.ReauthenticateWebAuthnView, SHOW), name="mfa_reauthenticate_webauthn"
    ),
    path("tweede-stap/", own(factors.IndexView), name="mfa_index"),
    path("tweede-stap/app/", own(factors.ActivateTOTPView), name="mfa_activate_totp"),
    path("tweede-stap/app/verwijderen/", own(factors.DeactivateTOTPView), name="mfa_deactivate_totp"),
    path("tweede-stap/toegangssleutel/", own(factors.AddWebAuthnView), name="mfa_add_webauthn"),
    path("tweede-stap/toegangssleutel/<slug:code>/", own(factors.EditWebAuthnView), name="mfa_edit_webauthn"),
    path(
        "tweede-stap/toegangssleutel/<slug:code>/verwijderen/",
        own(factors.RemoveWebAuthnView),
        name="mfa_remove_webauthn",
    ),
    path("tweede-stap/noodcodes/", own(codes.ViewRecoveryCodesView), name="mfa_view_recovery_codes"),
    path("tweede-stap/noodcodes/bestand/", own(codes.DownloadRecoveryCodesView), name="mfa_download_recovery_codes"),
    path("tweede-stap/noodcodes/nieuw/", own(factors.GenerateRecoveryCodesView), name="mfa_generate_recovery_codes"),
    path("sessies/", session_views.sessions_page, name="sessions"),
    path("sessies/stand/", session_views.session_state, name="session_state"),
    path("sessies/hier/", session_views.session_here, name="session_here"),
    path("bewaard/", session_views.kept_words, name="kept_words"),
    path("bewaard/typen/", session_views.words_typed, name="words_typed"),
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
    path("bevestigen/schoolaccount/", before_second_step(SET_UP)(sso.confirm), name="sso_confirm"),
]
