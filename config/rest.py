"""How the HTTP interface is made, and how it describes itself."""

from config import env

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "backend.api.http.DeviceAuthentication",
        "backend.api.http.StaffSessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": [],
    "DEFAULT_PARSER_CLASSES": ["backend.api.parsing.PlainJSON"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "backend.api.errors.problem_response",
    "UNAUTHENTICATED_USER": None,
    # How many proxies stand before us; a phone's own X-Forwarded-For is believed by nobody.
    "NUM_PROXIES": env.number("PROXIES", 0),
    "TEST_REQUEST_DEFAULT_FORMAT": "json",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Hiện Trường",
    "DESCRIPTION": "Field reports, their tickets, and the live feed's catch-up.",
    "VERSION": "1",
    "OAS_VERSION": "3.1.0",
    "SERVE_INCLUDE_SCHEMA": False,
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "backend.api.schema.say_how_it_refuses",
    ],
    "ENUM_NAME_OVERRIDES": {
        "RuleSetStateEnum": "routing.api_shapes.STATES",
        "ScoreEnum": "backend.tickets.models.Rating.Score",
        "StatusEnum": "backend.api.ticket_shapes.STATUSES",
        "AddressTransportEnum": "notifications.api.addresses.GIVEN",
        "ChannelEnum": "notifications.api.wishes.CHANNEL_CHOICES",
        "MayEnum": "backend.api.ticket_shapes.VERBS",
        "PhotoMayEnum": ["cover", "uncover", "release", "withhold", "see_original"],
        "PhotoKindEnum": ["before", "after"],
        "FoundKindEnum": ["face", "plate"],
        "PhotoStateEnum": "backend.api.report_shapes.PHOTO_STATES",
    },
}
