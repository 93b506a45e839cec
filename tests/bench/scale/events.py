"""An event for each case. Nobody can check their macs: they fill the table, and the triggers are as they always are."""

from audit.models import AuditEvent
from tests.bench.scale.cases import AGE_HOURS, WRITER
from tests.bench.scale.dialect import Dialect, code, quoted
from tests.bench.scale.fill import fill

BODY = '{"action":"signal.sent"}' + " " * 500  # as long as a real one


def build_events(sql: Dialect) -> None:
    """As if each report had been sent and then sealed."""
    values = {
        "event_uuid": sql.uuid("key"),
        "log": f"({code('board')}) || '/2026'",
        "occurred_at": sql.ago(AGE_HOURS),
        "actor_ref": code(WRITER),
        "actor_role": "'teacher'",
        "action": "'signal.sent'",
        "rule": "'signal_write'",
        "board_ref": code("board"),
        "school_ref": f"CASE WHEN walled THEN '' ELSE {code('school')} END",
        "case_ref": code("key"),
        "object_type": "'signal'",
        "object_ref": code("key"),
        "details": "'{}'",
        "key_id": "'1'",
        "body": quoted(BODY),
        "mac": sql.bytes("0" * 32),
        "leaf_index": "id",
    }
    fill(AuditEvent, values, "bench_case ORDER BY id")
