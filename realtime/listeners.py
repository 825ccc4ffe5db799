"""Who hears what is new: those who hear the same are one group, and what they get is made once."""

from collections.abc import Iterable, Sequence
from itertools import chain

from realtime.following import Client, Heard, frame_heard
from realtime.items import Item
from realtime.outlet import push_to_all
from realtime.protocol import Batch, Frame


class Listeners:
    """The clients whose follows are live, by what they hear."""

    def __init__(self) -> None:
        self._groups: dict[Heard, set[Client]] = {}
        self._by_audience: dict[str, set[Heard]] = {}

    def sort(self, client: Client) -> None:
        """Put the client where its follows belong, after any change of them."""
        self._forget(client)
        client.sort()
        if client.heard:
            self._groups.setdefault(client.heard, set()).add(client)
            for audience, _wanted in client.heard:
                self._by_audience.setdefault(audience, set()).add(client.heard)

    def _forget(self, client: Client) -> None:
        group = self._groups.get(client.heard, set())
        group.discard(client)
        if group or client.heard not in self._groups:
            return
        del self._groups[client.heard]
        for audience, _wanted in client.heard:
            others = self._by_audience.get(audience, set())
            others.discard(client.heard)
            if not others:
                self._by_audience.pop(audience, None)

    def give(self, items: Sequence[Item]) -> int:
        """Send the new entries to whoever hears them; return how many frames that were.

        Nothing here waits.
        """
        given = 0
        batches: dict[tuple[Frame, ...], Batch] = {}
        for heard in self._concerned(items):
            frames = tuple(frame for item in items if (frame := frame_heard(heard, item)))
            if frames:
                batch = batches.setdefault(frames, Batch(frames))
                group = self._groups[heard]
                push_to_all([client.outlet for client in group], batch)
                given += len(group) * len(frames)
        return given

    def _concerned(self, items: Iterable[Item]) -> set[Heard]:
        audiences = set(chain.from_iterable(item.audiences for item in items))
        return set().union(*(self._by_audience.get(audience, ()) for audience in audiences))
