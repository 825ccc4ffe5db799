"""Who acts or looks: one answer for HTTP, the socket and push."""

from dataclasses import dataclass, field
from functools import cached_property

from backend.accounts.models import Device, Role, User

SEES_ALL = frozenset(
    {Role.OPERATIONS_CENTRE, Role.PROVINCIAL_LEADER, Role.ADMINISTRATOR},
)


@dataclass(frozen=True)
class Principal:
    """A person by account, a reporter by device, or a part of the system; never two of them."""

    key: str
    user: User | None = field(default=None, compare=False)
    device: Device | None = field(default=None, compare=False)

    @cached_property
    def _memberships(self) -> tuple[tuple[Role, int | None, str | None], ...]:
        if self.user is None or not self.user.is_active:
            return ()
        rows = self.user.memberships.values_list("role", "agency_id", "agency__code")
        return tuple((Role(role), agency, code) for role, agency, code in rows)

    @cached_property
    def roles(self) -> frozenset[Role]:
        return frozenset(role for role, _agency, _code in self._memberships)

    @cached_property
    def agency_ids(self) -> frozenset[int]:
        """The agencies that this person serves in any role."""
        return frozenset(agency for _role, agency, _code in self._memberships if agency)

    @cached_property
    def agency_codes(self) -> frozenset[str]:
        return frozenset(code for _role, _agency, code in self._memberships if code)

    def holds(self, *roles: Role) -> bool:
        return bool(self.roles & frozenset(roles))

    def serves(self, agency_id: int | None, *roles: Role) -> bool:
        """Say whether this person holds one of the roles in that very agency."""
        return agency_id is not None and any(
            agency == agency_id and role in roles for role, agency, _code in self._memberships
        )

    @property
    def sees_all(self) -> bool:
        return bool(self.roles & SEES_ALL)


ANONYMOUS = Principal(key="anonymous")


def of_user(user: User) -> Principal:
    return Principal(key=f"user:{user.pk}", user=user)


def of_device(device: Device) -> Principal:
    return Principal(key=f"device:{device.pk}", device=device)


def of_system(name: str) -> Principal:
    """The actor of what a part of the system does by itself, such as "routing"."""
    return Principal(key=f"system:{name}")
