"""The monthly form to EST as it is handed in: a page and a workbook, each on one A4 page.

Both show the result of `dashboards.figures.monthly_form`. Their paths are in `files`.
"""

from dashboards.forms.files import page_file, workbook_file
from dashboards.forms.form_workbook import month_workbook
from dashboards.forms.page import Neighbours, neighbours, render_month_page

__all__ = [
    "Neighbours",
    "month_workbook",
    "neighbours",
    "page_file",
    "render_month_page",
    "workbook_file",
]
