"""Where files lie: in folders of this machine, or in a bucket that speaks S3."""

from typing import Any

from config import env


def storages(bucket: str) -> dict[str, dict[str, Any]]:
    """Return Django's STORAGES; a blank `bucket` keeps everything in folders."""
    kept: dict[str, dict[str, Any]] = {
        "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
        "originals": {"BACKEND": "media.storage.OriginalsOnDisk"},
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    }
    if not bucket:
        return kept
    shared: dict[str, Any] = {
        "BACKEND": "storages.backends.s3.S3Storage",
        "OPTIONS": {
            "bucket_name": bucket,
            "endpoint_url": env.text("STORAGE_ENDPOINT", "") or None,
            "region_name": env.text("STORAGE_REGION", "") or None,
            "access_key": env.text("STORAGE_ACCESS_KEY", "") or None,
            "secret_key": env.text("STORAGE_SECRET_KEY", "") or None,
            "default_acl": "private",
            "file_overwrite": False,
        },
    }
    # A bucket of their own lets the originals have fewer readers; by default, a folder.
    originals = env.text("STORAGE_ORIGINALS_BUCKET", "")
    own = {"bucket_name": originals} if originals else {"location": "originals"}
    kept["default"] = shared
    kept["originals"] = {**shared, "OPTIONS": {**shared["OPTIONS"], **own}}
    return kept
