"""Settings of logging in that are the same everywhere: how often one may try, and the second step."""

# amount/period/per. Per "key" counts for one account; see accounts/adapter.py and accounts/devices.py for where. Per
# "ip" is generous, because a school of hundreds has one address: it only keeps a script from using up the processor.
ACCOUNT_RATE_LIMITS = {
    "login": None,  # replaced by the two below
    "login_failed": "5/5m/key,50/d/key",
    "login_address": "600/m/ip",
    "reset_password": "5/m/key,200/m/ip",
    "reset_password_from_key": "200/m/ip",
    "break_glass": "10/h/user",  # a case number can't be guessed by trying
}
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_REAUTHENTICATION_TIMEOUT = 60 * 10
ACCOUNT_REAUTHENTICATION_REQUIRED = True
MFA_RATE_LIMITS = {"webauthn_login": "600/m/ip"}
MFA_ADAPTER = "accounts.factors.adapter.MFAAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_WEBAUTHN_USER_VERIFICATION = "required"  # a finger, a face or a PIN: the passkey is two steps in one
MFA_TOTP_ISSUER = "Schoolsafety"
MFA_TOTP_TOLERANCE = 1  # a phone's clock may be half a minute off
MFA_ALLOW_UNVERIFIED_EMAIL = True  # addresses come from the administrator, nobody signs up with one
MFA_FORMS = {
    "authenticate": "accounts.factors.forms.AuthenticateForm",
    "authenticate_webauthn": "accounts.factors.forms.AuthenticateWebAuthnForm",
    "reauthenticate": "accounts.factors.forms.ReauthenticateForm",
    "reauthenticate_webauthn": "accounts.factors.forms.ReauthenticateWebAuthnForm",
    "activate_totp": "accounts.factors.forms.ActivateTOTPForm",
    "add_webauthn": "accounts.factors.forms.AddWebAuthnForm",
    "edit_webauthn": "accounts.factors.forms.EditWebAuthnForm",
    "login_webauthn": "accounts.factors.forms.LoginWebAuthnForm",
}

ACCOUNT_ADAPTER = "accounts.adapter.AccountAdapter"
ACCOUNT_FORMS = {
    "login": "accounts.forms.LoginForm",
    "reset_password": "accounts.forms.ResetPasswordForm",
    "reset_password_from_key": "accounts.forms.NewPasswordForm",
    "change_password": "accounts.forms.ChangePasswordForm",
}
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = False
ACCOUNT_SESSION_REMEMBER = False
SOCIALACCOUNT_ADAPTER = "accounts.sso.adapter.SocialAccountAdapter"
SOCIALACCOUNT_LOGIN_ON_GET = False
SOCIALACCOUNT_STORE_TOKENS = False
SOCIALACCOUNT_EMAIL_AUTHENTICATION = False  # accounts/sso/arrival.py decides about addresses
