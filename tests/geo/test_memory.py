"""The thread that keeps the areas new, while the database is away."""

import logging

import pytest
from django.db import InterfaceError, OperationalError

from geo.memory import CHECK_EVERY_S, RAREST_S, Memory


@pytest.fixture
def waits(monkeypatch):
    """Let a memory look, each time with one of these errors; returns how long it waited."""

    def run(*errors):
        memory, waited, to_come = Memory(), [], list(errors)

        def look():
            if error := to_come.pop(0):
                raise error

        monkeypatch.setattr(memory, "_look", look)
        monkeypatch.setattr(memory._wake, "wait", waited.append)
        memory.watch(stopped=lambda: not to_come)
        return waited

    return run


def test_a_database_that_is_away_is_asked_ever_more_rarely_until_it_is_back(waits):
    away = OperationalError("connection refused\nIs the server running?")
    assert waits(away, away, InterfaceError("closed"), None, away) == [1.0, 2.0, 4.0, 0.5, 1.0]
    assert (CHECK_EVERY_S, waits(*[away] * 9)[-1]) == (0.5, RAREST_S)


def test_it_is_said_in_one_line(waits, caplog):
    waits(OperationalError("connection refused\nIs the server running?"))
    (said,) = caplog.records
    assert (said.levelno, said.exc_info) == (logging.WARNING, None)
    assert said.getMessage().endswith("stay in use: connection refused")


def test_a_fault_of_ours_is_told_whole(waits, caplog):
    waits(KeyError("parent"))
    (said,) = caplog.records
    assert said.levelno == logging.ERROR
    assert said.exc_info is not None
