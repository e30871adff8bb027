"""The checks of the tables: structure made from the vocabulary, and rules written by hand.

Everything here only reads. Dagster loads `expectations.checks`; Great Expectations is imported only
when a check runs, because the import alone takes several seconds.
"""

import os

# Great Expectations reads this on import; this module runs before any that imports it.
os.environ["GX_ANALYTICS_ENABLED"] = "false"
