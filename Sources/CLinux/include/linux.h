// The few Linux headers that Swift's Glibc module leaves out, and calls whose C macros Swift cannot see.
#ifndef HEADRACE_CLINUX_H
#define HEADRACE_CLINUX_H

#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <time.h>

// accept4(2) with SOCK_NONBLOCK and SOCK_CLOEXEC: the new descriptor, or -1 with errno.
int headrace_accept(int listener);

// Names the calling thread, for debuggers and top(1); at most 15 bytes.
void headrace_name_thread(const char *name);

#endif
