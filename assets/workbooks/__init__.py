"""Writes the workbooks for staff: the empty form, the demo, and the feedback."""
