"""The fields of boards, schools and people. A proposal; the school's privacy officer decides.

The queue of django-tasks (`django_tasks_database_dbtaskresult`) holds the id of a BackgroundJob and the name of the
process that does it, never a name, a text or an error, and loses its rows a day after they are done.
"""

from audit.privacy import FieldClass, fields

PLACE = "as long as the board uses the product"
STAFF = "until 2 years after the last role ended, then erased; what they wrote is shown by role"
KEY = "replaced whenever it changes, erased when the account ends"
UNUSED = "stays empty: rights come from memberships, never from these tables"
ROLE = "5 years after it ended, as long as the log that refers to it"
INVITED = "with the role that came of it; when it was withdrawn or never used, 1 year"
MAIL = "14 days after it was sent, 90 days after it was given up, then erased"
WORK = "a day after it was done, or until an administrator gave it up, then erased"
SLOT = "60 days, then erased"
BROWSER = "400 days after the last log-in in it, then erased"
WORDS = "until sent or thrown away, at most 30 days, then erased"
DATABASE = "until the key is dropped; holds no key"
PUPIL = "until 2 years after the pupil left the school, then erased unless a case is on hold"

FIELDS: dict[str, FieldClass] = {
    **fields("Board", "technical", PLACE, "id", "reference", "name"),
    **fields("School", "technical", PLACE, "id", "reference", "board", "name", "sector", "municipality", "brin"),
    **fields("School", "technical", PLACE, "region", "hours"),
    **fields("User", "technical", STAFF, "id", "is_superuser", "is_active", "created_at", "session_number"),
    **fields("User", "personal", STAFF, "reference", "email", "name", "last_login"),
    **fields("User", "sensitive", KEY, "password"),
    **fields("User_groups", "technical", UNUSED, "id", "group"),
    **fields("User_groups", "personal", UNUSED, "user"),
    **fields("User_user_permissions", "technical", UNUSED, "id", "permission"),
    **fields("User_user_permissions", "personal", UNUSED, "user"),
    **fields("Membership", "technical", ROLE, "id", "school", "board", "starts_on", "ends_on"),
    **fields("Membership", "personal", ROLE, "user", "role"),
    **fields("Membership", "technical", ROLE, "reference"),
    **fields("Invitation", "technical", INVITED, "id", "reference", "board", "school", "starts_on", "ends_on"),
    **fields("Invitation", "technical", INVITED, "created_at", "expires_at", "used_at", "revoked_at"),
    **fields("Invitation", "personal", INVITED, "user", "name", "role", "invited_by"),
    **fields("Invitation", "sensitive", KEY, "nonce"),
    **fields("OutgoingMail", "technical", MAIL, "id", "kind", "created_at", "next_try_at", "tries", "sent_at"),
    **fields("OutgoingMail", "technical", MAIL, "failed_at", "problem"),
    **fields("OutgoingMail", "personal", MAIL, "to", "reference", "path"),
    **fields("MailChoice", "technical", STAFF, "id"),
    **fields("MailChoice", "personal", STAFF, "user", "rhythm", "quiet_from", "quiet_until", "quiet_weekend"),
    **fields("BackgroundJob", "technical", WORK, "id", "name", "board", "state", "tries", "problem", "created_at"),
    **fields("BackgroundJob", "technical", WORK, "started_at", "finished_at"),
    **fields("BackgroundJob", "personal", WORK, "ids"),
    **fields("JobSlot", "technical", SLOT, "id", "job", "slot", "created_at"),
    **fields("PartBeat", "technical", PLACE, "id", "part", "ran_at", "careful_until", "failed_at", "problem"),
    **fields("KnownBrowser", "technical", BROWSER, "id", "digest", "tokens"),
    **fields("KnownBrowser", "personal", BROWSER, "user", "first_seen_at", "last_seen_at"),
    **fields("KeptWords", "technical", WORDS, "id", "reference", "created_at"),
    **fields("KeptWords", "personal", WORDS, "user", "path"),
    **fields("KeptWords", "sensitive", WORDS, "fields"),
    **fields("ContentKey", "technical", DATABASE, "id", "number", "fingerprint", "first_seen_at"),
    **fields("UnlinkedIdentity", "technical", STAFF, "id", "provider", "created_at"),
    **fields("UnlinkedIdentity", "personal", STAFF, "user"),
    **fields("Pupil", "technical", PUPIL, "id", "is_active"),
    **fields("Pupil", "personal", PUPIL, "reference", "school", "name", "group", "birth_date"),
}
