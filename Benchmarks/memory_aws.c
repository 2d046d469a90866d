// A source and a function in one process, both from memory: SQS as its JSON protocol has it, so far as reading queues
// needs it, and a function behind POST /function that answers {}. One thread, one edge-triggered epoll, answers that
// are built beforehand, one send for each. It trusts its peers, and takes no second request before it has answered the
// first.
//
// memory_aws  →  prints its port on a line of its own, then serves until it is ended.
//
// Every queue exists. One whose name begins with "endless" has ten messages for each receive, one that begins with
// "single" holds one message, and any other is empty until one is released to it. An empty queue holds a receive for
// its WaitTimeSeconds. What was received once does not come back.
//
//   GET  /control/counts               what has happened so far
//   POST /control/release?queue=NAME   puts a message into a queue, and answers once the function has been called, with
//                                      the nanoseconds from the moment at which the source began to answer a receive
//                                      with that message until the event had arrived whole

#define _GNU_SOURCE  // accept4, memmem
#include <arpa/inet.h>
#include <errno.h>
#include <inttypes.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <strings.h>
#include <sys/epoll.h>
#include <sys/queue.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "messages.h"

enum { EVENTS = 256, READ_BYTES = 1024 * 1024, KEPT_BYTES = 1024 * 1024, BUCKETS = 1 << 15, LONGEST_WAIT = 20 };
enum { QUEUE_NAME_BYTES = 80 };

struct connection {
  int fd;
  struct text kept;      // the request so far, when it did not arrive at once
  size_t event_left;     // what is still to come of the event for the function
  struct text owed;      // the part of an answer that the socket did not take
  struct queue *queue;   // where it waits for a message, if it does
  int maximum, seconds;  // of the receive that waits
  uint64_t deadline;
  TAILQ_ENTRY(connection) in_queue, in_waits;
};
TAILQ_HEAD(connections, connection);

struct queue {
  char name[QUEUE_NAME_BYTES + 1];
  bool endless;
  int messages;
  struct connections held;
  struct queue *next;
};

// Answers that are the same each time, and the batches of messages with the places of their numbers.
static struct text nothing, done, batches[MESSAGES + 1];
static size_t numbers[MESSAGES + 1][2 * MESSAGES];

static struct queue *buckets[BUCKETS];
// Held receives by the seconds that they wait: within a list, the first one ends first.
static struct connections waits[LONGEST_WAIT + 1];
static in_port_t port;

static struct {
  uint64_t receives, messages, calls, records, event_bytes, deleted, held, last_call;
} counts;

// The one release under way: who asked for it, and when its message was given out (0: not yet).
static struct connection *releaser;
static struct queue *release_queue;
static uint64_t released_at;

static uint64_t now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (uint64_t)time.tv_sec * 1000000000u + (uint64_t)time.tv_nsec;
}

// Answers.

#define OK "HTTP/1.1 200 OK\r\n"
#define JSON "Content-Type: application/json\r\n"
#define AMZ_JSON                                  \
  "Content-Type: application/x-amz-json-1.0\r\n" \
  "x-amzn-RequestId: 3f2b8c70-91d4-5e6a-8b1c-0d7e4a59f263\r\n"

static void prepare(void) {
  struct text empty = received(0);
  nothing = with_head(OK, AMZ_JSON, &empty);
  done = with_head(OK, JSON, &empty);
  for (int count = 1; count <= MESSAGES; count++) {
    struct text body = received(count), *batch = &batches[count];
    *batch = with_head(OK, AMZ_JSON, &body);
    char *place = batch->bytes;
    for (int index = 0; index < 2 * count; index++, place++) {
      place = strstr(place, NUMBER);
      numbers[count][index] = (size_t)(place - batch->bytes);
      memcpy(place, "000000000000", NUMBER_DIGITS);
    }
  }
}

// What the socket does not take now goes on when epoll says that it is writable.
static void answer(struct connection *connection, const char *bytes, size_t length) {
  ssize_t sent = send(connection->fd, bytes, length, MSG_NOSIGNAL | MSG_DONTWAIT);
  if (sent < 0) sent = 0;  // a broken connection is ended when epoll says so
  if ((size_t)sent < length) append_bytes(&connection->owed, bytes + sent, length - (size_t)sent);
}

static void answer_text(struct connection *connection, const char *start, const char *fields, struct text *body) {
  struct text message = with_head(start, fields, body);
  answer(connection, message.bytes, message.length);
  free(message.bytes);
  free(body->bytes);
}

