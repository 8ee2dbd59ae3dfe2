"""The product's settings, read in the suite's own environment."""

import tests.environment  # noqa: F401  before the settings read it
from turnout.config.settings import *  # noqa: F403
