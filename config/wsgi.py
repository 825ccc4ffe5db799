"""The WSGI application: HTTP without sockets and without the stream of events.

A province may take in reports and photos by a WSGI server beside daphne, which alone speaks the
live feed; docs/operations.md says which address goes where.
"""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

application = get_wsgi_application()

# Its models need the apps that the line above loads.
from django.conf import settings  # noqa: E402

from config.checks import heed  # noqa: E402
from geo import locator  # noqa: E402

heed()
if settings.WATCH_AREAS:
    locator.watch()  # The thread starts with the first question, after a server has forked.
