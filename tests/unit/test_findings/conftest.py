from tests.unit.test_dashboards.conftest import publication

__all__ = ["publication"]