static void send_owed(struct connection *connection) {
  struct text owed = connection->owed;
  connection->owed = (struct text){0};
  if (owed.length) answer(connection, owed.bytes, owed.length);
  free(owed.bytes);
}

static void refuse(struct connection *connection, const char *start, const char *type, const char *message) {
  struct text body = {0};
  append(&body, "{\"__type\":\"");
  append(&body, type);
  append(&body, "\",\"message\":\"");
  append(&body, message);
  append(&body, "\"}");
  answer_text(connection, start, AMZ_JSON, &body);
}

// Requests. Each is followed by a zero byte, so the functions of strings can search it.

// Where the value of a JSON field begins, or null. Keys are known to stand nowhere else.
static const char *field(const char *body, const char *quoted_key) {
  const char *place = strstr(body, quoted_key);
  if (!place) return NULL;
  place += strlen(quoted_key);
  return place + strspn(place, " :\t\r\n");
}

static int integer(const char *body, const char *quoted_key, int least, int most, int otherwise) {
  const char *value = field(body, quoted_key);
  int number = value ? atoi(value) : otherwise;
  return number < least ? least : number > most ? most : number;
}

static struct queue *queue_named(const char *name, size_t length) {
  if (!length || length > QUEUE_NAME_BYTES) return NULL;
  uint32_t hash = 2166136261u;  // FNV-1a
  for (size_t index = 0; index < length; index++) hash = (hash ^ (unsigned char)name[index]) * 16777619u;
  struct queue **place = &buckets[hash % BUCKETS];
  for (; *place; place = &(*place)->next) {
    if (!strncmp((*place)->name, name, length) && !(*place)->name[length]) return *place;
  }
  struct queue *queue = *place = calloc(1, sizeof *queue);
  if (!queue) fail("calloc");
  memcpy(queue->name, name, length);
  queue->endless = !strncmp(queue->name, "endless", strlen("endless"));
  queue->messages = !strncmp(queue->name, "single", strlen("single"));
  TAILQ_INIT(&queue->held);
  return queue;
}

// The queue that a field names, by its name or by a URL that ends with it; a URL's slashes may be escaped.
static struct queue *queue_of(const char *body, const char *quoted_key) {
  const char *value = field(body, quoted_key);
  if (!value || *value != '"') return NULL;
  const char *end = strchr(value + 1, '"');
  if (!end) return NULL;
  const char *name = end;
  while (name[-1] != '/' && name[-1] != '"') name--;
  return queue_named(name, (size_t)(end - name));
}

// Receiving.

static void give(struct connection *connection, struct queue *queue, int count) {
  static const char digits[] = "0123456789abcdef";
  static uint64_t last_number;
  struct text *batch = &batches[count];
  for (int index = 0; index < 2 * count; index++) {
    char *place = batch->bytes + numbers[count][index];
    // The id and the receipt handle of a message, which follow each other, have its number.
    uint64_t number = last_number + 1 + (uint64_t)index / 2;
    for (int digit = NUMBER_DIGITS - 1; digit >= 0; digit--, number >>= 4) place[digit] = digits[number & 15];
  }
  last_number += (uint64_t)count;
  counts.messages += (uint64_t)count;
  if (!queue->endless) queue->messages -= count;
  if (releaser && release_queue == queue && !released_at) released_at = now();
  answer(connection, batch->bytes, batch->length);
}

static void let_go(struct connection *connection) {
  TAILQ_REMOVE(&connection->queue->held, connection, in_queue);
  TAILQ_REMOVE(&waits[connection->seconds], connection, in_waits);
  connection->queue = NULL;
  counts.held--;
}

static void receive(struct connection *connection, struct queue *queue, const char *body) {
  counts.receives++;
  int maximum = integer(body, "\"MaxNumberOfMessages\"", 1, MESSAGES, 1);
  int seconds = integer(body, "\"WaitTimeSeconds\"", 0, LONGEST_WAIT, 0);
  if (queue->endless) {
    give(connection, queue, maximum);
  } else if (queue->messages > 0) {
    give(connection, queue, queue->messages < maximum ? queue->messages : maximum);
  } else if (seconds == 0) {
    answer(connection, nothing.bytes, nothing.length);
  } else {
    connection->queue = queue;
    connection->maximum = maximum;
    connection->seconds = seconds;
    connection->deadline = now() + (uint64_t)seconds * 1000000000u;
    TAILQ_INSERT_TAIL(&queue->held, connection, in_queue);
    TAILQ_INSERT_TAIL(&waits[seconds], connection, in_waits);
    counts.held++;
  }
}

