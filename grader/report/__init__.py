"""Results as text: pure functions of the result document, each form in a module of its own.

Importing this package is cheap: a form loads what it draws with when its module is imported.
"""
