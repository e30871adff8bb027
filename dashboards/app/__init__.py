"""The live dashboard: a Starlette app over one published folder, and its downloads.

`server.create_app` returns the app. `address` reads the choices in an address, `source` finds the
current publication, `live_pages` collects the content of a page, and `downloads` makes the files.
No number is made here; the layout of pages is in dashboards/templates.
"""
