"""Who acts in the demo: devices that report, and staff at their desks."""

import random
from dataclasses import dataclass, field
from uuid import UUID

from django.core.files.base import ContentFile

from backend import clock
from backend.accounts.models import User
from backend.accounts.principal import Principal, of_device, of_user
from backend.accounts.services import register_device
from backend.tickets.models import Ticket
from config.demo.fates import By
from config.demo.scenes import draw_scene
from media.developing import develop_here
from media.services import keep_upload

PHONES = 24
VARIANTS = 2
"""Drawings of each scene; a sender has the same one only once, so few are made small again."""

PLATFORMS = ("android", "ios", "web")


@dataclass
class Cast:
    """The people of the demo, met when they first act."""

    _phones: dict[int, Principal] = field(default_factory=dict)
    _people: dict[str, Principal] = field(default_factory=dict)

    def sender(self, number: int) -> Principal:
        """Return one of the phones, or now and then the field officer."""
        if number % 20 == 0:
            return self.person("officer")
        key = number % PHONES
        if key not in self._phones:
            device, _token = register_device(platform=PLATFORMS[key % 3], locale="vi")
            self._phones[key] = of_device(device)
        return self._phones[key]

    def actor(self, by: By, ticket: Ticket) -> Principal:
        """Return who takes a step on the ticket as it stands."""
        if by is By.CENTRE:
            return self.person("ops")
        if by is By.LEADER:
            return self.person("leader")
        assert ticket.agency is not None  # only an agency's ticket has a desk
        role = "dispatcher" if by is By.DESK else "leader"
        return self.person(f"{role}.{ticket.agency.code.lower()}")

    def person(self, username: str) -> Principal:
        if username not in self._people:
            self._people[username] = of_user(User.objects.get(username=username))
        return self._people[username]


def take_photo(owner: Principal, scene: str, *, after: bool, number: int) -> UUID:
    """Keep a drawing as the owner's photo; the same one again is the same photo."""
    data = draw_scene(scene, after=after, variant=number % VARIANTS)
    file = ContentFile(data, name=f"{scene}.jpg")
    upload, created = keep_upload(file=file, owner=owner.key, at=clock.now())
    if created:
        develop_here(upload)
    return upload.pk


def contact_of(number: int) -> dict[str, str]:
    """Return what some leave to be called back: names and numbers that are nobody's."""
    if random.Random(number).random() > 0.35:  # noqa: S311 - a demo's dice
        return {}
    return {"name": f"Người gửi minh hoạ {number:03d}", "phone": f"0900 000 {number % 1000:03d}"}
