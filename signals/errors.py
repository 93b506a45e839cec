"""What a service raises when a rule does not allow the change; the message is for the person on the screen."""


class RuleError(Exception):
    """The change is not allowed now. str(error) is a translated sentence that helps."""


class OvertakenError(RuleError):
    """A colleague did something else with it meanwhile: both are shown, and one chooses."""
