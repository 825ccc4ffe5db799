"""Who asks too fast is stopped; who catches up fast is not."""

from realtime.limits import ACK_STEP, BURST, Allowance


def spent() -> Allowance:
    allowance = Allowance()
    while allowance.take():
        pass
    return allowance


def test_a_burst_is_allowed_and_no_more(monkeypatch):
    monkeypatch.setattr("realtime.limits.time.monotonic", lambda: 7.0)
    allowance = Allowance()
    assert [allowance.take() for _turn in range(BURST + 1)] == [True] * BURST + [False]


def test_an_acknowledgement_every_so_many_entries_costs_nothing():
    allowance = spent()
    allowance.begin(1000)
    head = 1000 + 500 * ACK_STEP
    acknowledged = range(1000 + ACK_STEP, head + 1, ACK_STEP)
    assert all(allowance.is_due(position, head) for position in acknowledged)


def test_more_than_that_is_a_command_like_another():
    allowance = Allowance()
    allowance.begin(1000)
    assert not allowance.is_due(1000 + ACK_STEP - 1, 9000)
    assert allowance.is_due(1000 + ACK_STEP, 9000)
    assert not allowance.is_due(1000 + ACK_STEP, 9000)  # said twice
    assert not allowance.is_due(9001, 9000)  # of the future


def test_an_earlier_follow_begins_anew():
    allowance = Allowance()
    assert allowance.is_due(5000, 5000)
    allowance.begin(100)
    assert allowance.is_due(100 + ACK_STEP, 5000)
