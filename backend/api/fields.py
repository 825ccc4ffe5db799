"""Fields of input that are stricter than those they come from."""

from typing import Any
from uuid import UUID

from rest_framework import serializers


class WrittenUUIDField(serializers.UUIDField):
    """A UUID as text. DRF would take a whole number too, and keep what nobody made as an id."""

    def to_internal_value(self, data: Any) -> UUID:
        if not isinstance(data, str | UUID):
            self.fail("invalid", value=data)
        return super().to_internal_value(data)
