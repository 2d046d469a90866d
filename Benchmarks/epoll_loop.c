// The yardstick of reads: the least that can answer HTTP on this machine. Two threads, each with its own listener
// (SO_REUSEPORT) and its own edge-triggered epoll. Every "\r\n\r\n" that arrives is answered with the bytes of a file,
// by one send. It parses nothing, times nothing out and trusts its peer.
//
// epoll_loop ANSWER  →  prints its port on a line of its own, then serves until it is ended.

#define _GNU_SOURCE  // accept4
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

enum { THREADS = 2, EVENTS = 256, READ_BYTES = 64 * 1024 };

static char *answer;
static size_t answer_length;

struct connection {
  int fd;
  int matched;    // how much of "\r\n\r\n" the bytes read so far end with
  size_t owed;    // answers still to be sent, the one under way included
  size_t offset;  // what is sent of the one under way
};

static void fail(const char *what) {
  perror(what);
  exit(1);
}

static int listen_on(in_port_t port, struct sockaddr_in *bound) {
  int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (fd < 0) fail("socket");
  int on = 1;
  if (setsockopt(fd, SOL_SOCKET, SO_REUSEPORT, &on, sizeof on) < 0) fail("SO_REUSEPORT");
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = port, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  if (bind(fd, (struct sockaddr *)&address, sizeof address) < 0) fail("bind");
  if (listen(fd, 1024) < 0) fail("listen");
  socklen_t length = sizeof *bound;
  if (getsockname(fd, (struct sockaddr *)bound, &length) < 0) fail("getsockname");
  return fd;
}

static void end(struct connection *connection) {
  close(connection->fd);
  free(connection);
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

// Counts the requests that end within the bytes.
static void count_requests(struct connection *connection, const char *bytes, ssize_t length) {
  static const char end_of_head[] = "\r\n\r\n";
  int matched = connection->matched;
  for (ssize_t index = 0; index < length; index++) {
    char byte = bytes[index];
    if (byte == end_of_head[matched]) {
      if (++matched == 4) {
        connection->owed++;
        matched = 0;
      }
    } else {
      matched = byte == '\r' ? 1 : 0;
    }
  }
  connection->matched = matched;
}

// Whether the connection lives on. What the socket does not take now goes on when epoll says that it is writable.
static int send_owed(struct connection *connection) {
  while (connection->owed > 0) {
    ssize_t sent = send(
        connection->fd, answer + connection->offset, answer_length - connection->offset, MSG_NOSIGNAL | MSG_DONTWAIT);
    if (sent < 0) {
      if (errno == EINTR) continue;
      return errno == EAGAIN;
    }
    connection->offset += (size_t)sent;
    if (connection->offset == answer_length) {
      connection->offset = 0;
      connection->owed--;
    }
  }
  return 1;
}

static int serve(struct connection *connection, char *buffer) {
  for (;;) {
    ssize_t length = recv(connection->fd, buffer, READ_BYTES, 0);
    if (length == 0) return 0;
    if (length < 0) {
      if (errno == EINTR) continue;
      if (errno != EAGAIN) return 0;
      return send_owed(connection);
    }
    count_requests(connection, buffer, length);
    if (!send_owed(connection)) return 0;
    // A short read has emptied the socket: whatever comes later is a new edge.
    if (length < READ_BYTES) return 1;
  }
}

static void *run(void *argument) {
  int listener = *(int *)argument;
  char *buffer = malloc(READ_BYTES);
  int epoll = epoll_create1(EPOLL_CLOEXEC);
  if (!buffer || epoll < 0) fail("epoll_create1");
  struct epoll_event event = {.events = EPOLLIN | EPOLLET, .data.ptr = NULL};
  if (epoll_ctl(epoll, EPOLL_CTL_ADD, listener, &event) < 0) fail("epoll_ctl");
  struct epoll_event events[EVENTS];
  for (;;) {
    int count = epoll_wait(epoll, events, EVENTS, -1);
    if (count < 0 && errno != EINTR) fail("epoll_wait");
    for (int index = 0; index < count; index++) {
      struct connection *connection = events[index].data.ptr;
      if (!connection) {
        accept_all(epoll, listener);
      } else if (events[index].events & (EPOLLERR | EPOLLHUP) || !serve(connection, buffer)) {
        end(connection);
      }
    }
  }
  return NULL;
}

static void load(const char *path) {
  FILE *file = fopen(path, "rb");
  if (!file || fseek(file, 0, SEEK_END) < 0) fail(path);
  long length = ftell(file);
  rewind(file);
  if (length <= 0 || !(answer = malloc((size_t)length))) fail(path);
  answer_length = fread(answer, 1, (size_t)length, file);
  if (answer_length != (size_t)length) fail(path);
  fclose(file);
}

int main(int argc, char **argv) {
  if (argc != 2) {
    fprintf(stderr, "usage: epoll_loop ANSWER\n");
    return 2;
  }
  load(argv[1]);
  signal(SIGPIPE, SIG_IGN);
  int listeners[THREADS];
  struct sockaddr_in bound = {0};
  for (int index = 0; index < THREADS; index++) listeners[index] = listen_on(bound.sin_port, &bound);
  pthread_t threads[THREADS];
  for (int index = 0; index < THREADS; index++) {
    if (pthread_create(&threads[index], NULL, run, &listeners[index])) fail("pthread_create");
  }
  printf("%d\n", ntohs(bound.sin_port));
  fflush(stdout);
  for (int index = 0; index < THREADS; index++) pthread_join(threads[index], NULL);
}
