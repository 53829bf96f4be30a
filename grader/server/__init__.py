"""A server: hand in through a browser, feedback in a second, a desk for those who teach.

It is a face: what it shows and decides comes from the packages below it, which know nothing of it.
What is accepted is in the database before the browser is told so, with a job in the same
transaction; workers lease jobs, and a result is written once.
"""
