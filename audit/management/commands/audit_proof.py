"""`manage.py audit_proof`: a proof as JSON, to be checked by audit/standalone/verify_log.py elsewhere."""

import json
from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError, CommandParser

from audit.models import Checkpoint
from audit.proofs import ProofError, consistency_proof, inclusion_proof


class Command(BaseCommand):
    """Proves one event, or that the log only grew between two checkpoints."""

    help = "Writes an inclusion proof of one event, or a consistency proof between two checkpoints, as JSON."

    def add_arguments(self, parser: CommandParser) -> None:
        kinds = parser.add_subparsers(dest="kind", required=True)
        event = kinds.add_parser("event", help="that an event is in the log")
        event.add_argument("reference", type=UUID, help="as it stands on the receipt")
        event.add_argument("--size", type=int, help="of the checkpoint to prove it for; the newest when left out")
        grown = kinds.add_parser("consistency", help="that the log only grew")
        grown.add_argument("old", type=int, help="number of events of the older checkpoint")
        grown.add_argument("new", type=int)
        grown.add_argument("--log", help="such as 7K3M-9QXD-T4/2026; may be left out when there is only one")

    def handle(self, *args: Any, **options: Any) -> None:
        """Write the proof to standard output."""
        try:
            if options["kind"] == "event":
                proof = inclusion_proof(options["reference"], options["size"])
            else:
                proof = consistency_proof(options["log"] or _only_log(), options["old"], options["new"])
        except ProofError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(json.dumps(proof, ensure_ascii=False, indent=1))


def _only_log() -> str:
    logs = sorted(set(Checkpoint.objects.values_list("log", flat=True)))
    if len(logs) != 1:
        raise CommandError(f"Say which log with --log: {', '.join(logs) or 'there is none'}.")
    return logs[0]
