// The yardstick of durable creates: SQLite itself, committing the rows that one create writes, in groups of a given
// size, with prepared statements and nothing around them.
//
// raw_sqlite DATABASE SCHEMA PLAN GROUP SECONDS  →  prints "ROWS SECONDS", where a row is all that one create writes.
//
// SCHEMA is SQL. PLAN has a line for each statement, and after it one for each of its values:
//
//   insert SQL          a statement with one ? for each value
//   null | integer N | real X
//   text HEX | blob HEX the bytes; a run of 36 bytes 0x01 becomes a new id each time, one of 10 bytes 0x02 a new number
//   rowid K             the row id that statement K (from 0) has just inserted

#include <inttypes.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { STATEMENTS = 16, VALUES = 64, ID_BYTES = 36, NUMBER_BYTES = 10 };

struct value {
  enum { NOTHING, INTEGER, REAL, TEXT, BLOB, ROWID } kind;
  sqlite3_int64 integer;
  double real;
  char *bytes;
  int length;
  // Where ids and numbers go, from the plan's marks; -1 ends each list.
  int ids[9], numbers[9];
};

struct insert {
  sqlite3_stmt *statement;
  struct value values[VALUES];
  int count;
  sqlite3_int64 rowid;
};

static sqlite3 *database;
static struct insert inserts[STATEMENTS];
static int insert_count;

static void fail(const char *what) {
  fprintf(stderr, "raw_sqlite: %s: %s\n", what, database ? sqlite3_errmsg(database) : "");
  exit(1);
}

static void execute(const char *sql) {
  if (sqlite3_exec(database, sql, NULL, NULL, NULL) != SQLITE_OK) fail(sql);
}

static char *contents(const char *path) {
  FILE *file = fopen(path, "rb");
  if (!file || fseek(file, 0, SEEK_END) < 0) fail(path);
  long length = ftell(file);
  rewind(file);
  char *text = length >= 0 ? malloc((size_t)length + 1) : NULL;
  if (!text || fread(text, 1, (size_t)length, file) != (size_t)length) fail(path);
  text[length] = 0;
  fclose(file);
  return text;
}

static void find_marks(const struct value *value, char mark, int length, int places[9]) {
  int found = 0;
  for (int start = 0; start + length <= value->length && found < 8; start++) {
    int run = 0;
    while (run < length && value->bytes[start + run] == mark) run++;
    if (run < length) continue;
    places[found++] = start;
    start += length - 1;
  }
  places[found] = -1;
}

static void read_bytes(struct value *value, const char *hex) {
  value->length = (int)(strlen(hex) / 2);
  value->bytes = malloc((size_t)value->length + 1);
  if (!value->bytes) fail("no memory");
  for (int index = 0; index < value->length; index++) {
    unsigned byte;
    if (sscanf(hex + 2 * index, "%2x", &byte) != 1) fail("plan: not hexadecimal");
    value->bytes[index] = (char)byte;
  }
  find_marks(value, 1, ID_BYTES, value->ids);
  find_marks(value, 2, NUMBER_BYTES, value->numbers);
}

static void read_value(struct insert *insert, char *line) {
  if (insert->count == VALUES) fail("plan: too many values");
  struct value *value = &insert->values[insert->count++];
  if (!strcmp(line, "null")) value->kind = NOTHING;
  else if (!strncmp(line, "integer ", 8)) value->kind = INTEGER, value->integer = strtoll(line + 8, NULL, 10);
  else if (!strncmp(line, "real ", 5)) value->kind = REAL, value->real = strtod(line + 5, NULL);
  else if (!strncmp(line, "text ", 5)) value->kind = TEXT, read_bytes(value, line + 5);
  else if (!strncmp(line, "blob ", 5)) value->kind = BLOB, read_bytes(value, line + 5);
  else if (!strncmp(line, "rowid ", 6)) value->kind = ROWID, value->integer = strtoll(line + 6, NULL, 10);
  else fail(line);
  if (value->kind == ROWID && (value->integer < 0 || value->integer >= insert_count - 1)) {
    fail("plan: rowid of no earlier statement");
  }
}

