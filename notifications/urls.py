"""Addresses of notifications, under /api/v1/."""

from django.urls import path

from notifications.api import addresses, bounces, following, inbox, told, wishes

urlpatterns = [
    path("inbox", inbox.Inbox.as_view()),
    path("inbox/read", inbox.InboxRead.as_view()),
    path("notifications/preferences", wishes.Preferences.as_view()),
    path("notifications/bounces", bounces.Bounces.as_view()),
    path("subscriptions", wishes.SubscriptionCollection.as_view()),
    path("subscriptions/<int:subscription_id>", wishes.SubscriptionItem.as_view()),
    path("addresses", addresses.AddressCollection.as_view()),
    path("addresses/release", addresses.BrowserRelease.as_view()),
    path("addresses/<int:address_id>", addresses.AddressItem.as_view()),
    path("addresses/<int:address_id>/confirm", addresses.AddressProof.as_view()),
    path("tickets/<uuid:ticket_id>/following", following.TicketFollowing.as_view()),
    path("tickets/<uuid:ticket_id>/notifications", told.TicketNotifications.as_view()),
]
