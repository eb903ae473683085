"""A live page: a scenario and its baseline run day by day in the browser, side by side.

choice.py    what a visitor chose and typed, as settings of a scenario, a file, a command
session.py   both worlds, advanced day by day; no page
charts.py    what is drawn of them
markup.py    what is told of them
page.py      one visitor's page
serve.py     the server
speed.py     how many days a second it keeps
"""
