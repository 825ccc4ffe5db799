"""Fields of input that are stricter than those they come from."""

from typing import Any
from unicodedata import category
from uuid import UUID

from rest_framework import serializers


class WrittenUUIDField(serializers.UUIDField):
    """A UUID as text. DRF would take a whole number too, and keep what nobody made as an id."""

    def to_internal_value(self, data: Any) -> UUID:
        if not isinstance(data, str | UUID):
            self.fail("invalid", value=data)
        return super().to_internal_value(data)


class SeenTextField(serializers.CharField):
    """A text of which something can be seen: spaces and marks without width are a blank one."""

    def to_internal_value(self, data: Any) -> str:
        text: str = super().to_internal_value(data)
        if text and all(category(letter)[0] in "CZM" for letter in text):
            self.fail("blank")
        return text
