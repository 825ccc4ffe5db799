"""One contender in a process of its own: `python -m benchmarks.photos.contenders NAME FILE N`.

Prints JSON: CPU and wall milliseconds a photo (medians), and the most memory held, in MB.
All make the same: a view and a thumbnail, each as WebP (quality 75, effort 0) and JPEG (82).
"""

import io
import json
import os
import statistics
import sys
import time
from collections.abc import Callable

VIEW, THUMB = 2048, 320
WEBP, EFFORT, JPEG = 75, 0, 82


def naive_pillow(path: str) -> None:
    from PIL import Image, ImageOps

    image = ImageOps.exif_transpose(Image.open(path))
    for size in (VIEW, THUMB):
        copy = image.copy()
        copy.thumbnail((size, size), Image.Resampling.LANCZOS)
        copy.save(io.BytesIO(), "WEBP", quality=WEBP, method=EFFORT)
        copy.save(io.BytesIO(), "JPEG", quality=JPEG)


def vips_of(view: int) -> Callable[[str], None]:
    def run(path: str) -> None:
        import pyvips

        image = pyvips.Image.thumbnail(path, view, size="down").copy_memory()
        for copy in (image, image.thumbnail_image(THUMB)):
            copy.write_to_buffer(".webp", Q=WEBP, effort=EFFORT, keep="none")
            copy.write_to_buffer(".jpg", Q=JPEG, keep="none")

    return run


def vips_jpeg_only(path: str) -> None:
    import pyvips

    image = pyvips.Image.thumbnail(path, 2000, size="down").copy_memory()
    for copy in (image, image.thumbnail_image(THUMB)):
        copy.write_to_buffer(".jpg", Q=JPEG, keep="none")


CONTENDERS = {
    "pillow": naive_pillow,
    "vips-2048": vips_of(2048),
    "vips-2000": vips_of(2000),
    "vips-jpeg": vips_jpeg_only,
}


def most_held_mb() -> float:
    """Return the peak since this program began; ru_maxrss would remember who started it."""
    with open("/proc/self/status", encoding="ascii") as status:
        return next(int(line.split()[1]) for line in status if line.startswith("VmHWM")) / 1024


def main(name: str, path: str, turns: int) -> None:
    run = CONTENDERS[name]
    run(path)
    peak = most_held_mb()
    cpu, wall = [], []
    for _turn in range(turns):
        at, used = time.perf_counter(), time.process_time()
        run(path)
        cpu.append(1000 * (time.process_time() - used))
        wall.append(1000 * (time.perf_counter() - at))
    print(
        json.dumps({"cpu": statistics.median(cpu), "wall": statistics.median(wall), "peak": peak})
    )


if __name__ == "__main__":
    os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]))
