"""Identity providers for the tests: real processes that speak OpenID Connect and SAML, and lie when told to."""
