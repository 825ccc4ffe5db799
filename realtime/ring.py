"""The last entries, ready to be sent again: who was away for a moment costs no query."""

from collections import deque
from collections.abc import Sequence
from itertools import islice

from realtime.items import Item


class Ring:
    """The newest items without a gap, bounded in number and in bytes."""

    def __init__(self, most_items: int, most_bytes: int) -> None:
        self._items: deque[Item] = deque()
        self._bytes = 0
        self._most_items = most_items
        self._most_bytes = most_bytes

    def add(self, items: Sequence[Item]) -> None:
        """Keep these, which follow on what is there; the oldest give way."""
        self._items.extend(items)
        self._bytes += sum(item.size for item in items)
        while len(self._items) > self._most_items or self._bytes > self._most_bytes:
            self._bytes -= self._items.popleft().size

    def clear(self) -> None:
        self._items.clear()
        self._bytes = 0

    def after(self, position: int, limit: int) -> list[Item] | None:
        """Return the next items after the position; None if they begin before the ring does."""
        if not self._items or position + 1 < self._items[0].position:
            return None
        skipped = position + 1 - self._items[0].position
        return list(islice(self._items, skipped, skipped + limit))
