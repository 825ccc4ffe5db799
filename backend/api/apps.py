from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ApiConfig(AppConfig):
    name = "backend.api"
    label = "api"
    verbose_name = _("HTTP API")

    def ready(self) -> None:
        from backend.api import schema  # noqa: F401 - its classes register by existing
