"""What makes the tables append-only in the database itself, on PostgreSQL and on SQLite.

Nothing may be updated, deleted or truncated, except: the sealer fills in leaf_index once; rows that a Pruning names
may be deleted; personal parts may be deleted. The last two leave events, and the verifier asks for those.

They are installed after every migrate, because rebuilding a table on SQLite drops its triggers without a word, and
`audit_verify` checks that they are there and unchanged.
"""

from typing import Any

from django.db import connection
from django.db.backends.base.base import BaseDatabaseWrapper

from audit.record import COLUMNS

TABLES = ("audit_event", "audit_personal", "audit_checkpoint", "audit_anchor", "audit_pruning")
REFUSAL = "The audit log is append-only."
EVENT_COLUMNS = ["id", *COLUMNS.split(", ")]

PRUNED = (
    "EXISTS (SELECT 1 FROM audit_pruning p WHERE p.log = OLD.log "
    "AND OLD.leaf_index >= p.first_leaf AND OLD.leaf_index < p.end_leaf)"
)

POSTGRES_FUNCTIONS = {
    "audit_refuse": f"BEGIN RAISE EXCEPTION '{REFUSAL}' USING ERRCODE = 'insufficient_privilege'; END",
    "audit_event_guard": f"""
DECLARE before audit_event;
BEGIN
    IF TG_OP = 'DELETE' AND {PRUNED} THEN RETURN OLD; END IF;
    IF TG_OP = 'UPDATE' AND OLD.leaf_index IS NULL AND NEW.leaf_index IS NOT NULL THEN
        before := OLD;
        before.leaf_index := NEW.leaf_index;
        IF before IS NOT DISTINCT FROM NEW THEN RETURN NEW; END IF;
    END IF;
    RAISE EXCEPTION '{REFUSAL}' USING ERRCODE = 'insufficient_privilege';
END""",
}


def postgres_triggers() -> dict[str, str]:
    """Name and definition of each trigger. ALWAYS: session_replication_role does not switch them off."""
    found = {}
    for table in TABLES:
        changes = "UPDATE" if table == "audit_personal" else "DELETE OR UPDATE"
        function = "audit_event_guard" if table == "audit_event" else "audit_refuse"
        found[f"{table}_rows"] = f"BEFORE {changes} ON {table} FOR EACH ROW EXECUTE FUNCTION {function}()"
        found[f"{table}_whole"] = f"BEFORE TRUNCATE ON {table} FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse()"
    return found


def sqlite_triggers() -> dict[str, str]:
    """Name and full text of each trigger."""
    same = " AND ".join(f"NEW.{name} IS OLD.{name}" for name in EVENT_COLUMNS)
    sealed = f"OLD.leaf_index IS NULL AND NEW.leaf_index IS NOT NULL AND {same}"
    bodies: dict[str, str] = {}
    for table in TABLES:
        when = f" WHEN NOT ({sealed})" if table == "audit_event" else ""
        bodies[f"{table}_update"] = f"BEFORE UPDATE ON {table}{when}"
        if table != "audit_personal":
            when = f" WHEN NOT {PRUNED}" if table == "audit_event" else ""
            bodies[f"{table}_delete"] = f"BEFORE DELETE ON {table}{when}"
    # REPLACE walks past delete triggers in a connection without recursive_triggers, so it is refused on its way in.
    again = "EXISTS (SELECT 1 FROM {0} WHERE {1})"
    keys = {table: "id = NEW.id" for table in TABLES} | {"audit_personal": "event_id = NEW.event_id"}
    keys["audit_event"] += " OR event_uuid = NEW.event_uuid"
    keys["audit_checkpoint"] += " OR (log = NEW.log AND tree_size = NEW.tree_size)"
    keys["audit_pruning"] += " OR (log = NEW.log AND first_leaf = NEW.first_leaf)"
    for table, key in keys.items():
        bodies[f"{table}_replace"] = f"BEFORE INSERT ON {table} WHEN {again.format(table, key)}"
    return {
        name: f"CREATE TRIGGER {name} {body} BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END"
        for name, body in bodies.items()
    }


def install(using: BaseDatabaseWrapper | None = None) -> None:
    """Put all triggers in place, whatever was there under their names."""
    database = using or connection
    with database.cursor() as cursor:
        if database.vendor == "postgresql":
            for name, body in POSTGRES_FUNCTIONS.items():
                cursor.execute(f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $${body}$$")
            for name, body in postgres_triggers().items():
                table = name.rpartition("_")[0]
                cursor.execute(f"CREATE OR REPLACE TRIGGER {name} {body}")
                cursor.execute(f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER {name}")
        else:
            for name, text in sqlite_triggers().items():
                cursor.execute(f"DROP TRIGGER IF EXISTS {name}")
                cursor.execute(text)


def remove(using: BaseDatabaseWrapper | None = None) -> None:
    """Take the triggers away: for the flush between tests, and for whoever plays the attacker there."""
    database = using or connection
    with database.cursor() as cursor:
        if database.vendor == "postgresql":
            for name in postgres_triggers():
                cursor.execute(f"DROP TRIGGER IF EXISTS {name} ON {name.rpartition('_')[0]}")
        else:
            for name in sqlite_triggers():
                cursor.execute(f"DROP TRIGGER IF EXISTS {name}")


def problems() -> list[str]:
    """What is missing or changed, a sentence each; nothing when all is well."""
    with connection.cursor() as cursor:
        found = _postgres_state(cursor) if connection.vendor == "postgresql" else _sqlite_state(cursor)
    wanted = _postgres_wanted() if connection.vendor == "postgresql" else sqlite_triggers()
    missing = [f"The trigger {name} is not there." for name in wanted if name not in found]
    changed = [
        f"The trigger {name} is not as it should be."
        for name in wanted
        if name in found and found[name] != wanted[name]
    ]
    return missing + changed


def _postgres_wanted() -> dict[str, str]:
    triggers = {name: f"A CREATE TRIGGER {name} {body}" for name, body in postgres_triggers().items()}
    return triggers | POSTGRES_FUNCTIONS


def _postgres_state(cursor: Any) -> dict[str, str]:
    cursor.execute(
        "SELECT t.tgname, t.tgenabled::text || ' ' || pg_get_triggerdef(t.oid, true) FROM pg_trigger t "
        "JOIN pg_class c ON c.oid = t.tgrelid WHERE c.relname = ANY(%s) AND NOT t.tgisinternal "
        "AND c.relnamespace = current_schema()::regnamespace",
        [list(TABLES)],
    )
    triggers = dict(cursor.fetchall())
    cursor.execute("SELECT proname, prosrc FROM pg_proc WHERE proname = ANY(%s)", [list(POSTGRES_FUNCTIONS)])
    return triggers | dict(cursor.fetchall())


def _sqlite_state(cursor: Any) -> dict[str, str]:
    cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
    return dict(cursor.fetchall())


def index_problems() -> list[str]:
    """The indexes that keep an event from standing in the log twice: a sentence for each that is missing."""
    with connection.cursor() as cursor:
        constraints = connection.introspection.get_constraints(cursor, "audit_event").values()
    unique = [set(found["columns"]) for found in constraints if found["unique"]]
    wanted: list[set[str]] = [{"event_uuid"}, {"log", "leaf_index"}]
    return [f"The unique index on {', '.join(sorted(names))} is not there." for names in wanted if names not in unique]
