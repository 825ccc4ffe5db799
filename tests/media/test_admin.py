"""An administrator counts photos, and sees neither them nor whose they are."""

import pytest
from django.contrib.auth import get_user_model

from media.services import keep_upload
from tests.media.pictures import upload

pytestmark = pytest.mark.django_db


def test_photos_are_listed_without_owner_picture_or_evidence(client):
    client.force_login(get_user_model().objects.create_superuser("admin", password="x"))
    kept, _ = keep_upload(file=upload(), owner="device:owner-of-it")
    for page in ("/admin/media/upload/", f"/admin/media/upload/{kept.pk}/change/"):
        answer = client.get(page)
        content = answer.content.decode()
        assert answer.status_code == 200
        assert str(kept.pk) in content
        for secret in ("owner-of-it", "20.95", kept.sha256, kept.original_name, "/photos/"):
            assert secret not in content
    for verb in ("add/", f"{kept.pk}/delete/", f"{kept.pk}/change/"):
        assert client.post(f"/admin/media/upload/{verb}").status_code == 403
