"""The C programs, built for the run: the yardsticks, with the rows that one of them writes, and the memory source."""

import collections
import glob
import os
import shlex
import shutil
import sqlite3
import subprocess
from contextlib import closing

from measuring import HERE, BenchmarkError, Figures, cpu_seconds
from service import Service

Programs = collections.namedtuple("Programs", "epoll_loop raw_sqlite bare_loop bare_stream_loop memory_aws")
Recipe = collections.namedtuple("Recipe", "schema plan")

# Ten digits that stand in no ARN by chance. raw_sqlite puts other ones where they stand.
NUMBER = 7310492685
# raw_sqlite's marks for an id and for a number.
ID_MARK = b"\x01" * 36
NUMBER_MARK = b"\x02" * 10


def build(folder):
    """Compiles all of them into a folder."""
    compiler = shlex.split(os.environ.get("CC", "cc"))
    if not shutil.which(compiler[0]):
        raise BenchmarkError("{} is missing; on Debian: apt-get install gcc libc6-dev".format(compiler[0]))
    return Programs(
        compile_one(compiler, folder, "epoll_loop", ["-pthread"], "gcc libc6-dev"),
        compile_one(compiler, folder, "raw_sqlite", ["-lsqlite3"], "gcc libc6-dev libsqlite3-dev"),
        compile_one(compiler, folder, "bare_loop", [], "gcc libc6-dev", "bare_loop.c", "loop.c"),
        compile_one(
            compiler, folder, "bare_stream_loop", [], "gcc libc6-dev", "bare_stream_loop.c", "loop.c"),
        compile_one(compiler, folder, "memory_aws", [], "gcc libc6-dev", os.path.join("MemoryAWS", "*.c")))


def client_loop(options):
    """The loop over Headrace's HTTP client, which is built beside Headrace."""
    program = os.path.join(os.path.dirname(options.headrace), "ClientLoop")
    if not os.access(program, os.X_OK):
        raise BenchmarkError("no program at {}; build one with: swift build -c release".format(program))
    return program


def compile_one(compiler, folder, name, libraries, packages, *sources):
    """Compiles NAME.c, or what the patterns of `sources` name."""
    program = os.path.join(folder, name)
    files = [file for source in sources or [name + ".c"] for file in sorted(glob.glob(os.path.join(HERE, source)))]
    command = compiler + ["-O2", "-o", program] + files + libraries
    run = subprocess.run(command, stderr=subprocess.PIPE, universal_newlines=True, check=False)
    if run.returncode != 0:
        raise BenchmarkError(
            "{} does not compile (on Debian: apt-get install {}):\n{}".format(name, packages, run.stderr))
    return program


class EpollLoop:
    """A running epoll loop, until the end of a `with`."""

    def __init__(self, program, answer):
        self._process = subprocess.Popen([program, answer], stdout=subprocess.PIPE)
        port = self._process.stdout.readline().strip()
        if not port:
            self._process.wait()
            raise BenchmarkError("the epoll loop did not start")
        self.url = "http://127.0.0.1:{}".format(port.decode("ascii"))

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._process.kill()
        self._process.wait()
        self._process.stdout.close()


class Loop:
    """A running loop that reads, posts and deletes, until the end of a `with`."""

    def __init__(self, program, *arguments):
        self._process = subprocess.Popen([program] + [str(value) for value in arguments])
        self.process = self._process.pid

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._process.kill()
        self._process.wait()

    def cpu_seconds(self):
        return cpu_seconds(self.process)


def raw_sqlite(program, database, recipe, group, seconds):
    """Rows a second of SQLite itself."""
    run = subprocess.run(
        [program, database, recipe.schema, recipe.plan, str(group), str(seconds)], stdout=subprocess.PIPE,
        stderr=subprocess.PIPE, universal_newlines=True, check=False)
    if run.returncode != 0:
        raise BenchmarkError("raw SQLite failed: {}".format(run.stderr.strip()))
    rows, elapsed = map(float, run.stdout.split())
    return Figures(rows / elapsed)


