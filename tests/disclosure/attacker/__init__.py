"""A third mind: somebody who has the open publication, its documentation and NorA's annual reports.

Reads what docs/disclosure.md says everyone knows, and folders as they were published; nothing else.
Imports nothing of assets/published, and shares no code with the search or the audit.
"""

from tests.disclosure.attacker.attack import Finding, Findings, attack

__all__ = ["Finding", "Findings", "attack"]
