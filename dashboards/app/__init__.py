"""The live dashboard: a Starlette app over one published folder, and what can be fetched from it.

`server.create_app` returns it. `address` says what an address chooses, `source` what is published
now, `pages` what a page is given to show, `downloads` what a person takes along. No number is made
here; how pages look is said in dashboards/templates.
"""
