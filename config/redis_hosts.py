"""Which Redis: one server, several that share the work, or masters that Sentinel names.

Each host is a dictionary as channels_redis takes it, and `backend.events.doorbell.redis_client`
too, so that channel layer, cache and doorbell go to the same servers in the same way.
"""

from typing import Any
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured

from config import env

SCHEMES = ("redis", "rediss", "unix")


def redis_hosts() -> list[dict[str, Any]]:
    """Return the hosts that the environment names; none without REDIS_URL and REDIS_SENTINELS.

    Several are shards: what is kept or sent goes to one of them by its name, so every process
    must name the same ones in the same order. Raises ImproperlyConfigured for what cannot be.
    """
    addresses = _words("REDIS_URL")
    sentinels = [_address(word) for word in _words("REDIS_SENTINELS")]
    if addresses and sentinels:
        raise ImproperlyConfigured("Set REDIS_URL or REDIS_SENTINELS, not both.")
    if sentinels:
        return [_watched(master, sentinels) for master in _masters()]
    return [_plain(address) for address in addresses]


def _plain(address: str) -> dict[str, Any]:
    scheme = urlsplit(address).scheme
    if scheme not in SCHEMES:
        # Not the address itself: it may hold a password.
        raise ImproperlyConfigured(f"REDIS_URL: an address begins with {'://, '.join(SCHEMES)}://.")
    return {"address": address, **(_certificates() if scheme == "rediss" else {})}


def _watched(master: str, sentinels: list[tuple[str, int]]) -> dict[str, Any]:
    tls = {"ssl": True, **_certificates()} if env.flag("REDIS_TLS") else {}
    return {
        "sentinels": sentinels,
        "master_name": master,
        "sentinel_kwargs": {**tls, **_said(password=env.text("REDIS_SENTINEL_PASSWORD", ""))},
        "db": env.number("REDIS_DATABASE", 0),
        **tls,
        **_said(username=env.text("REDIS_USER", ""), password=env.text("REDIS_PASSWORD", "")),
    }


def _masters() -> list[str]:
    masters = env.words("REDIS_MASTER")
    if not masters:
        raise ImproperlyConfigured("REDIS_SENTINELS: REDIS_MASTER says whom they watch.")
    return masters


def _certificates() -> dict[str, str]:
    """Return whom we believe, and who we are; without a CA file, the machine's own CAs count."""
    return _said(
        ssl_ca_certs=env.text("REDIS_CA_FILE", ""),
        ssl_certfile=env.text("REDIS_CERT_FILE", ""),
        ssl_keyfile=env.text("REDIS_KEY_FILE", ""),
    )


def _said(**options: str) -> dict[str, str]:
    return {name: value for name, value in options.items() if value}


def _words(name: str) -> list[str]:
    """Return what is between commas; an address with a password may come from a file."""
    return [word.strip() for word in env.text(name, "").split(",") if word.strip()]


def _address(word: str) -> tuple[str, int]:
    host, _colon, port = word.rpartition(":")
    if not host or not port.isdecimal():
        raise ImproperlyConfigured(f"REDIS_SENTINELS: {word!r} is not like sentinel-1:26379.")
    return host.strip("[]"), int(port)


def channel_layers(hosts: list[Any]) -> dict[str, Any]:
    """Return Django's CHANNEL_LAYERS: in this process alone where there is no Redis."""
    if not hosts:
        return {"default": {"BACKEND": "channels.layers.InMemoryChannelLayer"}}
    backend = "channels_redis.pubsub.RedisPubSubChannelLayer"
    return {"default": {"BACKEND": backend, "CONFIG": {"hosts": hosts}}}


def caches(hosts: list[Any]) -> dict[str, Any]:
    """Return Django's CACHES, likewise; layer and cache hold the same list."""
    if not hosts:
        return {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
    return {"default": {"BACKEND": "config.cache.HostsCache", "OPTIONS": {"hosts": hosts}}}
