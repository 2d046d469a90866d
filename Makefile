# `make run` and `make test` do everything on a fresh machine that has Swift 6.2 or newer (Linux).

CONFIGURATION ?= debug
BUILD         := .build
RELEASE       := .build-release
VENV          := .venv
PYTHON        ?= python3
HEADRACE      := $(BUILD)/debug/headrace

.PHONY: run build test unit end-to-end end-to-end-events end-to-end-others format lint bench clean needs

## Build and serve on http://127.0.0.1:9400, with the database ./headrace.db. Flags: make run ARGS="--port 8000"
run: needs
	swift run -c release --scratch-path $(RELEASE) headrace serve $(ARGS)

## Build the debug binary.
build: needs
	swift build --scratch-path $(BUILD)

## All tests: style, units, and real clients against the real binary.
test: lint unit end-to-end

unit: needs
	swift test --scratch-path $(BUILD)

# They wait more than they work: one half beside the other takes little more than half the time.
end-to-end: build $(VENV)/ready
	$(MAKE) --no-print-directory --jobs=2 --output-sync=target end-to-end-events end-to-end-others

end-to-end-events: PATHS = Tests/EndToEnd/push Tests/EndToEnd/streams
end-to-end-others: PATHS = Tests/EndToEnd --ignore=Tests/EndToEnd/push --ignore=Tests/EndToEnd/streams
end-to-end-events end-to-end-others:
	HEADRACE_BINARY=$(abspath $(HEADRACE)) $(VENV)/bin/python -m pytest -q -p no:cacheprovider $(PATHS)

## The style, checked; `make format` applies it.
lint:
	swift format lint --strict --recursive Package.swift Sources Tests Benchmarks migrations

format:
	swift format --in-place --recursive Package.swift Sources Tests Benchmarks migrations

## Requests, deliveries and latency beside yardsticks of the same run. Needs wrk and a C compiler.
bench: needs
	swift build -c release --scratch-path $(RELEASE)
	$(PYTHON) Benchmarks/bench.py --headrace $(abspath $(RELEASE))/release/headrace $(ARGS)

# The servers that the tests run against have an environment of their own: they and the AWS CLI disagree on botocore.
# Of the SAM CLI nothing is wanted but the Runtime Interface Emulator inside, and so none of its dependencies.
$(VENV)/ready: Tests/EndToEnd/requirements.txt Tests/EndToEnd/requirements-peers.txt
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null \
	  || { echo 'The end-to-end tests need a Python venv: apt-get install python3-venv'; exit 1; }
	$(PYTHON) -m venv $(VENV)
	$(VENV)/bin/python -m pip install --quiet --disable-pip-version-check -r Tests/EndToEnd/requirements.txt
	$(PYTHON) -m venv $(VENV)/peers
	$(VENV)/peers/bin/python -m pip install --quiet --disable-pip-version-check -r Tests/EndToEnd/requirements-peers.txt
	$(VENV)/peers/bin/python -m pip install --quiet --disable-pip-version-check --no-deps aws-sam-cli==1.170.0
	touch $@

# Names what is missing; as root on Debian or Ubuntu it is installed.
needs:
	@command -v swift >/dev/null || { echo 'Headrace needs Swift 6.2 or newer: https://www.swift.org/install'; exit 1; }
	@printf '#include <sqlite3.h>\n' | cc -E - >/dev/null 2>&1 \
	  || { [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null && apt-get update && apt-get install -y libsqlite3-dev; } \
	  || { echo 'Headrace needs the headers of SQLite: apt-get install libsqlite3-dev'; exit 1; }

clean:
	rm -rf $(BUILD) $(RELEASE) $(VENV)
