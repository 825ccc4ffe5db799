"""One client's follows: what it hears, and what it has been given of it already.

Nothing is remembered for each entry. A follow has had an entry if it wants it and the entry lies
between where it began and where it stands; so "once per connection" costs no memory.
"""

from dataclasses import dataclass, field

from backend.accounts.principal import ANONYMOUS, Principal
from realtime.audiences import OPS, PUBLIC
from realtime.filters import Filter
from realtime.items import Item
from realtime.outlet import Outlet
from realtime.protocol import Frame

Heard = tuple[tuple[str, Filter], ...]
"""Audiences with filters, in the order of what they tell: equal for clients that hear the same."""


@dataclass(eq=False, slots=True)
class Follow:
    """What a client follows under a name. Until it is `live`, it is being given the past."""

    id: str
    audience: str
    wanted: Filter
    start: int
    reached: int
    live: bool = False

    def frame_of(self, item: Item) -> Frame | None:
        return item.frame_for(self.audience, self.wanted)

    def had(self, item: Item) -> bool:
        """Say whether this follow has given its client the entry, one of the past."""
        return (
            self.start < item.position
            and (self.live or item.position <= self.reached)
            and item.view_for(self.audience, self.wanted) is not None
        )

    @property
    def rank(self) -> int:
        """The view that tells most comes first: an entry goes out once, in the best."""
        if self.audience == OPS:
            return 0
        if self.audience == PUBLIC:
            return 3
        return 1 if self.audience.startswith("agency:") else 2


def frame_heard(heard: Heard, item: Item) -> Frame | None:
    """Return what of a new entry goes to who hears this, None for nothing.

    No follow has had it: one that is given the past never passes the hub.
    """
    for audience, wanted in heard:
        if frame := item.frame_for(audience, wanted):
            return frame
    return None


@dataclass(eq=False, slots=True)
class Client:
    """A connection as the hub sees it; nobody in particular until it has said hello."""

    outlet: Outlet
    address: str = ""
    principal: Principal = ANONYMOUS
    session: str = ""
    """The key of the session that it signed in by, "" for a device or nobody."""
    counted: tuple[str, ...] = ()
    """What it is counted as until it leaves."""
    epoch: str | None = None
    """The past that its positions belong to, where it has said so; forgotten at a reset."""
    follows: dict[str, Follow] = field(default_factory=dict)
    heard: Heard = ()
    """What it hears of what is new, by the follows that are live."""

    def sort(self) -> None:
        """Take note of which follows are live, after any change of them."""
        live = [follow for follow in self.follows.values() if follow.live]
        live.sort(key=lambda follow: follow.rank)
        self.heard = tuple((follow.audience, follow.wanted) for follow in live)

    def past_frame(self, item: Item, follow: Follow) -> Frame | None:
        """Return what `follow` adds of an entry of the past, None for nothing or nothing new."""
        frame = follow.frame_of(item)
        if frame is None:
            return None
        others = (other for other in self.follows.values() if other is not follow)
        return None if any(other.had(item) for other in others) else frame
