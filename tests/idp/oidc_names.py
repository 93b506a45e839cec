"""Under which name the program is known at the OpenID Connect provider of the tests."""

CLIENT, SECRET = "schoolsafety", "a-secret-of-the-test"
