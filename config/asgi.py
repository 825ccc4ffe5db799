"""The ASGI application: HTTP by Django, the live feed by its own application."""

import os

import django
from channels.routing import ProtocolTypeRouter

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

django.setup(set_prefix=False)

# Their models need the apps that the line above loads.
from django.conf import settings  # noqa: E402

from config.checks import heed  # noqa: E402
from config.handler import WholeRequests  # noqa: E402
from config.intake import bound_requests, headers_only_for_head  # noqa: E402
from geo import locator  # noqa: E402
from realtime.urls import sockets, with_stream  # noqa: E402

heed()
bound_requests()
if settings.WATCH_AREAS:
    locator.watch()
pages = headers_only_for_head(with_stream(WholeRequests()))
application = ProtocolTypeRouter({"http": pages, "websocket": sockets})
