"""What the OpenAPI document says of our two ways to sign in, and of every refusal."""

from typing import Any

from drf_spectacular.extensions import OpenApiAuthenticationExtension


class DeviceScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    target_class = "backend.api.http.DeviceAuthentication"
    name = "device"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        return {
            "type": "apiKey",
            "in": "header",
            "name": "Authorization",
            "description": "`Device <token>`, from `POST /api/v1/devices`.",
        }


class SessionScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    target_class = "backend.api.http.StaffSessionAuthentication"
    name = "session"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        return {
            "type": "apiKey",
            "in": "cookie",
            "name": "sessionid",
            "description": "From `POST /api/v1/session`; what changes something also needs "
            "the header `X-CSRFToken`.",
        }


PROBLEM = {
    "type": "object",
    "description": "A refusal (RFC 9457). `code` is stable; `detail` is a sentence for a person, "
    "in the language of `Accept-Language`. 429 and 503 carry `Retry-After`. A conflict over a "
    "ticket carries the ticket as it is now.",
    "required": ["type", "title", "status", "code", "detail"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "code": {"type": "string"},
        "detail": {"type": "string"},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["field", "code", "detail"],
                "properties": {
                    "field": {"type": "string"},
                    "code": {"type": "string"},
                    "detail": {"type": "string"},
                },
            },
        },
    },
}


def say_how_it_refuses(result: dict[str, Any], **_more: Any) -> dict[str, Any]:
    """Give every operation the problem document as its answer to whatever goes wrong."""
    result["components"]["schemas"]["Problem"] = PROBLEM
    refusal = {
        "description": "Refused: 400, 401, 403, 404, 405, 409, 413, 415, 429, 500 or 503.",
        "content": {
            "application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}
        },
    }
    for path in result["paths"].values():
        for operation in path.values():
            operation["responses"].setdefault("default", refusal)
    return result
