"""The findings are made of the dashboards' publication."""

from tests.unit.test_dashboards.conftest import publication

__all__ = ["publication"]
