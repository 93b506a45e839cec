"""The fields of drafts, reports and cases. A proposal; the school's privacy officer decides.

Terms count from the closing of the case: 6 months when no action was needed, at most 3 months when it proved unfounded,
2 years after the pupil left when there was follow-up, and for a case that led to a report outside the school what the
privacy officer sets. A legal hold stops the erasing of that case alone.
"""

from audit.privacy import FieldClass, fields

DRAFT = "30 days after the last change, or until it is sent; then erased"
CASE = "with the case: 3 or 6 months after closing, or 2 years after the pupil left; then erased"
SHARE = "until the share ends, then deleted"
FIGURES = "stays for the figures once the case is erased, without a reference to a person"

FIELDS: dict[str, FieldClass] = {
    **fields("Draft", "technical", DRAFT, "id", "reference", "page", "turn", "created_at", "updated_at"),
    **fields("Draft", "personal", DRAFT, "author"),
    **fields("Draft", "sensitive", DRAFT, "data", "answers", "called_112_at"),
    **fields("Case", "technical", CASE, "id", "joined_to", "version"),
    **fields("Case", "technical", FIGURES, "board", "school", "status", "created_at", "taken_at", "closed_at"),
    **fields("Case", "technical", FIGURES, "next_due_at"),
    **fields("Case", "technical", CASE, "moved_to", "moved_at", "look_at"),
    **fields("Case", "personal", CASE, "reference", "owner"),
    **fields("Case", "sensitive", FIGURES, "concern", "subject_role", "walled", "outcome"),
    **fields("Case", "sensitive", CASE, "close_reason", "wall_reason"),
    **fields("Case", "personal", CASE, "walled_by"),
    **fields("Case", "technical", CASE, "walled_at"),
    **fields("CaseUserPermission", "technical", SHARE, "id", "permission"),
    **fields("CaseUserPermission", "personal", SHARE, "user", "content_object"),
    **fields("Share", "technical", CASE, "id", "reference", "key", "level", "created_at", "ends_on", "ended_at"),
    **fields("Share", "personal", CASE, "case", "colleague", "by", "ended_by"),
    **fields("Share", "sensitive", CASE, "reason"),
    **fields("Named", "technical", CASE, "id", "at", "ended_at"),
    **fields("Named", "personal", CASE, "case", "user", "by"),
    **fields("Barred", "technical", CASE, "id", "at"),
    **fields("Barred", "personal", CASE, "case", "by"),
    **fields("Barred", "sensitive", CASE, "user"),
    **fields("BreakGlass", "technical", CASE, "id", "reference", "role", "opened_at", "until", "reviewed_at"),
    **fields("BreakGlass", "personal", CASE, "case", "by", "reviewed_by"),
    **fields("BreakGlass", "sensitive", CASE, "reason", "review"),
    **fields("CaseChange", "technical", CASE, "id", "row_key", "kind", "at"),
    **fields("CaseChange", "personal", CASE, "case", "old", "new", "by"),
    **fields("CaseChange", "sensitive", CASE, "reason"),
    **fields("Moved", "technical", CASE, "id", "level", "at", "ended_at"),
    **fields("Moved", "personal", CASE, "case", "step", "had", "got"),
    **fields("Moved", "sensitive", CASE, "walled"),
    **fields("Note", "technical", CASE, "id", "key", "created_at"),
    **fields("Note", "personal", CASE, "case", "author"),
    **fields("Note", "sensitive", CASE, "text"),
    **fields("StoryOpening", "technical", CASE, "id", "row_key", "opened_at", "until"),
    **fields("StoryOpening", "personal", CASE, "case", "by"),
    **fields("StoryOpening", "sensitive", CASE, "reason"),
    **fields("Signal", "technical", CASE, "id", "key", "protocol", "entered_at"),
    **fields("Signal", "technical", FIGURES, "school"),
    **fields("Signal", "personal", CASE, "reference", "case", "author"),
    **fields("Signal", "sensitive", FIGURES, "concern", "subject_role"),
    **fields("Signal", "sensitive", CASE, "observed", "told", "opinion", "against", "facts"),
    **fields("Signal", "sensitive", CASE, "happened_on", "happened_time", "happened_about", "known_on", "known_time"),
    **fields("Signal", "sensitive", CASE, "called_112_at"),
    **fields("Signal", "personal", CASE, "on_paper_by", "on_paper_by_name"),
    **fields("Signal", "sensitive", CASE, "on_paper_on", "on_paper_time"),
    **fields("Person", "technical", CASE, "id", "row_key"),
    **fields("Person", "sensitive", CASE, "signal", "role", "pupil", "user", "description"),
    **fields(
        "Attachment", "technical", CASE, "id", "reference", "key", "kind", "size", "stored", "sealed_with", "state"
    ),
    **fields("Attachment", "technical", CASE, "added_at", "ended_at"),
    **fields("Attachment", "personal", CASE, "case", "signal", "by", "ended_by"),
    **fields("Attachment", "sensitive", CASE, "name", "about", "digest", "reason"),
    **fields("Addition", "technical", CASE, "id", "key", "created_at"),
    **fields("Addition", "personal", CASE, "signal", "author"),
    **fields("Addition", "sensitive", CASE, "text"),
    **fields("FactsChange", "technical", CASE, "id", "row_key", "source", "at"),
    **fields("FactsChange", "personal", CASE, "signal", "by"),
    **fields("FactsChange", "sensitive", CASE, "before", "after", "facts", "finding", "reason"),
    **fields("Step", "technical", CASE, "id", "reference", "position", "actor", "source", "change", "lapsed_by"),
    **fields("Step", "technical", CASE, "look_again_on"),
    **fields("Step", "personal", CASE, "case", "signal"),
    **fields("Step", "technical", FIGURES, "obligation", "basis", "urgency", "due_at", "state"),
    **fields("Step", "sensitive", FIGURES, "recipient", "rules"),
    **fields("Step", "sensitive", CASE, "why_nl", "why_en"),
    **fields("StepOutcome", "technical", CASE, "id", "row_key", "recorded_at", "look_again_on"),
    **fields("StepOutcome", "technical", FIGURES, "kind", "happened_at", "ground"),
    **fields("StepOutcome", "personal", CASE, "step", "by_whom", "with_whom", "reference_number", "recorded_by"),
    **fields("StepOutcome", "sensitive", CASE, "shared", "reason", "consent", "consent_reason", "finding"),
}
