# Schoolsafety. `make demo` shows it, `make test` proves it; both set up what they need.
PYTHON ?= python3
PORT ?= 8000
BIN = .venv/bin
VAR = var

DEMO_ENV = DEMO=1 HTTPS=False SITE_URL=http://127.0.0.1:$(PORT) DATABASE_URL=sqlite:///$(CURDIR)/$(VAR)/demo.sqlite3 \
	AUDIT_KEYS_DIR=$(CURDIR)/$(VAR)/demo-keys AUDIT_CHECKPOINTS_DIR=$(CURDIR)/$(VAR)/demo-checkpoints \
	FILES_DIR=$(CURDIR)/$(VAR)/demo-files CLAMAV=

# Compiled files are kept: without them every process of a test run compiles the program and the tests anew.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: setup dev demo test bench bench-scale check lock messages
setup: $(VAR)/setup.stamp  ## virtual environment, translations, a .env with a secret of its own, keys

$(VAR)/setup.stamp: requirements.txt locale/nl/LC_MESSAGES/django.po locale/compile.py
	@mkdir -p $(VAR)
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.txt
	$(BIN)/python locale/compile.py
	@test -e .env || (umask 077 && $(BIN)/python -c 'import secrets; print("SECRET_KEY=" + secrets.token_urlsafe(50))' > .env \
		&& echo "DATABASE_URL=sqlite:///$(CURDIR)/$(VAR)/db.sqlite3" >> .env)
	$(BIN)/python manage.py audit_keys
	$(BIN)/python manage.py factor_keys
	$(BIN)/python manage.py content_keys
	@touch $@

dev: $(VAR)/dev.stamp  ## and what tests and checks need

$(VAR)/dev.stamp: $(VAR)/setup.stamp requirements-dev.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.txt
	@touch $@

demo: setup  ## an invented school board, on this machine only
	@test -e $(VAR)/demo.sqlite3 || rm -rf $(VAR)/demo-checkpoints $(VAR)/demo-mail $(VAR)/demo-files  # of a demo that is gone
	@$(DEMO_ENV) $(BIN)/python manage.py audit_keys > $(VAR)/demo-keys.txt
	@$(DEMO_ENV) $(BIN)/python manage.py factor_keys >> $(VAR)/demo-keys.txt
	@$(DEMO_ENV) $(BIN)/python manage.py content_keys >> $(VAR)/demo-keys.txt
	@$(DEMO_ENV) $(BIN)/python manage.py migrate --verbosity 0
	@$(DEMO_ENV) $(BIN)/python manage.py createcachetable
	@$(DEMO_ENV) $(BIN)/python manage.py collectstatic --noinput --verbosity 0
	@$(DEMO_ENV) $(BIN)/python manage.py demo
	@echo; echo "Open http://127.0.0.1:$(PORT)/   (Ctrl-C stops it; mail: /demo/post/)"; echo
	@trap 'kill $$worker' EXIT INT TERM; $(DEMO_ENV) $(BIN)/python manage.py worker & worker=$$!; \
	$(DEMO_ENV) $(BIN)/gunicorn schoolsafety.wsgi --bind 127.0.0.1:$(PORT) --threads 4 --log-level warning --no-control-socket

test: dev  ## all tests, browser tests included
	@$(BIN)/python tests/browser/chromium.py
	$(BIN)/python -m pytest

bench: dev  ## what the log and the pages cost, as ratios, on SQLite and PostgreSQL; some minutes
	@$(BIN)/python -m tests.bench

bench-scale: dev  ## what lists cost at a million cases over what they cost at a thousand; a quarter of an hour, 6 GB
	@$(BIN)/python -m tests.bench.scale

check: dev  ## style, types, layers, guarded views, complete migrations
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy schoolsafety signals escalation accounts audit
	$(BIN)/lint-imports
	$(BIN)/python manage.py check --fail-level WARNING
	$(BIN)/python manage.py makemigrations --check --dry-run

lock:  ## new exact versions with hashes
	$(PYTHON) -m venv $(VAR)/lock && $(VAR)/lock/bin/pip install --quiet uv
	$(VAR)/lock/bin/uv pip compile --quiet --upgrade --generate-hashes --python-version 3.11 requirements.in -o requirements.txt
	$(VAR)/lock/bin/uv pip compile --quiet --upgrade --generate-hashes --python-version 3.11 requirements-dev.in -o requirements-dev.txt

messages: dev  ## collect the texts of the screens for translation (needs gettext)
	$(BIN)/python manage.py makemessages --locale nl --no-obsolete --no-location --ignore .venv --ignore var
