from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules
from django.utils.translation import gettext_lazy as _


class EventsConfig(AppConfig):
    name = "backend.events"
    label = "events"
    verbose_name = _("Event log")

    def ready(self) -> None:
        autodiscover_modules("subscribers", "sweeps")
