"""The audit of an open publication: what its readers could work out, from the finished files alone.

It is a second mind that shares no code with the protection. How the numbers are related is in
`relations`; what can be worked out from them is found by `bounds` and `elimination`.
"""

from assets.disclosure.audit.verdict import Audit, audit, read
from assets.disclosure.inference.promises import Breach, Promise

__all__ = ["Audit", "Breach", "Promise", "audit", "read"]
