"""Facts of no domain, for testing the log by itself."""

from dataclasses import dataclass

from backend.events.types import Event


@dataclass(frozen=True, kw_only=True)
class PebbleDropped(Event):
    type = "pebble.dropped"

    pond: str = "a"
    number: int = 0

    @property
    def stream(self) -> str:
        return f"pond:{self.pond}"


@dataclass(frozen=True, kw_only=True)
class RippleSeen(Event):
    type = "ripple.seen"

    pond: str = "a"

    @property
    def stream(self) -> str:
        return f"pond:{self.pond}"
