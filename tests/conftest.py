"""What holds for every test."""

from __future__ import annotations

from hypothesis import settings

# A slow example is no failure: a busy machine takes its time.
settings.register_profile("patient", deadline=None)
settings.load_profile("patient")
