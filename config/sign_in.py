"""The administration's form of signing in, with the second step of those who have it."""

from typing import Any

from django import forms
from django.contrib.admin.forms import AdminAuthenticationForm
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from backend.accounts.models import User
from backend.accounts.second_factor import has_second_factor, passes_second_factor


class AdminSignIn(AdminAuthenticationForm):
    """Name, password, and the code of whoever has switched on two-step sign-in."""

    otp = forms.CharField(
        label=_("Code"),
        required=False,
        max_length=20,
        help_text=_("Only if two-step sign-in is on for your account."),
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "inputmode": "numeric"}),
    )

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean()
        user = self.get_user()
        if isinstance(user, User) and has_second_factor(user):
            code = cleaned.get("otp", "")
            if not code:
                raise ValidationError(
                    _("Enter the code of your authenticator app."), code="otp_required"
                )
            if not passes_second_factor(user, code):
                raise ValidationError(
                    _("This code is not right. Wait a moment, then try the next one."),
                    code="wrong_otp",
                )
        return cleaned
