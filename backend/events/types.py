"""What a fact is: an event before it is in the log, an entry once it is."""

from dataclasses import MISSING, dataclass, fields
from datetime import datetime
from typing import Any, ClassVar, Generic, TypeVar

event_types: dict[str, type["Event"]] = {}


class UnknownEventType(LookupError):
    """The log holds a type whose class is gone: never remove a class while its rows exist."""


@dataclass(frozen=True, kw_only=True)
class Event:
    """A fact in the past tense: ids, codes and numbers only, never a name, phone or address.

    A subclass that sets `type` can be recorded; `stream` names the thing it is about,
    such as "ticket:5f0c…", and is what `history()` selects by.
    """

    type: ClassVar[str] = ""

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if "type" not in cls.__dict__:
            return
        if cls.type in event_types:
            raise TypeError(f"{cls.type} is taken by {event_types[cls.type].__qualname__}.")
        event_types[cls.type] = cls

    @property
    def stream(self) -> str:
        raise TypeError(f"{type(self).__qualname__} names no stream.")

    def as_data(self) -> dict[str, Any]:
        """Return the payload as JSON primitives."""
        return dict(self.__dict__)  # flat by contract: asdict would copy each list and text


def event_from_data(type_: str, data: dict[str, Any]) -> Event:
    """Rebuild an event from its row. Fields that have since gone are dropped.

    Raises UnknownEventType, or TypeError where the row lacks a field that has no default.
    """
    try:
        cls = event_types[type_]
    except KeyError:
        raise UnknownEventType(type_) from None
    known = {field.name for field in fields(cls)}
    return cls(**{name: value for name, value in data.items() if name in known})


def fields_of(cls: type[Event]) -> dict[str, bool]:
    """Return the payload's field names and whether each is always there."""
    return {
        field.name: field.default is MISSING and field.default_factory is MISSING
        for field in fields(cls)
    }


E = TypeVar("E", bound=Event, covariant=True)


@dataclass(frozen=True, kw_only=True, slots=True)
class Entry(Generic[E]):
    """An event in its place: `position` grows by one, `actor` is a key such as "user:3"."""

    position: int
    type: str
    stream: str
    at: datetime
    actor: str
    event: E