static void read_plan(const char *path) {
  char *plan = contents(path);
  for (char *line = strtok(plan, "\n"); line; line = strtok(NULL, "\n")) {
    if (!strncmp(line, "insert ", 7)) {
      if (insert_count == STATEMENTS) fail("plan: too many statements");
      struct insert *insert = &inserts[insert_count++];
      if (sqlite3_prepare_v3(database, line + 7, -1, SQLITE_PREPARE_PERSISTENT, &insert->statement, NULL)) fail(line);
    } else {
      if (!insert_count) fail("plan: a value before a statement");
      read_value(&inserts[insert_count - 1], line);
    }
  }
  free(plan);
  if (!insert_count) fail("plan: no statement");
}

static uint64_t random_bits(void) {
  static uint64_t state = 0x9e3779b97f4a7c15u;  // splitmix64
  uint64_t z = (state += 0x9e3779b97f4a7c15u);
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
  return z ^ (z >> 31);
}

// Random as the service's ids are: where an index takes them is part of what an insert costs.
static void make_id(char id[ID_BYTES + 1]) {
  uint64_t high = random_bits(), low = random_bits();
  snprintf(
      id, ID_BYTES + 1, "%08" PRIx64 "-%04" PRIx64 "-4%03" PRIx64 "-8%03" PRIx64 "-%012" PRIx64, high >> 32,
      (high >> 16) & 0xffff, high & 0xfff, low >> 52, low & 0xffffffffffff);
}

static void bind(struct insert *insert, int index, const char *id, const char *number) {
  struct value *value = &insert->values[index];
  sqlite3_stmt *statement = insert->statement;
  int result = SQLITE_OK;
  switch (value->kind) {
    case NOTHING: result = sqlite3_bind_null(statement, index + 1); break;
    case INTEGER: result = sqlite3_bind_int64(statement, index + 1, value->integer); break;
    case REAL: result = sqlite3_bind_double(statement, index + 1, value->real); break;
    case ROWID: result = sqlite3_bind_int64(statement, index + 1, inserts[value->integer].rowid); break;
    case TEXT:
    case BLOB:
      for (int *place = value->ids; *place >= 0; place++) memcpy(value->bytes + *place, id, ID_BYTES);
      for (int *place = value->numbers; *place >= 0; place++) memcpy(value->bytes + *place, number, NUMBER_BYTES);
      result = value->kind == TEXT
          ? sqlite3_bind_text(statement, index + 1, value->bytes, value->length, SQLITE_STATIC)
          : sqlite3_bind_blob(statement, index + 1, value->bytes, value->length, SQLITE_STATIC);
  }
  if (result != SQLITE_OK) fail("bind");
}

static void insert_row(uint64_t count) {
  char id[ID_BYTES + 1], number[NUMBER_BYTES + 11];
  make_id(id);
  snprintf(number, sizeof number, "%010" PRIu64, count % 10000000000u);
  for (int index = 0; index < insert_count; index++) {
    struct insert *insert = &inserts[index];
    for (int value = 0; value < insert->count; value++) bind(insert, value, id, number);
    if (sqlite3_step(insert->statement) != SQLITE_DONE) fail("insert");
    insert->rowid = sqlite3_last_insert_rowid(database);
    sqlite3_reset(insert->statement);
  }
}

static double now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

int main(int argc, char **argv) {
  if (argc != 6) {
    fprintf(stderr, "usage: raw_sqlite DATABASE SCHEMA PLAN GROUP SECONDS\n");
    return 2;
  }
  int group = atoi(argv[4]);
  double seconds = atof(argv[5]);
  if (group < 1 || seconds <= 0) fail("GROUP and SECONDS must be positive");
  if (sqlite3_open(argv[1], &database) != SQLITE_OK) fail(argv[1]);
  execute("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON");
  char *schema = contents(argv[2]);
  execute(schema);
  free(schema);
  read_plan(argv[3]);

  uint64_t rows = 0;
  double start = now(), elapsed;
  do {
    execute("BEGIN IMMEDIATE");
    for (int index = 0; index < group; index++) insert_row(rows++);
    execute("COMMIT");
    elapsed = now() - start;
  } while (elapsed < seconds);
  printf("%" PRIu64 " %.6f\n", rows, elapsed);

  for (int index = 0; index < insert_count; index++) sqlite3_finalize(inserts[index].statement);
  sqlite3_close(database);
}
