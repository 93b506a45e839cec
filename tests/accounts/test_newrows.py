"""New rows are made, checked and written as Django would, only quicker."""

from datetime import date, datetime, timedelta, timezone
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.db.models import Model

from accounts.newrows import model_fields, new_row, take_numbers, values_of
from accounts.saving import row_check, rows_insert
from audit.kept_cursor import kept_cursor
from signals.models import Case, Signal, Step
from signals.models.case import Status
from tests.conftest import World

AT = datetime(2026, 11, 28, 9, 30, tzinfo=timezone(timedelta(hours=1)))
RANDOM = ("reference", "row_key")


def case_of(world: World, **changes: Any) -> dict[str, Any]:
    values = {"board": world.board, "school": world.school, "concern": "bullying", "subject_role": "pupil"}
    return {**values, "created_at": AT, **changes}


def step_of(case: Case, signal: Signal, **changes: Any) -> dict[str, Any]:
    texts = dict.fromkeys(("recipient", "obligation", "basis", "urgency", "actor", "why_nl", "why_en", "source"), "x")
    return {"case": case, "signal": signal, "position": 1, "rules": ["R01"], "due_at": AT, **texts, **changes}


def kept(row: Model) -> dict[str, Any]:
    return {name: value for name, value in row.__dict__.items() if name not in ("_state", *RANDOM)}


def test_a_new_row_is_the_one_of_django(world: World, pupil_signal: Signal) -> None:
    for model, given in (
        (Case, case_of(world)),
        (Case, case_of(world, owner=None, walled_by=world.coordinator)),
        (Step, step_of(pupil_signal.case, pupil_signal)),
    ):
        quick, slow = new_row(model, **given), model(**given)
        assert kept(quick) == kept(slow)
        assert quick._state.fields_cache == slow._state.fields_cache
        assert quick._state.adding
        assert len(quick.__dict__["reference"]) == 12


def test_each_row_gets_a_reference_of_its_own(world: World) -> None:
    assert new_row(Case, **case_of(world)).reference != new_row(Case, **case_of(world)).reference
    assert new_row(Case, **case_of(world, reference="ABCD-EFGH-JK")).reference == "ABCD-EFGH-JK"


def test_a_name_that_the_model_does_not_have_is_refused(world: World) -> None:
    with pytest.raises(KeyError):
        new_row(Case, **case_of(world), shool=world.school)


def test_values_are_those_of_django(world: World, pupil_signal: Signal) -> None:
    for row in (
        Case(**case_of(world, walled=True, status=Status.NEW, next_due_at=AT)),
        Step(**step_of(pupil_signal.case, pupil_signal, look_again_on=date(2026, 12, 1), position=70_000)),
    ):
        fields = model_fields(type(row))
        wanted = [field.get_db_prep_save(field.pre_save(row, True), connection) for field in fields]
        found = values_of([row], frozenset(), connection)
        assert [repr(value) if "Json" in repr(value) else value for value in found] == [
            repr(value) if "Json" in repr(value) else value for value in wanted
        ]


def test_a_row_takes_the_number_of_what_was_written_after_it_was_made(world: World) -> None:
    case = new_row(Case, **case_of(world))
    step = new_row(Step, **step_of(case, Signal()))
    with pytest.raises(ValueError, match="case of signals"):
        take_numbers(step)
    rows_insert([case])
    step = new_row(Step, **step_of(case, Signal(pk=5)))
    assert (step.case_id, step.signal_id) == (case.pk, 5)


def test_what_a_field_may_not_hold_is_refused(world: World) -> None:
    row_check(new_row(Case, **case_of(world)))
    for wrong in ({"concern": "x" * 31}, {"concern": ""}, {"status": "nowhere"}, {"created_at": None}, {"walled": "?"}):
        with pytest.raises(ValidationError) as refused:
            row_check(new_row(Case, **case_of(world, **wrong)))
        assert set(refused.value.message_dict) == set(wrong)


def test_marks_and_percent_signs_of_a_kept_statement(db: None) -> None:
    for values in (["a", 1], ("a", 1)):
        with kept_cursor() as cursor:
            cursor.execute("SELECT '%%s' || CAST(%s AS varchar(9)), CAST(%s AS bigint)", values)
            assert cursor.fetchall() == [("%sa", 1)]
