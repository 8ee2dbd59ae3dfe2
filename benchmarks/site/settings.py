"""The product's settings with the addresses of a benchmark: the same middleware in front of two bare views."""

from turnout.config.settings import *  # noqa: F403

ROOT_URLCONF = "benchmarks.site.urls"
