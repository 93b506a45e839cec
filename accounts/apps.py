from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "accounts"

    def ready(self) -> None:
        from accounts import checks, converters, mails, receivers
        from accounts.sso import mails as sso_mails

        converters.register()
        checks.register()
        receivers.connect()
        mails.register_kinds()
        sso_mails.connect()
