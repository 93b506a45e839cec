"""A dossier for the police in the demo: approved as the page does it; the demo's own worker prints it."""

from uuid import NAMESPACE_URL, uuid5

from accounts.models import User
from signals.dossier.compose import content_hash, desk_of, letter_of
from signals.dossier.parts import id_of
from signals.dossier.services.preparing import Entry, dossier_begin, dossier_order, dossier_pick
from signals.models import Case, Dossier, DossierFor, DossierGround, Signal
from signals.models.step import Consent

PURPOSE = "De wijkagent spreekt met de leerling en zijn ouders, en moet weten wat er op school is gezien en gehoord."
GROUPS = ("facts", "against", "steps")


def write_letter(signal: Signal) -> Dossier:
    """With the facts, what speaks against them, and the steps that were taken."""
    by = User.objects.get(email="coordinator@demo.example")
    entry = Entry(
        language="nl",
        recipient=DossierFor.POLICE,
        name="Politie Merendal, wijkagent Rianne Veldkamp",
        post="Stationsplein 4\n1234 AB Merendal",
        about=id_of(signal.people.get()),
        purpose=PURPOSE,
        ground=DossierGround.TASK,
        consent=Consent.NOT_ASKED,
        consent_reason="Er was een dreiging met een dag en een plek; vragen had te lang geduurd.",
    )
    case = Case.objects.select_related("school", "board").get(signals=signal)
    row = dossier_begin(by=by, case=case, entry=entry, key=str(uuid5(NAMESPACE_URL, signal.reference)))
    picked = [part.key for part in desk_of(row).parts if part.group in GROUPS]
    row = dossier_pick(by=by, dossier=row, picked=picked, named_staff=False)
    return dossier_order(by=by, dossier=row, seen=content_hash(letter_of(row, by=by).frozen()))
