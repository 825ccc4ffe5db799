"""Much at one time told in one: after quiet hours, in a digest, in a storm.

The newest of those that share a `fold` carries the news of all; the others end as FOLDED. Of
several about one report the newest says it all; of several reports only the count is said, in an
e-mail each line. Each stays in the inbox as it was.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence

from django.db.models import QuerySet

from backend import clock
from notifications import messages
from notifications.models import Notification, State, Way
from notifications.texts import FOLDED

Key = tuple[str, str, str]
MOST_LINES = 50


def fold(claimed: list[Notification], waiting: QuerySet[Notification]) -> list[Notification]:
    """Return what of `claimed` is to be sent now, each group as its newest; keeps the rest folded.

    `waiting` selects what else is due by the same transport and not on its way, locked.
    """
    groups: dict[Key, dict[int, Notification]] = defaultdict(dict)
    for row in claimed:
        if row.fold:
            groups[_key(row)][row.pk] = row
    if not groups:
        return claimed
    people, folds = {key[0] for key in groups}, {key[2] for key in groups}
    for row in waiting.filter(person__in=people, fold__in=folds):
        if _key(row) in groups:
            groups[_key(row)][row.pk] = row
    alone = [row for row in claimed if not row.fold]
    return alone + [_told_in_one(list(rows.values())) for rows in groups.values()]


def _key(row: Notification) -> Key:
    return row.person, row.to, row.fold


def unfold(carriers: Iterable[int]) -> None:
    """Let what was to be told in these, which are not told, be told by itself or in another."""
    told_in_them = Notification.objects.filter(folded_into__in=carriers, state=State.FOLDED)
    told_in_them.update(state=State.PLANNED, folded_into=None, next_at=clock.now())


def _told_in_one(rows: list[Notification]) -> Notification:
    rows.sort(key=lambda row: (row.position, row.pk))
    newest, others = rows[-1], rows[:-1]
    if not others:
        return newest
    # Some may have been sent in vain, with others folded into them.
    told_in_them = Notification.objects.filter(folded_into__in=[row.pk for row in rows])
    if len({row.report_no for row in rows}) > 1:
        _sum_up(newest, rows, len(rows) + told_in_them.count())
    newest.urgent = any(row.urgent for row in rows)
    newest.save(update_fields=["title", "body", "report_no", "urgent"])
    told_in_them.update(folded_into=newest)
    ids = [row.pk for row in others]
    Notification.objects.filter(pk__in=ids).update(state=State.FOLDED, folded_into=newest, error="")
    return newest


def _sum_up(newest: Notification, rows: Sequence[Notification], count: int) -> None:
    facts = {"count": str(count)}
    lines = [line for row in rows for line in _lines(row)][-MOST_LINES:]
    newest.title, newest.body = messages.render(FOLDED, newest.language, facts)
    newest.report_no = ""
    if newest.transport == Way.EMAIL:
        newest.body = "\n".join([newest.body, *lines])


def _lines(row: Notification) -> list[str]:
    """Return what a row tells: of one that sums others up, without the count that it begins by."""
    summed_up = row.report_no == "" and row.transport == Way.EMAIL
    return row.body.splitlines()[1:] if summed_up else [row.body]
