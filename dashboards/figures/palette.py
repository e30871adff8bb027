"""The colours of the charts, the only place where they are chosen. Their contrast is tested.

Lightness says which year: every mark of the year itself has a contrast of about 6 to white, the
year beside it one of about 3, so that the two stay apart in greyscale and on a bad printer. Hue
says what: blue for most, orange for dropouts and no-shows alone, grey for the categories that say
little («annet»).
"""

from __future__ import annotations

MAIN = "#0063C1"
"""The year itself: 5.9 on white."""

ALARM = "#AC4400"
"""Dropouts and no-shows, and nothing else: 5.9 on white."""

MUTED = "#5B6472"
"""Categories that say little, and quiet text: 6.0 on white, 1.9 on the year beside."""

OTHER_YEAR = "#8B93A0"
"""The year beside, in every chart: 3.1 on white, 1.9 on MAIN."""

TEXT = "#202733"
"""Text, strokes of targets and medians: 15 on white."""

PARTNER = "#BAD5FB"
"""A light field with an outline of TEXT: the second part of two, the middle half of a range."""

BAND = "#DCE9FC"
"""How uncertain a curve is; its limits stand in the table."""

TRACK = "#E9ECF1"
"""What a bar could have reached; a line that helps the eye."""

PAPER = "#FFFFFF"
