"""The audit of an open publication: what its readers could work out, from the finished files alone.

It is the second mind beside the protection and shares no code with it. What the numbers mean to
each other is told in `relations`, what may be worked out from them in `bounds` and `elimination`.
"""

from assets.disclosure.audit.verdict import Audit, audit, read
from assets.disclosure.inference.promises import Breach, Promise

__all__ = ["Audit", "Breach", "Promise", "audit", "read"]
