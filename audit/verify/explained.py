"""What events say about things that are rightly gone: erased personal parts, pruned events, a restored backup."""

import json
from collections import defaultdict
from dataclasses import dataclass, field

from audit.actions import Action
from audit.models import AuditEvent
from audit.record import mac_of
from audit.recovery import rows_set_aside

UUID_AT = '"uuid":"'
SAYING = (Action.PERSONAL_ERASED, Action.LOG_PRUNED)


@dataclass
class Explained:
    """erased: uuids (hex) of events whose personal part was erased; ranges: stretches of a log where all were;

    pruned: uuid of the event, with log, first and end of the stretch that it says was pruned;
    aside: fingerprints of rows that an operator set aside.
    """

    erased: set[str] = field(default_factory=set)
    ranges: dict[str, list[tuple[int, int]]] = field(default_factory=lambda: defaultdict(list))
    pruned: dict[str, tuple[str, int, int, int]] = field(default_factory=dict)
    aside: set[str] = field(default_factory=set)

    def is_erased(self, log: str, leaf: int | None, body: str) -> bool:
        """Whether the personal part of an event is rightly gone. Called for every event with one, so it is quick."""
        if leaf is not None and any(first <= leaf < end for first, end in self.ranges.get(log, ())):
            return True
        if not self.erased:
            return False
        place = body.rindex(UUID_AT) + len(UUID_AT)
        return body[place : place + 32] in self.erased


def explained() -> Explained:
    """Read them, believing only those with a right mac; the pass over the rows checks that they are in the tree."""
    found = Explained(aside=rows_set_aside())
    rows = AuditEvent.objects.filter(action__in=SAYING).order_by("id")
    for log, key_id, body, mac in rows.values_list("log", "key_id", "body", "mac").iterator():
        if mac_of(log, key_id, body) == bytes(mac):
            said = json.loads(body)
            if said["action"] not in SAYING:
                continue  # its column was changed; the pass over the rows will say so
            _add(found, said["action"], said["uuid"], said["details"])
    return found


def _add(found: Explained, action: str, event: str, details: dict[str, object]) -> None:
    if action == Action.LOG_PRUNED:
        found.pruned[event] = (
            str(details["log"]),
            int(str(details["from"])),
            int(str(details["to"])),
            int(str(details["years"])),
        )
    elif isinstance(names := details.get("events"), list):
        found.erased.update(names)
    else:
        found.ranges[str(details["log"])].append((int(str(details["from"])), int(str(details["to"]))))
