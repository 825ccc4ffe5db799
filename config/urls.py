"""Every address of the product."""

from django.apps import apps
from django.conf import settings
from django.contrib import admin
from django.urls import URLPattern, URLResolver, include, path, re_path
from django.utils.translation import gettext_lazy as _
from django.views.generic import RedirectView
from django_otp.plugins.otp_static.models import StaticDevice
from django_otp.plugins.otp_totp.models import TOTPDevice

from backend.api.errors import not_found
from config import health, pages
from config.sign_in import AdminSignIn
from notifications.pages import pushes, unsubscribe
from realtime.api import EventCollection
from realtime.presence_api import Presence

admin.site.site_header = admin.site.site_title = _("Hiện Trường – Administration")
admin.site.login_form, admin.site.login_template = AdminSignIn, "sign_in/admin.html"
admin.site.logout_template = "sign_in/left.html"
apps.get_app_config("otp_totp").verbose_name = _("Two-step sign-in: apps")
apps.get_app_config("otp_static").verbose_name = _("Two-step sign-in: recovery codes")
# The package gives its models plain English names, and Django takes no others from outside.
StaticDevice._meta.verbose_name = _("static device")
StaticDevice._meta.verbose_name_plural = _("static devices")
TOTPDevice._meta.verbose_name = _("TOTP device")
TOTPDevice._meta.verbose_name_plural = _("TOTP devices")
admin.site.index_title = _("Administration")

urlpatterns: list[URLPattern | URLResolver] = [
    # Before the tickets' own, which take any word after a ticket for a verb.
    path("api/v1/", include("notifications.urls")),
    path("api/v1/", include("backend.api.urls")),
    path("api/v1/", include("routing.urls")),
    path("api/v1/events", EventCollection.as_view()),
    path("api/v1/presence", Presence.as_view()),
    re_path(r"^api/", not_found),
    path("health/live", health.live),
    path("health/ready", health.ready),
    path("metrics", health.metrics),
    path("admin/login/", pages.admin_sign_in),
    path("admin/", admin.site.urls),
    path("demo/pushes", pushes),
    path("notifications/unsubscribe/<str:token>", unsubscribe),
    path("", pages.citizen),
    path("desk", pages.desk),
    path("ops", pages.ops),
    path("rules", pages.rules),
    path("public", pages.public),
    # As people type them who are used to /admin/.
    path("desk/", RedirectView.as_view(url="/desk", query_string=True)),
    path("rules/", RedirectView.as_view(url="/rules", query_string=True)),
    path("public/", RedirectView.as_view(url="/public", query_string=True)),
    path("ops/", RedirectView.as_view(url="/ops", query_string=True)),
    # Pages that name no icon of their own, such as the administration's, are asked for this one.
    path("favicon.ico", RedirectView.as_view(url=f"{settings.STATIC_URL}web/icons/icon.svg")),
    path("sw.js", pages.service_worker),
    path("manifest.webmanifest", pages.manifest),
]

handler404 = "config.pages.missing"
handler500 = "config.pages.broken"
