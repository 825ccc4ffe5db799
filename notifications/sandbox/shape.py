"""What FCM takes as a message: the fields of the HTTP v1 reference, and the rules between them.

Google's servers say which part they do not take; so does `violations`.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

import orjson

STRING, BOOLEAN, NUMBER, STRUCT, STRINGS, MAP, DURATION = (
    "TYPE_STRING",
    "TYPE_BOOL",
    "TYPE_INT32",
    "TYPE_STRUCT",
    "repeated TYPE_STRING",
    "map<string, string>",
    "google.protobuf.Duration",
)

ANDROID_NOTIFICATION: dict[str, Any] = {
    **dict.fromkeys(
        [
            "title",
            "body",
            "icon",
            "color",
            "sound",
            "tag",
            "click_action",
            "body_loc_key",
            "title_loc_key",
            "channel_id",
            "ticker",
            "event_time",
            "image",
            "notification_priority",
            "visibility",
            "proxy",
        ],
        STRING,
    ),
    **dict.fromkeys(["body_loc_args", "title_loc_args", "vibrate_timings"], STRINGS),
    **dict.fromkeys(
        [
            "sticky",
            "local_only",
            "default_sound",
            "default_vibrate_timings",
            "default_light_settings",
            "bypass_proxy_notification",
        ],
        BOOLEAN,
    ),
    "notification_count": NUMBER,
    "light_settings": STRUCT,
}

MESSAGE: dict[str, Any] = {
    "name": STRING,
    "token": STRING,
    "fid": STRING,
    "topic": STRING,
    "condition": STRING,
    "data": MAP,
    "notification": {"title": STRING, "body": STRING, "image": STRING},
    "fcm_options": {"analytics_label": STRING},
    "android": {
        "collapse_key": STRING,
        "priority": frozenset({"NORMAL", "HIGH"}),
        "ttl": DURATION,
        "restricted_package_name": STRING,
        "data": MAP,
        "notification": ANDROID_NOTIFICATION,
        "fcm_options": {"analytics_label": STRING},
        "direct_boot_ok": BOOLEAN,
        "bandwidth_constrained_ok": BOOLEAN,
        "restricted_satellite_ok": BOOLEAN,
    },
    "webpush": {
        "headers": MAP,
        "data": MAP,
        "notification": STRUCT,
        "fcm_options": {"link": STRING, "analytics_label": STRING},
    },
    "apns": {
        "headers": MAP,
        "payload": STRUCT,
        "fcm_options": {"analytics_label": STRING, "image": STRING},
        "live_activity_token": STRING,
    },
}
REQUEST: dict[str, Any] = {"message": MESSAGE, "validate_only": BOOLEAN}
TARGETS = ("token", "fid", "topic", "condition")

PAYLOAD_BYTES = 4096
LONGEST_TTL = 28 * 24 * 3600  # seconds: four weeks

_CAMEL = re.compile(r"(?<=[a-z0-9])([A-Z])")
_SECONDS = re.compile(r"\d+(\.\d{1,9})?s")
_RESERVED = re.compile(r"from|message_type|collapse_key|google\..*|gcm\..*")

Violation = tuple[str, str]
"""A path such as "message.data" and what is wrong there."""


def violations(body: Any) -> list[Violation]:
    """Return what FCM would not take in this request, empty for a good one."""
    if not isinstance(body, Mapping) or not isinstance(body.get("message"), Mapping):
        return [("message", "Request contains an invalid argument: there is no message.")]
    return list(_strange(body, REQUEST, "")) or list(_contradictions(body["message"]))


def _strange(value: Any, wanted: Any, path: str) -> Iterator[Violation]:
    """Yield what is not of its field's type, proto JSON names in either spelling."""
    if isinstance(wanted, dict) and isinstance(value, Mapping):
        for name, inner in value.items():
            known = wanted.get(_CAMEL.sub(r"_\1", name).lower())
            inner_path = f"{path}.{name}".strip(".")
            if known is None:
                yield inner_path, f'Unknown name "{name}": Cannot find field.'
            else:
                yield from _strange(inner, known, inner_path)
    elif wanted == MAP and isinstance(value, Mapping):
        for turn, (key, inner) in enumerate(value.items()):
            if not isinstance(inner, str):
                yield f"{path}[{turn}].value", f"Invalid value for {key} (TYPE_STRING)"
    elif not _fits(value, wanted):
        yield path, f"Invalid value ({wanted if isinstance(wanted, str) else 'TYPE_MESSAGE'})"


def _fits(value: Any, wanted: Any) -> bool:
    if isinstance(wanted, frozenset):
        return isinstance(value, str) and value.upper() in wanted
    match wanted:
        case "TYPE_STRING":
            return isinstance(value, str)
        case "TYPE_BOOL":
            return isinstance(value, bool)
        case "TYPE_INT32":
            return isinstance(value, int) and not isinstance(value, bool)
        case "TYPE_STRUCT":
            return isinstance(value, Mapping)
        case "repeated TYPE_STRING":
            return isinstance(value, list) and all(isinstance(each, str) for each in value)
        case "google.protobuf.Duration":
            return isinstance(value, str) and _SECONDS.fullmatch(value) is not None
    return False


def _contradictions(message: Mapping[str, Any]) -> Iterator[Violation]:
    targets = [name for name in TARGETS if message.get(name)]
    if not targets:
        yield "message", "Recipient of the message is not set."
    elif len(targets) > 1:
        first, second = targets[:2]
        yield "message", f"Field {second} cannot be set: oneof 'target' has {first} already."
    for key in message.get("data", {}):
        if _RESERVED.fullmatch(key):
            yield f"message.data.{key}", f"Invalid data payload key: {key}"
    payload = {name: message.get(name) for name in ("notification", "data")}
    if len(orjson.dumps(payload)) > PAYLOAD_BYTES:
        yield "message", f"Message is too big: at most {PAYLOAD_BYTES} bytes."
    if float(message.get("android", {}).get("ttl", "0s").rstrip("s")) > LONGEST_TTL:
        yield "message.android.ttl", "The time to live is at most four weeks."
    link = message.get("webpush", {}).get("fcm_options", {}).get("link", "https://")
    if not link.startswith("https://"):
        yield "message.webpush.fcm_options.link", "The link must be an HTTPS URL."
