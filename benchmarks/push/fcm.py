"""FCM's stand-in in a process of its own: `python -m benchmarks.push.fcm FOLDER LATENCY`."""

import os
import signal
import sys
import threading
from pathlib import Path

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

from notifications.sandbox.google import Fault
from notifications.sandbox.server import Sandbox


def main() -> None:
    sandbox = Sandbox(Path(sys.argv[1]))
    sandbox.start()
    sandbox.google.order(Fault.SLOW, times=None, delay=float(sys.argv[2]))
    pairs = {"FCM_CREDENTIALS": str(sandbox.service_account), **sandbox.environment}
    print(*(f"{name}={value}" for name, value in pairs.items()), flush=True)
    ended = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: ended.set())
    ended.wait()
    sandbox.stop()


if __name__ == "__main__":
    main()
