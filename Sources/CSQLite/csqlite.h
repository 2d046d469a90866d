#include <sqlite3.h>

// sqlite3_config takes C varargs, which Swift cannot call. Without its memory statistics SQLite allocates without a
// lock that all threads share. Only before the first connection.
static inline int headrace_sqlite_without_memory_statistics(void) {
  return sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
}
