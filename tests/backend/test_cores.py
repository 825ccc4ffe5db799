"""A process of many threads keeps to one core, and leaves the others to the others."""

import os
import subprocess
import sys
import threading
from contextlib import ExitStack
from uuid import uuid4

import pytest

from backend.cores import keep_to_one_core

pytestmark = pytest.mark.skipif(
    not hasattr(os, "sched_setaffinity") or len(os.sched_getaffinity(0)) < 2,
    reason="needs Linux and two cores",
)

# A thread that runs before, one that starts afterwards: both say where they may run.
KEPT = """
import os, sys, threading
from backend import cores

cores.CLAIM = sys.argv[2]
os.sched_setaffinity(0, {int(core) for core in sys.argv[1].split(",")})
go, said = threading.Event(), []
def say():
    go.wait()
    said.append(os.sched_getaffinity(0))
early = threading.Thread(target=say)
early.start()
core = cores.keep_to_one_core()
go.set()
late = threading.Thread(target=say)
late.start()
early.join()
late.join()
print(core, all(each == {core} for each in said), flush=True)
sys.stdin.read()
"""


@pytest.fixture
def a_process():
    """Start processes that keep to one of two cores; returns what each says of itself."""
    two = ",".join(str(core) for core in sorted(os.sched_getaffinity(0))[:2])
    claim = f"tried-{uuid4().hex}"  # not those of a sender that another test runs
    with ExitStack() as open_ones:

        def start() -> tuple[subprocess.Popen, list[str]]:
            words = [sys.executable, "-c", KEPT, two, claim]
            pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
            process = open_ones.enter_context(subprocess.Popen(words, text=True, **pipes))
            open_ones.callback(process.kill)
            return process, process.stdout.readline().split()

        yield start


def test_each_process_takes_a_core_of_its_own_until_none_is_left(a_process):
    (_one, [first, bound]), (_two, [second, bound_too]) = a_process(), a_process()
    assert (bound, bound_too) == ("True", "True")
    assert first != second
    _three, [third, _free] = a_process()
    assert third == "None"


def test_a_killed_process_gives_its_core_back(a_process):
    one, [first, _bound] = a_process()
    a_process()
    one.kill()
    one.wait()
    assert a_process()[1] == [first, "True"]


def test_an_operators_single_core_is_left_as_it_is():
    found = []

    def keep() -> None:
        os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})  # of this thread only
        found.append(keep_to_one_core())

    thread = threading.Thread(target=keep)
    thread.start()
    thread.join()
    assert found == [None]
