from django.apps import AppConfig
from django.db import connection


class BenchConfig(AppConfig):
    name = "tests.bench.app"
    label = "bench"


def make_tables(config: AppConfig) -> None:
    """The tables of this app: it has no migrations, because nobody keeps them."""
    with connection.schema_editor() as editor:
        for model in config.get_models():
            editor.create_model(model)
