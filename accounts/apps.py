from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "accounts"

    def ready(self) -> None:
        from accounts import checks, converters, mails, receivers

        converters.register()
        checks.register()
        receivers.connect()
        mails.register_kinds()
