"""The live dashboard: a Dash app over one published folder, and what can be fetched from it.

`server.create_app` returns it. `outline` says which figure is on which page, `address` what an
address chooses, `source` what is published now, `pages` what stands on a page, `downloads` what a
person takes along. No number is made here.
"""
