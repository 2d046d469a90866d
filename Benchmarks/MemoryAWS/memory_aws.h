// What the parts of memory_aws know of each other: http.c, which has its description, queues.c, streams.c, function.c
// and control.c.

#ifndef MEMORY_AWS_H
#define MEMORY_AWS_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/queue.h>

#include "../text.h"

#define OK "HTTP/1.1 200 OK\r\n"
#define BAD_REQUEST "HTTP/1.1 400 Bad Request\r\n"
#define JSON "Content-Type: application/json\r\n"

// The part of an answer that the socket did not take, and what is called when it has.
struct owed {
  const char *bytes;
  size_t length;
  void (*give_back)(void *lent);
  void *lent;
};

struct connection {
  int fd;
  struct text kept;      // the request so far, when it did not arrive at once
  size_t event_left;     // what is still to come of the event for the function
  uint64_t event_bytes, event_records;
  struct owed owed;
  struct queue *queue;   // where it waits for a message, if it does
  int maximum, seconds;  // of the receive that waits
  uint64_t deadline;
  TAILQ_ENTRY(connection) in_queue, in_waits;
};
TAILQ_HEAD(connections, connection);

// What has happened so far.
extern struct counts {
  uint64_t receives, reads, messages, calls, records, event_bytes, deleted, held, last_call;
} counts;

// http.c

extern in_port_t port;

uint64_t now(void);

// What the socket does not take now goes on when epoll says that it is writable.
void answer(struct connection *connection, const char *bytes, size_t length);
// The same without a copy: the bytes are lent until they are given back.
void answer_lent(
    struct connection *connection, const char *bytes, size_t length, void (*give_back)(void *lent), void *lent);
// Takes the body, and frees it.
void answer_text(struct connection *connection, const char *start, const char *fields, struct text *body);
// An error as AWS's JSON protocols have it.
void refuse(
    struct connection *connection, const char *start, const char *fields, const char *type, const char *message);

// Requests. Each is followed by a zero byte, so the functions of strings can search it.

// Where the value of a JSON field begins, or null. Keys are known to stand nowhere else.
const char *field(const char *body, const char *quoted_key);
int integer(const char *body, const char *quoted_key, int least, int most, int otherwise);
// Whether a text begins with that name and ends there, or goes on with white space.
bool is_token(const char *text, const char *name);

// queues.c

void prepare_queues(void);
void serve_sqs(struct connection *connection, const char *operation, const char *body);
struct queue *queue_named(const char *name, size_t length);
void add_message(struct queue *queue);
// For epoll_wait: the milliseconds until the first held receive ends.
int first_wait(void);
void end_waits(void);
void let_go(struct connection *connection);

// streams.c

// A shard of a stream that is empty until a record is released to it.
struct shard_place {
  struct stream *stream;  // null where there is none of that name
  int shard;
};

void serve_kinesis(struct connection *connection, const char *operation, const char *body);
void serve_dynamodb_streams(struct connection *connection, const char *operation, const char *body);
// kinesis/idle-N/SHARD or dynamodb/idle-N/SHARD, whatever follows.
struct shard_place find_shard(const char *name);
void add_record(struct shard_place place);

// function.c

void prepare_function(void);
// An event of so many bytes begins, or goes on.
void begin_event(struct connection *connection, size_t event_bytes);
// More than was to come is false.
bool take_event(struct connection *connection, const char *bytes, size_t length);

// The one release under way: who asked for it, and what its record comes from. False: there is one already.
bool begin_release(struct connection *connection, const void *source);
// A record is on its way from there: the time of a release runs from its first one.
void note_given(const void *source);
void forget_releaser(struct connection *connection);

// control.c

void serve_control(struct connection *connection, const char *head);

#endif
