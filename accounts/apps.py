from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "accounts"

    def ready(self) -> None:
        from accounts import checks, converters, receivers
        from accounts.sso import mails

        converters.register()
        checks.register()
        receivers.connect()
        mails.connect()
