from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class TicketsConfig(AppConfig):
    name = "backend.tickets"
    label = "tickets"
    verbose_name = _("Tickets")

    def ready(self) -> None:
        from backend.tickets import resting  # noqa: F401 - the log asks it what to keep
