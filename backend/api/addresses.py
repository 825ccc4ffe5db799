"""What an address of the API may hold, and what no cookie may."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponseBase, JsonResponse
from django.utils.translation import gettext as _

from backend.api.errors import CONTENT_TYPE, problem

NUL = "\0"


def plain_addresses(
    get_response: Callable[[HttpRequest], HttpResponseBase],
) -> Callable[[HttpRequest], HttpResponseBase]:
    """Refuse NUL in an address of the API: PostgreSQL can neither keep nor look for it."""

    def answer(request: HttpRequest) -> HttpResponseBase:
        if request.path.startswith("/api/") and _holds_nul(request):
            text = _("There is a character in this address that cannot be used.")
            return JsonResponse(
                problem(400, "invalid_address", text), status=400, content_type=CONTENT_TYPE
            )
        return get_response(request)

    return answer


def plain_cookies(
    get_response: Callable[[HttpRequest], HttpResponseBase],
) -> Callable[[HttpRequest], HttpResponseBase]:
    """Leave out cookies with NUL, written as \\000 in quotes: a session of nobody's is looked for
    in the database, which cannot look for that.
    """

    def answer(request: HttpRequest) -> HttpResponseBase:
        for name in [name for name, value in request.COOKIES.items() if NUL in value]:
            del request.COOKIES[name]
        return get_response(request)

    return answer


def _holds_nul(request: HttpRequest) -> bool:
    return NUL in request.path or any(
        NUL in name or any(NUL in value for value in values) for name, values in request.GET.lists()
    )
