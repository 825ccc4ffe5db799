"""The composition as an application of Django: its commands, and what is checked at the start."""

from django.apps import AppConfig


class CompositionConfig(AppConfig):
    name = "config"

    def ready(self) -> None:
        from config import checks  # noqa: F401 - its checks register by existing
