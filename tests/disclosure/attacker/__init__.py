"""A third mind: an attacker with the open publication, its documentation and the annual reports.

It knows only what docs/disclosure.md says everyone knows, and reads folders as they were published.
It imports nothing of assets/published, and shares no code with the search or the audit.
"""

from tests.disclosure.attacker.attack import Finding, Findings, attack

__all__ = ["Finding", "Findings", "attack"]
