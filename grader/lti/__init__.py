"""LTI 1.3, as a tool speaks it: the messages of a launch, and the services of a platform.

Nothing here knows of the server or its database: what is known of a platform is given, what a
platform says comes back as frozen values, and what can't be right is an `LtiError`.
"""