static void end_waits(void) {
  if (!counts.held) return;
  uint64_t time = now();
  for (int seconds = 1; seconds <= LONGEST_WAIT; seconds++) {
    struct connection *first;
    while ((first = TAILQ_FIRST(&waits[seconds])) && first->deadline <= time) {
      let_go(first);
      answer(first, nothing.bytes, nothing.length);
    }
  }
}

// For epoll_wait: the milliseconds until the first wait ends.
static int first_wait(void) {
  if (!counts.held) return -1;
  uint64_t first = UINT64_MAX, time = now();
  for (int seconds = 1; seconds <= LONGEST_WAIT; seconds++) {
    struct connection *connection = TAILQ_FIRST(&waits[seconds]);
    if (connection && connection->deadline < first) first = connection->deadline;
  }
  return first <= time ? 0 : (int)((first - time) / 1000000u) + 1;
}

// The other operations of SQS.

static void queue_url(struct connection *connection, const struct queue *queue) {
  char text[64 + QUEUE_NAME_BYTES];
  snprintf(
      text, sizeof text, "{\"QueueUrl\":\"http://127.0.0.1:%d/" ACCOUNT "/%s\"}", ntohs(port), queue->name);
  struct text body = {0};
  append(&body, text);
  answer_text(connection, OK, AMZ_JSON, &body);
}

static void queue_attributes(struct connection *connection, const struct queue *queue) {
  struct text body = {0};
  append(&body, "{\"Attributes\":{\"QueueArn\":\"arn:aws:sqs:us-east-1:" ACCOUNT ":");
  append(&body, queue->name);
  append(
      &body,
      "\",\"VisibilityTimeout\":\"30\",\"DelaySeconds\":\"0\",\"ReceiveMessageWaitTimeSeconds\":\"0\","
      "\"MaximumMessageSize\":\"1048576\",\"MessageRetentionPeriod\":\"345600\","
      "\"ApproximateNumberOfMessages\":\"0\",\"ApproximateNumberOfMessagesNotVisible\":\"0\","
      "\"ApproximateNumberOfMessagesDelayed\":\"0\",\"CreatedTimestamp\":\"1795532400\","
      "\"LastModifiedTimestamp\":\"1795532400\",\"SqsManagedSseEnabled\":\"true\"}}");
  answer_text(connection, OK, AMZ_JSON, &body);
}

// DeleteMessageBatch and ChangeMessageVisibilityBatch: every entry succeeds.
static uint64_t succeed(struct connection *connection, const char *body) {
  static struct text entries, message;
  uint64_t count = 0;
  entries.length = 0;
  append(&entries, "{\"Successful\":[");
  for (const char *id = field(body, "\"Id\""); id && *id == '"'; id = field(id, "\"Id\"")) {
    const char *end = strchr(id + 1, '"');
    if (!end) break;
    append(&entries, count++ ? ",{\"Id\":" : "{\"Id\":");
    append_bytes(&entries, id, (size_t)(end + 1 - id));
    append(&entries, "}");
  }
  append(&entries, "],\"Failed\":[]}");
  char length[64];
  snprintf(length, sizeof length, "Content-Length: %zu\r\n\r\n", entries.length);
  message.length = 0;
  append(&message, OK AMZ_JSON);
  append(&message, length);
  append_bytes(&message, entries.bytes, entries.length);
  answer(connection, message.bytes, message.length);
  return count;
}

static void serve_sqs(struct connection *connection, const char *target, size_t length, const char *body) {
#define IS(name) (length == strlen("AmazonSQS." name) && !memcmp(target, "AmazonSQS." name, length))
  struct queue *queue = queue_of(body, IS("GetQueueUrl") ? "\"QueueName\"" : "\"QueueUrl\"");
  if (!queue) {
    refuse(connection, "HTTP/1.1 400 Bad Request\r\n", "com.amazonaws.sqs#QueueDoesNotExist", "No queue is named.");
  } else if (IS("ReceiveMessage")) {
    receive(connection, queue, body);
  } else if (IS("DeleteMessageBatch")) {
    counts.deleted += succeed(connection, body);
  } else if (IS("ChangeMessageVisibilityBatch")) {
    succeed(connection, body);
  } else if (IS("GetQueueUrl")) {
    queue_url(connection, queue);
  } else if (IS("GetQueueAttributes")) {
    queue_attributes(connection, queue);
  } else {
    refuse(
        connection, "HTTP/1.1 400 Bad Request\r\n", "com.amazon.coral.service#UnknownOperationException",
        "This is no operation that reading a queue needs.");
  }
#undef IS
}

