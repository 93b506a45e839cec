"""The second step of logging in: who needs it, what proves it, and how it is set up, on top of django-allauth."""
