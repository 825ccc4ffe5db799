"""What goes to the log of the process, as one line each."""

from typing import Any

from config import env

_LEVEL = env.one_of("LOG_LEVEL", "INFO", "DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")

LOGGING: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s: %(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": _LEVEL},
    # Django's own handler would write each line a second time while DEBUG is on.
    "loggers": {
        "django": {"handlers": [], "level": "INFO", "propagate": True},
        # It tells of its port and of HTTP/2, which a proxy speaks; what goes wrong is heard.
        "daphne.server": {"level": "WARNING"},
    },
}
