"""Logging in with an account of one's school: OpenID Connect and SAML, through django-allauth.

`config` reads what the operator wrote, `seen` holds the rules (pure), `oidc` and `saml` speak the protocols, `arrival`
decides what somebody who comes back may do, `services` writes, `proof` is what the rest of the program asks a session.
docs/decisions/0007-school-accounts.md says why.
"""
