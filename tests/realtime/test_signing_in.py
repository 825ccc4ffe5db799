"""Where a client is, as far as limits by address ask."""

import pytest

from realtime.signing_in import address_of

SCOPE = {"client": ["10.0.0.1", 4321]}


@pytest.mark.parametrize(
    ("proxies", "forwarded", "address"),
    [
        (0, None, "10.0.0.1"),
        (0, "203.0.113.9", "10.0.0.1"),  # nobody stands before us: the client's own word
        (1, "203.0.113.9", "203.0.113.9"),
        (1, "198.51.100.1, 203.0.113.9", "203.0.113.9"),
        (2, "198.51.100.1, 203.0.113.9, 192.0.2.1", "203.0.113.9"),
        (2, "203.0.113.9", "203.0.113.9"),
        (1, " , ", "10.0.0.1"),
        (1, None, "10.0.0.1"),
    ],
)
def test_an_address_is_the_one_that_the_first_proxy_saw(settings, proxies, forwarded, address):
    settings.REST_FRAMEWORK = {**settings.REST_FRAMEWORK, "NUM_PROXIES": proxies}
    headers = {} if forwarded is None else {"x-forwarded-for": forwarded}
    assert address_of(SCOPE, headers) == address


@pytest.mark.parametrize("scope", [{}, {"client": None}, {"client": [None, 0]}])
def test_a_unix_socket_has_no_address(scope):
    assert address_of(scope, {}) == ""
