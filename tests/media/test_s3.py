"""The same photos in a bucket: against moto's S3 server on this machine, over real HTTP.

It proves that our storage calls are what S3 speaks: put, get, head, list, delete, one bucket or
two. It proves nothing of a provider's permissions, consistency or speed.
"""

from datetime import timedelta

import boto3
import pytest
from django.core.management import call_command
from moto.server import ThreadedMotoServer

from media import services
from media.developing import develop_here
from media.errors import UnknownPhoto
from media.links import open_signed, signed_path
from media.storage import open_original
from tests.media.pictures import opened, photo, upload

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def endpoint():
    server = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture
def buckets(endpoint, settings):
    keys = {"aws_access_key_id": "key", "aws_secret_access_key": "secret"}
    client = boto3.client("s3", endpoint_url=endpoint, region_name="us-east-1", **keys)
    for name in ("copies", "sent"):
        client.create_bucket(Bucket=name)
    options = {
        "endpoint_url": endpoint,
        "region_name": "us-east-1",
        "access_key": "key",
        "secret_key": "secret",
        "default_acl": "private",
        "file_overwrite": False,
    }
    backend = "storages.backends.s3.S3Storage"
    settings.STORAGES = settings.STORAGES | {
        "default": {"BACKEND": backend, "OPTIONS": options | {"bucket_name": "copies"}},
        "originals": {"BACKEND": backend, "OPTIONS": options | {"bucket_name": "sent"}},
    }
    settings.PHOTO_KEYS = [bytes(32)]
    yield client
    for name in ("copies", "sent"):
        for each in client.list_objects_v2(Bucket=name).get("Contents", []):
            client.delete_object(Bucket=name, Key=each["Key"])


def names(client, bucket: str) -> set[str]:
    return {each["Key"] for each in client.list_objects_v2(Bucket=bucket).get("Contents", [])}


@pytest.mark.django_db(transaction=True)
def test_a_photos_life_in_a_bucket(buckets, capsys):
    kept, _ = services.keep_upload(file=upload(), owner="device:1")
    develop_here(kept)
    assert names(buckets, "sent") == {kept.original_name}
    assert names(buckets, "copies") == set(kept.copy_names)
    with open_original(kept.original_name) as file:
        assert file.read() == photo()
    token = signed_path(kept, "view").rpartition("/")[2]
    assert opened(open_signed(token).file.read()).size == (80, 40)
    call_command("verify_uploads")
    assert "Every file is there" in capsys.readouterr().out
    buckets.delete_object(Bucket="copies", Key=kept.view_name)
    with pytest.raises(UnknownPhoto):
        open_signed(token).file.read()
    assert services.remove_unclaimed(before=kept.created_at + timedelta(hours=1)) == 1
    assert names(buckets, "sent") | names(buckets, "copies") == set()
