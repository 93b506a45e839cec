"""Entry point for gunicorn. Refuses to start while a view says nobody who may call it, or a key is missing."""

import os

from django.core.exceptions import ImproperlyConfigured
from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "schoolsafety.settings")
application = get_wsgi_application()

from accounts.content.start import refuse_without_keys  # noqa: E402 - needs the apps to be ready
from accounts.guard import unguarded_views  # noqa: E402

if forgotten := unguarded_views():
    raise ImproperlyConfigured(f"Views without @guard or @public: {', '.join(forgotten)}")
refuse_without_keys()