// The function.

static void count_records(const char *bytes, size_t length) {
  const char *end = bytes + length;
  while ((bytes = memchr(bytes, MARK, (size_t)(end - bytes)))) {
    counts.records++;
    bytes++;
  }
}

static void called(struct connection *connection) {
  counts.calls++;
  counts.last_call = now();
  answer(connection, done.bytes, done.length);
  if (!releaser || !released_at) return;
  char text[64];
  snprintf(text, sizeof text, "{\"nanoseconds\":%" PRIu64 "}", counts.last_call - released_at);
  struct text body = {0};
  append(&body, text);
  answer_text(releaser, OK, JSON, &body);
  releaser = NULL;
}

// Control.

static void release(struct connection *connection, struct queue *queue) {
  releaser = connection;
  release_queue = queue;
  released_at = 0;
  queue->messages++;
  struct connection *first = TAILQ_FIRST(&queue->held);
  if (!first) return;  // the next receive takes it
  let_go(first);
  give(first, queue, 1);
}

static void report(struct connection *connection) {
  char text[512];
  snprintf(
      text, sizeof text,
      "{\"nanoseconds\":%" PRIu64 ",\"receives\":%" PRIu64 ",\"messages\":%" PRIu64 ",\"calls\":%" PRIu64
      ",\"records\":%" PRIu64 ",\"eventBytes\":%" PRIu64 ",\"deleted\":%" PRIu64 ",\"held\":%" PRIu64
      ",\"lastCallNanoseconds\":%" PRIu64 "}",
      now(), counts.receives, counts.messages, counts.calls, counts.records, counts.event_bytes, counts.deleted,
      counts.held, counts.last_call);
  struct text body = {0};
  append(&body, text);
  answer_text(connection, OK, JSON, &body);
}

static void serve_control(struct connection *connection, const char *head) {
  static const char counts_path[] = "GET /control/counts ", release_path[] = "POST /control/release?queue=";
  if (!strncmp(head, counts_path, strlen(counts_path))) {
    report(connection);
    return;
  }
  struct queue *queue = NULL;
  if (!strncmp(head, release_path, strlen(release_path))) {
    const char *name = head + strlen(release_path);
    queue = queue_named(name, strcspn(name, " \r\n"));
  }
  if (!queue) {
    refuse(connection, "HTTP/1.1 404 Not Found\r\n", "NotFound", "There is nothing here.");
  } else if (releaser) {
    refuse(connection, "HTTP/1.1 409 Conflict\r\n", "Conflict", "A release is under way.");
  } else {
    release(connection, queue);
  }
}

// Connections.

// The value of a header field, or null; `lower_name` ends with its colon.
static const char *header(const char *head, const char *end, const char *lower_name) {
  size_t length = strlen(lower_name);
  for (const char *line = memchr(head, '\n', (size_t)(end - head)); line;
       line = memchr(line, '\n', (size_t)(end - line))) {
    line++;
    if (!strncasecmp(line, lower_name, length)) return line + length + strspn(line + length, " \t");
  }
  return NULL;
}

// Takes bytes of one request; false ends the connection. A zero byte follows them.
static bool take(struct connection *connection, const char *bytes, size_t length) {
  if (connection->event_left) {
    if (length > connection->event_left) return false;
    count_records(bytes, length);
    connection->event_left -= length;
    if (!connection->event_left) called(connection);
    return true;
  }
  if (connection->queue) return false;  // a request while another one waits
  struct text *kept = &connection->kept;
  if (kept->length) {
    append_bytes(kept, bytes, length);
    bytes = kept->bytes;
    length = kept->length;
  }
  const char *end = memmem(bytes, length, "\r\n\r\n", 4);
  size_t body_length = 0, whole = 0;
  if (end) {
    const char *value = header(bytes, end, "content-length:");
    if (!value && header(bytes, end, "transfer-encoding:")) return false;
    body_length = value ? strtoul(value, NULL, 10) : 0;
    whole = (size_t)(end + 4 - bytes) + body_length;
    if (length > whole) return false;
  }
  static const char function[] = "POST /function ";
  bool is_event = end && !strncmp(bytes, function, strlen(function));
  if (is_event) {
    counts.event_bytes += body_length;
    count_records(end + 4, (size_t)(bytes + length - end - 4));
    connection->event_left = whole - length;
    if (!connection->event_left) called(connection);
  } else if (!end || length < whole) {
    if (kept->length >= KEPT_BYTES) return false;
    if (!kept->length) append_bytes(kept, bytes, length);
    return true;
  } else {
    const char *target = header(bytes, end, "x-amz-target:");
    if (target) serve_sqs(connection, target, strcspn(target, " \r\n"), end + 4);
    else serve_control(connection, bytes);
  }
  free(kept->bytes);
  *kept = (struct text){0};
  return true;
}

