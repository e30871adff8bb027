"""What must be true of the tables: structure made from the vocabulary, and rules by hand.

Everything here looks and never changes. `expectations.checks` is what Dagster loads; Great
Expectations is imported only when a check runs, for the import alone costs several seconds.
"""

import os

# Read when Great Expectations is imported, which no module of this package does before this one.
os.environ["GX_ANALYTICS_ENABLED"] = "false"
