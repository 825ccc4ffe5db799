"""The demo accounts that docs name: one for each role, and a desk with its leader everywhere."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.conf import settings
from django.contrib.auth.hashers import check_password, make_password
from django.db import transaction

from backend.accounts.models import Agency, Membership, Role, User


@dataclass(frozen=True)
class Account:
    """A demo account and the roles that it holds, each in an agency or in none."""

    username: str
    first_name: str
    last_name: str
    roles: tuple[tuple[Role, Agency | None], ...]
    superuser: bool = False


def demo_accounts() -> list[Account]:
    """Return who there is, by the agencies in the database."""
    agencies = list(Agency.objects.filter(active=True).order_by("code"))
    duty = next((each for each in agencies if each.code == settings.DUTY_DESK), None)
    centre: tuple[tuple[Role, Agency | None], ...] = ((Role.OPERATIONS_CENTRE, None),)
    if duty:
        centre += ((Role.DISPATCHER, duty),)
    accounts = [
        Account("admin", "Quản trị", "hệ thống", ((Role.ADMINISTRATOR, None),), superuser=True),
        Account("ops", "Trực ban", "Trung tâm điều hành", centre),
        Account("leader", "Lãnh đạo", "UBND tỉnh", ((Role.PROVINCIAL_LEADER, None),)),
        Account("officer", "Cán bộ", "hiện trường", ((Role.OFFICER, None),)),
    ]
    for agency in agencies:
        code = agency.code.lower()
        desk, head = ((Role.DISPATCHER, agency),), ((Role.AGENCY_LEADER, agency),)
        accounts.append(Account(f"dispatcher.{code}", "Điều phối viên", agency.name_vi, desk))
        accounts.append(Account(f"leader.{code}", "Lãnh đạo", agency.name_vi, head))
    return accounts


@transaction.atomic
def load_accounts(password: str) -> int:
    """Make the accounts that are missing, and let all have this password; returns how many are new.

    The password is hashed once for all: a hundred and sixty slow hashes would take half a minute.
    """
    wanted = {account.username: account for account in demo_accounts()}
    known = {user.username: user for user in User.objects.filter(username__in=wanted)}
    good = _good_hashes(known, password)
    stale = [user for user in known.values() if user.password not in good]
    missing = [account for name, account in wanted.items() if name not in known]
    if stale or missing:
        hashed = make_password(password)
        User.objects.filter(pk__in=[user.pk for user in stale]).update(password=hashed)
        known |= {user.username: user for user in _created(missing, hashed)}
    _give_roles(wanted.values(), known)
    return len(missing)


def _good_hashes(known: dict[str, User], password: str) -> set[str]:
    """Return those hashes among the users' that are of this password; each is checked once."""
    return {
        each
        for each in {user.password for user in known.values()}
        if check_password(password, each)
    }


def _created(accounts: Iterable[Account], hashed: str) -> list[User]:
    return User.objects.bulk_create(
        User(
            username=account.username,
            first_name=account.first_name,
            last_name=account.last_name,
            password=hashed,
            is_staff=account.superuser,
            is_superuser=account.superuser,
        )
        for account in accounts
    )


def _give_roles(accounts: Iterable[Account], users: dict[str, User]) -> None:
    held = set(Membership.objects.values_list("user_id", "role", "agency_id"))
    Membership.objects.bulk_create(
        Membership(user=users[account.username], role=role, agency=agency)
        for account in accounts
        for role, agency in account.roles
        if (users[account.username].pk, role, agency.pk if agency else None) not in held
    )
