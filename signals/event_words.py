"""How events call pages, objects and tabs, see signals.sentences."""

from django.utils.translation import gettext_lazy

PAGES = {
    "signals:desk": gettext_lazy("the desk"),
    "signals:followup": gettext_lazy("follow-up"),
    "signals:followup-case": gettext_lazy("a case in follow-up"),
    "signals:story": gettext_lazy("the story of a case"),
    "signals:case": gettext_lazy("a case"),
    "signals:mine": gettext_lazy("own reports"),
    "signals:signal": gettext_lazy("a report"),
    "signals:signal-new": gettext_lazy("the concern form"),
    "signals:trail-check": gettext_lazy("the check of the log"),
    "accounts:people": gettext_lazy("the list of people"),
    "signals:shared": gettext_lazy("what was shared"),
    "signals:glass": gettext_lazy("what was opened by break-glass"),
    "signals:glass-break": gettext_lazy("break-glass"),
    "signals:readable": gettext_lazy("what somebody could read"),
    "escalation:contacts": gettext_lazy("the contacts"),
    "escalation:contact-edit": gettext_lazy("a contact"),
    "escalation:contacts-due": gettext_lazy("the contacts to check"),
    "escalation:calendars": gettext_lazy("the school calendar"),
    "escalation:own-steps": gettext_lazy("what the board agreed about steps"),
    "escalation:own-step-new": gettext_lazy("proposing a step of the board's own"),
    "escalation:own-step-change": gettext_lazy("proposing to change a step"),
}
OBJECTS = {
    "case": gettext_lazy("wanted to open a case that does not exist or is not theirs to see"),
    "step": gettext_lazy("wanted to open a step that does not exist or is not theirs to see"),
    "signal": gettext_lazy("wanted to open a report that does not exist or is not theirs to see"),
    "draft": gettext_lazy("wanted to open a draft that does not exist or is not theirs to see"),
    "contacts": gettext_lazy("wanted the contacts of a school that does not exist or is not theirs to see"),
    "calendar": gettext_lazy("wanted the calendar of a school that does not exist or is not theirs to see"),
    "protocol": gettext_lazy("wanted an agreement about a step that does not exist or is not theirs to see"),
    "factor": gettext_lazy("wanted to open a second step that does not exist or is not theirs"),
    "share": gettext_lazy("wanted to stop a share that does not exist or is not theirs to see"),
    "glass": gettext_lazy("wanted to look into a broken glass that does not exist or is not theirs to see"),
    "seal": gettext_lazy("wanted the seal of a log that does not exist or is not theirs to see"),
    "person": gettext_lazy("wanted to see somebody who does not exist or is not theirs to see"),
    "role": gettext_lazy("wanted to end a role that does not exist or is not theirs to end"),
    "invitation": gettext_lazy("wanted an invitation that does not exist or is not theirs to see"),
    "event": gettext_lazy("wanted a proof of something that is not in the log or not theirs to see"),
}
TABS = {
    "new": gettext_lazy("new"),
    "mine": gettext_lazy("their own"),
    "open": gettext_lazy("open"),
    "closed": gettext_lazy("closed"),
    "glass": gettext_lazy("opened by break-glass"),
    "unreviewed": gettext_lazy("not reviewed yet"),
    "overdue": gettext_lazy("too late"),
    "shared": gettext_lazy("opened to them one by one"),
}
# What was done with reports, by the code in the event.
TRANSFERS = {
    "move": gettext_lazy("put a report of another case with this one"),
    "split": gettext_lazy("made a case of its own of a report of another case"),
    "back": gettext_lazy("put reports back here from another case"),
}
