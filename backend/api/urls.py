"""Addresses under /api/v1/."""

from django.urls import path
from drf_spectacular.views import SpectacularAPIView

from backend.api import (
    agency_staff,
    catalogue,
    devices,
    figures,
    photos,
    public,
    reports,
    second_factor,
    session,
    tickets,
    uploads,
)

urlpatterns = [
    path("session", session.SessionItem.as_view()),
    path("session/second-factor/begin", second_factor.SecondFactorBegin.as_view()),
    path("session/second-factor/confirm", second_factor.SecondFactorConfirm.as_view()),
    path("session/second-factor/end", second_factor.SecondFactorEnd.as_view()),
    path("devices", devices.DeviceCollection.as_view()),
    path("devices/me", devices.DeviceItem.as_view()),
    path("devices/me/push", devices.DevicePush.as_view()),
    path("uploads", uploads.UploadCollection.as_view()),
    path("uploads/<uuid:upload_id>", uploads.UploadItem.as_view()),
    path("photos/<str:token>", photos.photo),
    path("reports", reports.ReportCollection.as_view()),
    path("reports/nearby", reports.ReportsNearby.as_view()),
    path("reports/<str:report_no>", reports.ReportItem.as_view()),
    path("reports/<str:report_no>/photos", reports.ReportPhotoCollection.as_view()),
    path("reports/<str:report_no>/withdraw", reports.ReportWithdraw.as_view()),
    path("reports/<str:report_no>/rating", reports.ReportRating.as_view()),
    path("reports/<str:report_no>/reopen", reports.ReportReopen.as_view()),
    path("reports/<str:report_no>/info", reports.ReportInfo.as_view()),
    path("tickets", tickets.TicketCollection.as_view()),
    path("tickets/<uuid:ticket_id>", tickets.TicketItem.as_view()),
    path("tickets/<uuid:ticket_id>/events", tickets.TicketHistory.as_view()),
    path("tickets/<uuid:ticket_id>/reporters", tickets.TicketReporters.as_view()),
    path("tickets/<uuid:ticket_id>/photos/<uuid:upload_id>", photos.TicketPhotoItem.as_view()),
    path(
        "tickets/<uuid:ticket_id>/photos/<uuid:upload_id>/boxes",
        photos.TicketPhotoBoxes.as_view(),
    ),
    path(
        "tickets/<uuid:ticket_id>/photos/<uuid:upload_id>/release",
        photos.TicketPhotoRelease.as_view(),
    ),
    path(
        "tickets/<uuid:ticket_id>/photos/<uuid:upload_id>/original",
        photos.TicketPhotoOriginal.as_view(),
    ),
    path("tickets/<uuid:ticket_id>/<str:verb>", tickets.TicketVerb.as_view()),
    path("categories", catalogue.CategoryCollection.as_view()),
    path("areas", catalogue.AreaCollection.as_view()),
    path("areas/boundaries", catalogue.AreaBoundaries.as_view()),
    path("areas/locate", catalogue.AreaLocate.as_view()),
    path("agencies", catalogue.AgencyCollection.as_view()),
    path("agencies/<str:code>/staff", agency_staff.AgencyStaff.as_view()),
    path("settings", catalogue.ClientSettings.as_view()),
    path("figures/now", figures.FiguresNow.as_view()),
    path("public/tickets", public.PublicTickets.as_view()),
    path("public/figures", public.PublicFigures.as_view()),
    path("openapi.yaml", SpectacularAPIView.as_view(), name="openapi"),
]
