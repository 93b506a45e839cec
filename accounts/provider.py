"""Where django-allauth looks for the kinds of identity provider that exist here."""

from accounts.sso.oidc import OidcProvider
from accounts.sso.saml import SamlProvider

provider_classes = [OidcProvider, SamlProvider]
