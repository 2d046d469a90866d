#define _GNU_SOURCE  // strcasestr
#include "loop.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

enum { EVENTS = 256, READ_BYTES = 1024 * 1024 };

char host[64];

static int epoll;
static struct sockaddr_in address;
static void (*finish)(struct connection *connection);

void begin_loop(int port) {
  snprintf(host, sizeof host, "127.0.0.1:%d", port);
  address = (struct sockaddr_in){
      .sin_family = AF_INET, .sin_port = htons((in_port_t)port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  epoll = epoll_create1(EPOLL_CLOEXEC);
  if (epoll < 0) fail("epoll_create1");
}

void open_connection(struct connection *connection, void *owner) {
  *connection = (struct connection){.fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), .owner = owner};
  if (connection->fd < 0) fail("socket");
  if (connect(connection->fd, (struct sockaddr *)&address, sizeof address) < 0) fail("connect");
  int on = 1;
  if (setsockopt(connection->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on) < 0) fail("TCP_NODELAY");
  struct epoll_event event = {.events = EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET, .data.ptr = connection};
  if (epoll_ctl(epoll, EPOLL_CTL_ADD, connection->fd, &event) < 0) fail("epoll_ctl");
}

static void send_more(struct connection *connection) {
  while (connection->request && connection->sent < connection->request->length) {
    ssize_t sent = send(
        connection->fd, connection->request->bytes + connection->sent, connection->request->length - connection->sent,
        MSG_NOSIGNAL | MSG_DONTWAIT);
    if (sent < 0) {
      if (errno == EINTR) continue;
      if (errno == EAGAIN) return;  // goes on when epoll says that it is writable
      fail("send");
    }
    connection->sent += (size_t)sent;
  }
}

void start_request(struct connection *connection, const struct text *request) {
  connection->request = request;
  connection->sent = 0;
  send_more(connection);
}

// Answers.

static void take_head(struct connection *connection) {
  static const char field[] = "\r\nContent-Length:";
  char *length = strcasestr(connection->head, field);
  if (strncmp(connection->head, "HTTP/1.1 200 ", 13) || !length) {
    fprintf(stderr, "an answer that is no 200 with a length: %s\n", connection->head);
    exit(1);
  }
  connection->body_length = connection->body_left = strtoul(length + strlen(field), NULL, 10);
  connection->in_body = true;
}

static void take(struct connection *connection, const char *bytes, size_t length) {
  while (length > 0) {
    if (!connection->in_body) {
      // A head is short, so what is looked at twice when it comes in parts costs nothing.
      size_t part = HEAD_BYTES - connection->head_length < length ? HEAD_BYTES - connection->head_length : length;
      memcpy(connection->head + connection->head_length, bytes, part);
      size_t before = connection->head_length;
      connection->head_length += part;
      connection->head[connection->head_length] = 0;
      char *end = strstr(connection->head, "\r\n\r\n");
      if (!end) {
        if (connection->head_length == HEAD_BYTES) fail("the head of an answer is too long");
        return;
      }
      size_t of_head = (size_t)(end + 4 - connection->head) - before;
      bytes += of_head;
      length -= of_head;
      take_head(connection);
    }
    size_t part = length < connection->body_left ? length : connection->body_left;
    bytes += part;
    length -= part;
    connection->body_left -= part;
    if (!connection->body_left) {
      connection->in_body = false;
      connection->head_length = 0;
      connection->request = NULL;
      finish(connection);
    }
  }
}

static void read_more(struct connection *connection, char *buffer) {
  for (;;) {
    ssize_t length = recv(connection->fd, buffer, READ_BYTES, MSG_DONTWAIT);
    if (length < 0 && errno == EINTR) continue;
    if (length < 0 && errno == EAGAIN) return;
    if (length <= 0) fail("recv");
    take(connection, buffer, (size_t)length);
    if (length < READ_BYTES) return;
  }
}

void run_loop(void (*at_answer)(struct connection *connection)) {
  finish = at_answer;
  char *buffer = malloc(READ_BYTES);
  if (!buffer) fail("malloc");
  struct epoll_event happened[EVENTS];
  for (;;) {
    int count = epoll_wait(epoll, happened, EVENTS, -1);
    if (count < 0 && errno != EINTR) fail("epoll_wait");
    for (int index = 0; index < count; index++) {
      struct connection *connection = happened[index].data.ptr;
      if (happened[index].events & EPOLLOUT) send_more(connection);
      if (happened[index].events & EPOLLIN) read_more(connection, buffer);
    }
  }
}
