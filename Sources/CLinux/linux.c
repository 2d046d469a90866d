#define _GNU_SOURCE
#include "linux.h"

#include <pthread.h>
#include <stddef.h>
#include <sys/socket.h>

int headrace_accept(int listener) {
  return accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
}

void headrace_name_thread(const char *name) {
  pthread_setname_np(pthread_self(), name);
}
