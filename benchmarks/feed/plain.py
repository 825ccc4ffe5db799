"""What the Channels tutorial builds: a consumer in a group, a `group_send` for each event."""

import os

import django
from channels.generic.websocket import AsyncWebsocketConsumer
from channels.routing import ProtocolTypeRouter
from django.conf import settings

GROUP = "feed"


def configure() -> None:
    settings.configure(
        SECRET_KEY="benchmark",
        INSTALLED_APPS=["channels"],
        USE_TZ=True,
        CHANNEL_LAYERS={
            "default": {
                "BACKEND": "channels_redis.core.RedisChannelLayer",
                # Without its own timeout of 5 s, by which redis-py ends the layer's waits of 5 s.
                "CONFIG": {
                    "hosts": [{"address": os.environ["REDIS_URL"], "socket_timeout": None}],
                    "capacity": 10_000,
                },
            }
        },
    )
    django.setup()


class Feed(AsyncWebsocketConsumer):  # type: ignore[misc]  # channels has no types
    async def connect(self) -> None:
        await self.channel_layer.group_add(GROUP, self.channel_name)
        await self.accept()
        await self.send(text_data="ready")

    async def disconnect(self, code: int) -> None:
        await self.channel_layer.group_discard(GROUP, self.channel_name)

    async def feed_event(self, message: dict[str, str]) -> None:
        await self.send(text_data=message["text"])


if not settings.configured:
    configure()
application = ProtocolTypeRouter({"websocket": Feed.as_asgi()})
