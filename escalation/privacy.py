"""The fields of the contacts and the school calendar. A proposal; the school's privacy officer decides."""

from audit.privacy import FieldClass, fields

KEPT = "as long as the contact holds; checked every half year, replaced when it changes"
CALENDAR = "until 5 years after the days; deadlines were counted with them"
AGREED = "as long as a case made with it is kept: the case says with which agreements"
REMINDED = "13 months, to send no second mail in a month"

FIELDS: dict[str, FieldClass] = {
    **fields("Contact", "technical", KEPT, "id", "reference", "board", "school", "municipality", "recipient"),
    **fields("Contact", "technical", KEPT, "checked_on", "hours"),
    **fields(
        "Contact", "personal", KEPT, "name", "phone", "email", "street", "postcode", "town", "owner", "checked_by"
    ),
    **fields("ClosingDays", "technical", CALENDAR, "id", "reference", "school", "starts_on", "ends_on", "label"),
    **fields("ProtocolChange", "technical", AGREED, "id", "reference", "key", "board", "number", "kind", "rule"),
    **fields("ProtocolChange", "technical", AGREED, "recipient", "conditions", "obligation", "urgency", "actor"),
    **fields("ProtocolChange", "technical", AGREED, "starts_on", "state", "for_board", "proposed_at"),
    **fields("ProtocolChange", "technical", AGREED, "approved_at", "stopped_at"),
    **fields("ProtocolChange", "personal", AGREED, "proposed_by", "approved_by", "stopped_by"),
    **fields("ProtocolChange", "personal", AGREED, "why_nl", "why_en", "stop_reason"),
    **fields("Reminder", "technical", REMINDED, "id", "month"),
    **fields("Reminder", "personal", REMINDED, "user"),
}
