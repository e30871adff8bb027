"""The one code location of Dagster, named in workspace.yaml: the definitions of this home."""

from pipelines.definitions import definitions
from pipelines.settings import Settings

defs = definitions(Settings.from_environment())
