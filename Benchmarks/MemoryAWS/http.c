// Sources and a function in one process, all from memory: SQS, Kinesis and DynamoDB Streams as their JSON protocols
// have them, so far as reading needs it, and a function behind POST /function that answers {}. One thread, one
// edge-triggered epoll, answers that are built once, one send for each that fits into its socket. It trusts its peers,
// and takes no second request before it has answered the first.
//
// memory_aws  →  prints its port on a line of its own, then serves until it is ended.
//
// Every queue exists. One whose name begins with "endless" has ten messages for each receive, one that begins with
// "single" holds one message, and any other is empty until one is released to it. An empty queue holds a receive for
// its WaitTimeSeconds. What was received once does not come back.
//
// There are streams "endless-N", whose N shards have as many records for each read as it asks for, and "idle-N", whose
// shards are empty until a record is released to one. They keep what was released.
//
//   GET  /control/counts                what has happened so far
//   POST /control/release?queue=NAME    puts a message into a queue, and answers once the function has been called,
//                                       with the nanoseconds from the moment at which the source began to answer a
//                                       receive with that message until the event had arrived whole
//   POST /control/release?shard=SHARD   puts a record into a shard, such as kinesis/idle-8/3 or dynamodb/idle-8/3; the
//                                       nanoseconds are from that moment on

#define _GNU_SOURCE  // accept4, memmem
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <strings.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "memory_aws.h"

enum { EVENTS = 256, READ_BYTES = 1024 * 1024, KEPT_BYTES = 1024 * 1024 };

in_port_t port;

uint64_t now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (uint64_t)time.tv_sec * 1000000000u + (uint64_t)time.tv_nsec;
}

// Answers.

static size_t send_some(struct connection *connection, const char *bytes, size_t length) {
  ssize_t sent = send(connection->fd, bytes, length, MSG_NOSIGNAL | MSG_DONTWAIT);
  return sent < 0 ? 0 : (size_t)sent;  // a broken connection is ended when epoll says so
}

void answer_lent(
    struct connection *connection, const char *bytes, size_t length, void (*give_back)(void *lent), void *lent) {
  size_t sent = send_some(connection, bytes, length);
  if (sent == length) give_back(lent);
  else connection->owed = (struct owed){bytes + sent, length - sent, give_back, lent};
}

void answer(struct connection *connection, const char *bytes, size_t length) {
  size_t sent = send_some(connection, bytes, length);
  if (sent == length) return;
  struct text rest = {0};
  append_bytes(&rest, bytes + sent, length - sent);
  connection->owed = (struct owed){rest.bytes, rest.length, free, rest.bytes};
}

static void settle(struct connection *connection) {
  struct owed owed = connection->owed;
  connection->owed = (struct owed){0};
  if (owed.length) owed.give_back(owed.lent);
}

static void send_owed(struct connection *connection) {
  struct owed *owed = &connection->owed;
  size_t sent = send_some(connection, owed->bytes, owed->length);
  if (sent == owed->length) {
    settle(connection);
  } else {
    owed->bytes += sent;
    owed->length -= sent;
  }
}

void answer_text(struct connection *connection, const char *start, const char *fields, struct text *body) {
  struct text message = with_head(start, fields, body);
  answer(connection, message.bytes, message.length);
  free(message.bytes);
  free(body->bytes);
}

void refuse(
    struct connection *connection, const char *start, const char *fields, const char *type, const char *message) {
  struct text body = {0};
  append(&body, "{\"__type\":\"");
  append(&body, type);
  append(&body, "\",\"message\":\"");
  append(&body, message);
  append(&body, "\"}");
  answer_text(connection, start, fields, &body);
}

// Requests.

const char *field(const char *body, const char *quoted_key) {
  const char *place = strstr(body, quoted_key);
  if (!place) return NULL;
  place += strlen(quoted_key);
  return place + strspn(place, " :\t\r\n");
}

int integer(const char *body, const char *quoted_key, int least, int most, int otherwise) {
  const char *value = field(body, quoted_key);
  int number = value ? atoi(value) : otherwise;
  return number < least ? least : number > most ? most : number;
}

bool is_token(const char *text, const char *name) {
  size_t length = strlen(name);
  return !strncmp(text, name, length) && (!text[length] || strchr(" \t\r\n", text[length]));
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

static void serve_whole(struct connection *connection, const char *head, const char *target, const char *body) {
  static const struct {
    const char *prefix;
    void (*serve)(struct connection *connection, const char *operation, const char *body);
  } services[] = {
      {"AmazonSQS.", serve_sqs},
      {"Kinesis_20131202.", serve_kinesis},
      {"DynamoDBStreams_20120810.", serve_dynamodb_streams},
  };
  if (!target) {
    serve_control(connection, head);
    return;
  }
  for (size_t index = 0; index < sizeof services / sizeof *services; index++) {
    size_t length = strlen(services[index].prefix);
    if (strncmp(target, services[index].prefix, length)) continue;
    services[index].serve(connection, target + length, body);
    return;
  }
  refuse(connection, BAD_REQUEST, JSON, "UnknownOperationException", "There is no such service.");
}

// Takes bytes of one request; false ends the connection. A zero byte follows them.
static bool take(struct connection *connection, const char *bytes, size_t length) {
  if (connection->event_left) return take_event(connection, bytes, length);
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
    begin_event(connection, body_length);
    if (!take_event(connection, end + 4, (size_t)(bytes + length - end - 4))) return false;
  } else if (!end || length < whole) {
    if (kept->length >= KEPT_BYTES) return false;
    if (!kept->length) append_bytes(kept, bytes, length);
    return true;
  } else {
    serve_whole(connection, bytes, header(bytes, end, "x-amz-target:"), end + 4);
  }
  free(kept->bytes);
  *kept = (struct text){0};
  return true;
}

static void end(struct connection *connection) {
  if (connection->queue) let_go(connection);
  forget_releaser(connection);
  close(connection->fd);
  free(connection->kept.bytes);
  settle(connection);
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
  prepare_queues();
  prepare_function();
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
