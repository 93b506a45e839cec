"""Mail that has to leave: queued in the transaction of the change, sent by a worker.

The web process never talks to a mail server, so one that is down holds nobody up and loses nothing. A mail says a
number and a link, nothing else. What kinds there are, each app says when it starts.
"""

from accounts.mailkinds import ABOUT as ABOUT
from accounts.mailkinds import ACCOUNT as ACCOUNT
from accounts.mailkinds import CASE as CASE
from accounts.mailkinds import CONTACTS as CONTACTS
from accounts.mailkinds import INVITATION as INVITATION
from accounts.mailkinds import KINDS as KINDS
from accounts.mailkinds import PROPOSAL as PROPOSAL
from accounts.mailkinds import MailKind as MailKind
from accounts.mailkinds import gather as gather
from accounts.mailkinds import has_a_role as has_a_role
from accounts.mailkinds import light as light
from accounts.mailkinds import queue as queue
from accounts.mailkinds import register as register
from accounts.postman import send_due as send_due
