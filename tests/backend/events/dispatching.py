"""`dispatch_events` as a process of its own, on the tests' own database."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings


@contextmanager
def dispatcher(*words: str) -> Iterator[subprocess.Popen[bytes]]:
    """A real one, from when it says that it delivers; killed at the end."""
    base = os.environ["DATABASE_URL"].rpartition("/")[0]
    env = os.environ | {"DATABASE_URL": f"{base}/{settings.DATABASES['default']['NAME']}"}
    command = [sys.executable, "manage.py", "dispatch_events", *words]
    running = subprocess.Popen(command, cwd=settings.BASE_DIR, env=env, stdout=subprocess.PIPE)
    try:
        assert running.stdout
        running.stdout.readline()
        yield running
    finally:
        running.kill()
        running.wait()
        running.stdout.close()