def record_create(program, folder, create_body):
    """Has a service create one mapping, and writes down what its database looks like and what it got."""
    database = os.path.join(folder, "recorded.db")
    with Service(program, database) as service:
        with closing(sqlite3.connect(database)) as before:
            schema = read_schema(before)
            counts = {table: row_count(before, table) for table in tables(before)}
        identifier = service.create(create_body(NUMBER))
        with closing(sqlite3.connect(database)) as after:
            filled = [table for table in tables(after) if row_count(after, table) > counts[table]]
            plan = make_plan(after, filled, identifier)
    recipe = Recipe(os.path.join(folder, "schema.sql"), os.path.join(folder, "plan"))
    for path, text in zip(recipe, (schema, plan)):
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
    return recipe


def tables(database):
    """SQLite's own tables, such as the one that AUTOINCREMENT keeps, are its own affair."""
    rows = database.execute(
        "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'")
    return [name for name, in rows]


def row_count(database, table):
    return database.execute("SELECT count(*) FROM {}".format(quoted(table))).fetchone()[0]


def read_schema(database):
    rows = database.execute(
        "SELECT sql FROM sqlite_master WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY rowid")
    return "".join(sql + ";\n" for sql, in rows)


def quoted(name):
    return '"{}"'.format(name.replace('"', '""'))


def make_plan(database, filled, uuid):
    """The plan that raw_sqlite.c describes: every row of the tables that a create fills, parents first."""
    if not filled:
        raise BenchmarkError("a create filled no table")
    lines, statement_of = [], {}
    for table in parents_first(database, filled):
        row_id = row_id_column(database, table)
        parents = parent_columns(database, table, statement_of)
        cursor = database.execute("SELECT * FROM {}".format(quoted(table)))
        columns = [column[0] for column in cursor.description]
        for row in cursor.fetchall():
            lines.append("insert INSERT INTO {} ({}) VALUES ({})".format(
                quoted(table), ", ".join(map(quoted, columns)), ", ".join("?" for _ in columns)))
            statement_of[table] = sum(line.startswith("insert ") for line in lines) - 1
            for column, value in zip(columns, row):
                if column == row_id:
                    lines.append("null")
                elif column in parents:
                    lines.append("rowid {}".format(parents[column]))
                else:
                    lines.append(plan_value(value, uuid))
    if not any(ID_MARK.hex() in line for line in lines):
        raise BenchmarkError("the rows of a create do not hold its id as text")
    return "\n".join(lines) + "\n"


def parents_first(database, filled):
    """A table comes after those that its foreign keys name."""
    ordered, waiting = [], list(filled)
    while waiting:
        free = [table for table in waiting if not (references(database, table) & set(waiting)) - {table}]
        if not free:
            raise BenchmarkError("tables refer to each other: {}".format(", ".join(waiting)))
        ordered += free
        waiting = [table for table in waiting if table not in free]
    return ordered


def references(database, table):
    return {key[2] for key in database.execute("PRAGMA foreign_key_list({})".format(quoted(table)))}


def row_id_column(database, table):
    """The column that is another name of the row id, which SQLite gives itself: INTEGER PRIMARY KEY."""
    sql = database.execute("SELECT sql FROM sqlite_master WHERE name = ?", (table,)).fetchone()[0]
    keys = [info for info in database.execute("PRAGMA table_info({})".format(quoted(table))) if info[5]]
    if len(keys) == 1 and keys[0][2].upper() == "INTEGER" and "WITHOUT ROWID" not in sql.upper():
        return keys[0][1]
    return None


def parent_columns(database, table, statement_of):
    """Which columns hold the row id of a parent, and which statement of the plan inserts that."""
    columns = {}
    for key in database.execute("PRAGMA foreign_key_list({})".format(quoted(table))):
        parent, column, target = key[2], key[3], key[4]
        if parent in statement_of and (target is None or target == row_id_column(database, parent)):
            columns[column] = statement_of[parent]
    return columns


def plan_value(value, uuid):
    if value is None:
        return "null"
    if isinstance(value, int):
        return "integer {}".format(value)
    if isinstance(value, float):
        return "real {!r}".format(value)
    kind = "text" if isinstance(value, str) else "blob"
    data = value.encode("utf-8") if isinstance(value, str) else value
    data = data.replace(uuid.encode("ascii"), ID_MARK).replace(str(NUMBER).encode("ascii"), NUMBER_MARK)
    return "{} {}".format(kind, data.hex())
