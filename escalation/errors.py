"""What a service of this app raises when a rule does not allow the change; the message is for the screen."""


class AgreementError(Exception):
    """The change is not allowed. str(error) is a translated sentence that helps; `field` is the one to look at."""

    def __init__(self, message: str, field: str = "") -> None:
        super().__init__(message)
        self.field = field


class ContactChangedError(Exception):
    """A colleague changed a contact since the form was shown. Nothing was kept."""


class HoursChangedError(Exception):
    """A colleague changed the hours or the region of a school since the form was shown. Nothing was kept."""


class ClosingLabelError(Exception):
    """These closing days stand in the calendar already, under the name that str(error) gives. Nothing was kept."""
