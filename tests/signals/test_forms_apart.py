"""Forms of one class share what is the same for everybody; what is of one writer is in no other form."""

from signals.forms.concern import ConcernForm
from tests.conftest import World


def test_a_form_shows_nothing_of_the_form_of_somebody_else(world: World) -> None:
    paper = {"paper": "1"}
    own = ConcernForm(initial=paper, user=world.author, schools=[world.school, world.sister_school])
    shown = str(own["school"]) + str(own["paper_by"])
    assert world.sister_school.name in shown
    assert world.principal.name in shown
    other = ConcernForm(initial=paper, user=world.other_coordinator, schools=[world.other_school], partial=True)
    shown = str(other["school"]) + str(other["paper_by"])
    assert world.other_school.name in shown
    assert world.sister_school.name not in shown
    assert world.principal.name not in shown
    assert "required" in str(own["observed"])
    assert "required" not in str(other["observed"])


def test_making_and_showing_forms_leaves_the_class_as_it_was(world: World) -> None:
    def state() -> list[object]:
        fields = ConcernForm.base_fields.values()
        return [(vars(field).copy(), repr(vars(field.widget))) for field in fields]

    before = state()
    for schools in ([world.school], [world.school, world.sister_school]):
        form = ConcernForm({"paper": "1", "concern": "bullying"}, user=world.author, schools=schools, partial=True)
        form.is_valid()
        assert str(form)
    assert state() == before
