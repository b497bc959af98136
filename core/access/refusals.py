"""Why something was not done, in words a person can act on."""


class Refused(Exception):
    """A request that cannot be carried out as it stands; the message says what to do instead."""


class NoPermission(Refused):
    """What was asked for lies outside the viewer's scope, or the viewer has none."""
