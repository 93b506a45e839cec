"""The fields of the contacts. A proposal; the school's privacy officer decides."""

from audit.privacy import FieldClass, fields

KEPT = "as long as the contact holds; checked every half year, replaced when it changes"

FIELDS: dict[str, FieldClass] = {
    **fields("Contact", "technical", KEPT, "id", "reference", "board", "school", "municipality", "recipient"),
    **fields("Contact", "technical", KEPT, "checked_on"),
    **fields("Contact", "personal", KEPT, "name", "phone", "email", "checked_by"),
}
