"""What the published numbers say, in sentences that name their base.

A sentence speaks of a change only where it is larger than chance would make it (`chance`), and
there is none where a number that it needs is withheld, or its base is small.
"""
