"""Addresses of the inbox, under /api/v1/."""

from django.urls import path

from notifications import api

urlpatterns = [
    path("inbox", api.Inbox.as_view()),
    path("inbox/read", api.InboxRead.as_view()),
]
