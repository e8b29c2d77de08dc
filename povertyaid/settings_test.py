"""Tests run on the same settings; only what costs time is swapped."""

import os

os.environ.setdefault("DEMO_MODE", "1")

from povertyaid.settings import *  # noqa: E402, F403

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
ALLOWED_HOSTS = ["*"]
MEDIA_ROOT = DATA_DIR / "test-files"  # noqa: F405
