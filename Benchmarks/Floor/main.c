// The least that a relay over epoll can cost: each arrival is one recv and one send, and nothing is looked at.
//
//   floor LISTEN_PORT UPSTREAM_PORT
//
// One connection upstream for each client, on loopback. It parses nothing, logs nothing and has no deadlines: it stands in
// comparisons as what the kernel takes for itself, and below which no gateway of four system calls a request can come.
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

enum { descriptors_max = 1 << 16, events_per_wait = 256, bytes_per_receive = 1 << 16 };

// The other end of each connection by descriptor; 0 for none.
static int other[descriptors_max];
static char bytes[bytes_per_receive];

static void fail(const char *call) {
    perror(call);
    exit(1);
}

static struct sockaddr_in loopback(const char *port) {
    return (struct sockaddr_in){.sin_family = AF_INET, .sin_port = htons((unsigned short)atoi(port)),
                                .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
}

static void watch(int queue, int descriptor, unsigned events) {
    const int one = 1;
    struct epoll_event event = {.events = events, .data.fd = descriptor};
    setsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    if (epoll_ctl(queue, EPOLL_CTL_ADD, descriptor, &event) < 0) fail("epoll_ctl");
}

static void pair(int queue, int client, struct sockaddr_in provider) {
    const int upstream = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (upstream < 0 || upstream >= descriptors_max || client >= descriptors_max) fail("socket");
    if (connect(upstream, (struct sockaddr *)&provider, sizeof provider) < 0) fail("connect");
    other[client] = upstream;
    other[upstream] = client;
    watch(queue, client, EPOLLIN | EPOLLRDHUP | EPOLLET);
    watch(queue, upstream, EPOLLIN | EPOLLRDHUP | EPOLLET);
}

static void part(int descriptor) {
    const int peer = other[descriptor];
    other[descriptor] = other[peer] = 0;
    close(descriptor);
    close(peer);
}

// Until the connection is drained, which a short read tells.
static void relay(int descriptor) {
    while (other[descriptor]) {
        const ssize_t count = recv(descriptor, bytes, sizeof bytes, MSG_DONTWAIT);
        if (count < 0 && errno == EAGAIN) return;
        // A peer that does not take what was sent waits on this call: it is no gateway.
        if (count <= 0 || send(other[descriptor], bytes, (size_t)count, MSG_NOSIGNAL) != count) return part(descriptor);
        if ((size_t)count < sizeof bytes) return;
    }
}

int main(int count, char **arguments) {
    if (count != 3) {
        fprintf(stderr, "usage: floor LISTEN_PORT UPSTREAM_PORT\n");
        return 2;
    }
    const struct sockaddr_in here = loopback(arguments[1]), provider = loopback(arguments[2]);
    const int queue = epoll_create1(EPOLL_CLOEXEC), listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), one = 1;
    setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
    if (bind(listener, (const struct sockaddr *)&here, sizeof here) < 0) fail("bind");
    if (listen(listener, 4096) < 0) fail("listen");
    watch(queue, listener, EPOLLIN);
    static struct epoll_event events[events_per_wait];
    for (;;) {
        const int ready = epoll_wait(queue, events, events_per_wait, -1);
        for (int index = 0; index < ready; index++) {
            const int descriptor = events[index].data.fd;
            if (descriptor != listener) {
                relay(descriptor);
                continue;
            }
            const int client = accept(listener, NULL, NULL);
            if (client >= 0) pair(queue, client, provider);
        }
    }
}