static void end(struct connection *connection) {
  if (connection->queue) let_go(connection);
  if (releaser == connection) releaser = NULL;
  close(connection->fd);
  free(connection->kept.bytes);
  free(connection->owed.bytes);
  free(connection);
}

static bool serve(struct connection *connection, char *buffer) {
  for (;;) {
    ssize_t length = recv(connection->fd, buffer, READ_BYTES, 0);
    if (length == 0) return false;
    if (length < 0) {
      if (errno == EINTR) continue;
      return errno == EAGAIN;
    }
    buffer[length] = 0;
    if (!take(connection, buffer, (size_t)length)) return false;
    // A short read has emptied the socket: whatever comes later is a new edge.
    if (length < READ_BYTES) return true;
  }
}

static void accept_all(int epoll, int listener) {
  for (;;) {
    int fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (fd < 0) {
      if (errno == EINTR || errno == ECONNABORTED) continue;
      if (errno == EAGAIN) return;
      fail("accept4");
    }
    int on = 1;
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    struct connection *connection = calloc(1, sizeof *connection);
    if (!connection) fail("calloc");
    connection->fd = fd;
    struct epoll_event event = {.events = EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET, .data.ptr = connection};
    if (epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event) < 0) fail("epoll_ctl");
  }
}

static int listen_on_any_port(void) {
  int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (fd < 0) fail("socket");
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  if (bind(fd, (struct sockaddr *)&address, sizeof address) < 0) fail("bind");
  // Thousands of mappings may connect at once.
  if (listen(fd, 4096) < 0) fail("listen");
  socklen_t length = sizeof address;
  if (getsockname(fd, (struct sockaddr *)&address, &length) < 0) fail("getsockname");
  port = address.sin_port;
  return fd;
}

static void raise_file_limit(void) {
  struct rlimit limit;
  if (getrlimit(RLIMIT_NOFILE, &limit) < 0) fail("getrlimit");
  limit.rlim_cur = limit.rlim_max;
  if (setrlimit(RLIMIT_NOFILE, &limit) < 0) fail("setrlimit");
}

int main(void) {
  signal(SIGPIPE, SIG_IGN);
  raise_file_limit();
  prepare();
  for (int seconds = 0; seconds <= LONGEST_WAIT; seconds++) TAILQ_INIT(&waits[seconds]);
  int listener = listen_on_any_port(), epoll = epoll_create1(EPOLL_CLOEXEC);
  char *buffer = malloc(READ_BYTES + 1);
  if (!buffer || epoll < 0) fail("epoll_create1");
  struct epoll_event event = {.events = EPOLLIN | EPOLLET, .data.ptr = NULL};
  if (epoll_ctl(epoll, EPOLL_CTL_ADD, listener, &event) < 0) fail("epoll_ctl");
  printf("%d\n", ntohs(port));
  fflush(stdout);

  struct epoll_event events[EVENTS];
  for (;;) {
    int count = epoll_wait(epoll, events, EVENTS, first_wait());
    if (count < 0 && errno != EINTR) fail("epoll_wait");
    for (int index = 0; index < count; index++) {
      struct connection *connection = events[index].data.ptr;
      uint32_t happened = events[index].events;
      if (!connection) {
        accept_all(epoll, listener);
      } else if (happened & (EPOLLERR | EPOLLHUP) || (happened & EPOLLIN && !serve(connection, buffer))) {
        end(connection);
      } else if (connection->owed.length && happened & EPOLLOUT) {
        send_owed(connection);
      }
    }
    end_waits();
  }
}
