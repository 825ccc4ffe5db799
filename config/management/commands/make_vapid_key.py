"""A key for Web Push."""

from typing import Any

from django.core.management.base import BaseCommand

from config.vapid import new_private_key, vapid_public_key


class Command(BaseCommand):
    help = "Make a VAPID key: keep the private one secret, and the same as long as the site lives."

    def handle(self, *_args: Any, **_options: Any) -> None:
        private = new_private_key()
        self.stdout.write(f"VAPID_PRIVATE_KEY={private}")
        self.stdout.write(f"# browsers are given the public one: {vapid_public_key(private)}")
