"""What planning asks for again and again, asked once for all the entries of one sitting."""

from functools import cache

from backend.accounts.models import Agency
from backend.tickets.policies import staff_of
from notifications.wording import Wordings, wordings_of


class Sitting:
    """Desks, agencies and the province's wordings, as they stood when they were first asked for.

    Entries that come together are planned in one transaction, so what changes meanwhile counts
    from the next sitting on.
    """

    def __init__(self) -> None:
        self._staff = cache(_staff)
        self._agency = cache(_agency)
        self._wordings = cache(wordings_of)

    def staff(self, agency_id: int) -> tuple[str, ...]:
        """Return who sits at the agency's desk: keys such as "user:3"."""
        return self._staff(agency_id)

    def agency(self, code: str | None) -> Agency | None:
        return self._agency(code) if code else None

    def wordings(self, kind: str) -> Wordings:
        return self._wordings(kind)


def _staff(agency_id: int) -> tuple[str, ...]:
    return tuple(
        f"user:{user_id}" for user_id in staff_of([agency_id]).values_list("user_id", flat=True)
    )


def _agency(code: str) -> Agency | None:
    return Agency.objects.filter(code=code).first()
