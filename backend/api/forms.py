"""Input that comes often: what it may look like is worked out once, not for each request."""

from functools import cache
from typing import Any

from django.utils.functional import cached_property
from rest_framework import serializers
from rest_framework.utils.serializer_helpers import BindingDict


class Form(serializers.Serializer[Any]):
    """A serializer whose fields all its instances share: making them took longer than checking.

    Fields keep nothing of a request, so they may; none here may ask for its `context`.
    """

    @cached_property
    def fields(self) -> BindingDict:
        return _fields(type(self))


@cache
def _fields(form: type[Form]) -> BindingDict:
    first = form()
    fields = BindingDict(first)
    for name, field in first.get_fields().items():
        fields[name] = field
    return fields
