"""The workbooks that are written for staff: the empty form, the demo, and the feedback."""
