"""A start that cannot succeed ends with one clear line and status 1, and leaves everything as it was."""

from __future__ import annotations

import socket
import sqlite3
from pathlib import Path
from typing import Any, Dict, List, Optional

import pytest

from headrace_process import run_headrace
from lambda_wire import LambdaWire
from source_types import SQS


def assert_refused(
    binary: str, *arguments: str, naming: str, environment: Optional[Dict[str, str]] = None
) -> None:
    """`naming`: what the line must speak of; with `|` between them, one of several words."""
    completed = run_headrace(binary, *arguments, environment=environment)
    assert completed.returncode == 1, completed
    lines = [line for line in completed.stderr.splitlines() if line.strip()]
    assert len(lines) == 1, completed.stderr
    assert any(word in lines[0].lower() for word in naming.lower().split("|")), lines[0]
    assert "Fatal error" not in completed.stderr


def serve(database: Any, *arguments: str) -> List[str]:
    """The command line of a server on a free port of loopback, unless the arguments say otherwise."""
    usual = {"--host": "127.0.0.1", "--port": "0", "--database": str(database)}
    kept = [part for flag, value in usual.items() if flag not in arguments for part in (flag, value)]
    return ["serve", *kept, *arguments]


@pytest.mark.parametrize(
    ("arguments", "naming"),
    [
        (["--no-such-flag"], "no-such-flag"),
        (["--port", "65536"], "port"),
        (["--port", "-1"], "port"),
        (["--port", "http"], "port"),
        (["--account", "12"], "account"),
        (["--transition-delay", "soon"], "transition-delay"),
        (["--transition-delay", "-1s"], "transition-delay"),
        (["--log-format", "xml"], "log-format"),
        (["--log-level", "shouting"], "log-level"),
        (["--maximum-body-bytes", "lots"], "maximum-body-bytes"),
        (["--header-timeout", "10 parsecs"], "header-timeout"),
        # An address kept for documentation (RFC 5737), which no machine has.
        (["--host", "203.0.113.1"], "203.0.113.1"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else None,
)
def test_a_bad_flag(binary: str, tmp_path: Path, arguments: Any, naming: str) -> None:
    database = tmp_path / "headrace.db"
    assert_refused(binary, *serve(database, *arguments), naming=naming)
    if arguments[0] != "--host":
        assert not database.exists(), "a refused configuration has made a database"


def test_a_bad_environment_variable(binary: str, tmp_path: Path) -> None:
    assert_refused(
        binary, "serve", "--database", str(tmp_path / "headrace.db"), naming="port",
        environment={"HEADRACE_PORT": "http"},
    )


def test_an_unknown_command(binary: str) -> None:
    assert run_headrace(binary, "nonsense").returncode == 1


def test_a_taken_port(binary: str, tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        assert_refused(binary, *serve(tmp_path / "headrace.db", "--port", port), naming=port)


def test_a_port_taken_by_another_headrace(binary: str, tmp_path: Path, start_headrace: Any) -> None:
    # Listeners of one process share their port; those of two must not, or half of the requests would go astray.
    running = start_headrace()
    arguments = serve(tmp_path / "other.db", "--port", str(running.port))
    assert_refused(binary, *arguments, naming=str(running.port))
    assert LambdaWire(running.port).request("GET", "/_headrace/health").status == 200


def test_a_directory_as_database(binary: str, tmp_path: Path) -> None:
    assert_refused(binary, *serve(tmp_path), naming=str(tmp_path))
    assert list(tmp_path.iterdir()) == []


def test_a_database_in_a_folder_that_does_not_exist(binary: str, tmp_path: Path) -> None:
    assert_refused(binary, *serve(tmp_path / "missing" / "headrace.db"), naming="headrace.db")


def test_a_database_below_a_file(binary: str, tmp_path: Path) -> None:
    # Nobody can create a file there, root included.
    (tmp_path / "file").write_text("content")
    assert_refused(binary, *serve(tmp_path / "file" / "headrace.db"), naming="headrace.db")
    assert (tmp_path / "file").read_text() == "content"


def test_a_file_that_is_no_database(binary: str, tmp_path: Path) -> None:
    database = tmp_path / "headrace.db"
    content = b"This is not a database. " * 1000
    database.write_bytes(content)
    assert_refused(binary, *serve(database), naming="headrace.db")
    assert database.read_bytes() == content


def test_a_database_with_a_damaged_page(binary: str, tmp_path: Path) -> None:
    database = tmp_path / "headrace.db"
    assert run_headrace(binary, "migrate", "--database", str(database)).returncode == 0
    content = bytearray(database.read_bytes())
    # The header stays; the root page of the schema, right behind it, is lost.
    content[100:4096] = b"\xa5" * (len(content[100:4096]))
    database.write_bytes(content)
    assert_refused(binary, *serve(database), naming="headrace.db")


def alter(database: Path, statement: str) -> None:
    connection = sqlite3.connect(database)
    with connection:
        assert connection.execute(statement).rowcount > 0
    connection.close()


@pytest.mark.parametrize(
    "statement",
    [
        "INSERT INTO schema_migrations (version, name, checksum, applied_at) "
        "SELECT 9999, 'later', checksum, applied_at FROM schema_migrations LIMIT 1",
        "UPDATE schema_migrations SET checksum = 'altered'",
    ],
    ids=["newer", "altered"],
)
@pytest.mark.parametrize("command", ["serve", "migrate"])
def test_a_foreign_migration_history(binary: str, tmp_path: Path, statement: str, command: str) -> None:
    database = tmp_path / "headrace.db"
    assert run_headrace(binary, "migrate", "--database", str(database)).returncode == 0
    alter(database, statement)
    arguments = serve(database) if command == "serve" else ["migrate", "--database", str(database)]
    assert_refused(binary, *arguments, naming="migration|schema")


def test_migrate_prepares_a_database_and_is_repeatable(binary: str, tmp_path: Path, start_headrace: Any) -> None:
    database = tmp_path / "headrace.db"
    for _ in range(2):
        completed = run_headrace(binary, "migrate", "--database", str(database))
        assert completed.returncode == 0, completed.stderr
    connection = sqlite3.connect(database)
    versions = [row[0] for row in connection.execute("SELECT version FROM schema_migrations ORDER BY version")]
    connection.close()
    assert versions == list(range(versions[0], versions[0] + len(versions)))
    wire = LambdaWire(start_headrace(database=database).port)
    assert wire.create(SQS.request("000000000000")).status == 202


def test_version_and_help(binary: str) -> None:
    version = run_headrace(binary, "version")
    assert version.returncode == 0
    assert any(character.isdigit() for character in version.stdout)
    overview = run_headrace(binary, "--help")
    assert overview.returncode == 0
    assert all(command in overview.stdout for command in ("serve", "migrate", "version"))
    flags = run_headrace(binary, "serve", "--help")
    assert flags.returncode == 0
    for flag in ("--host", "--port", "--database", "--account", "--region", "--transition-delay", "--log-format"):
        assert flag in flags.stdout
