// echo_server: a plain epoll loop on one thread: writes back what it reads. What a request and its
// answer cost a server that does nothing else. Listens on a free port of the loopback, which it
// prints; ends with standard input.

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <iostream>
#include <stdexcept>
#include <vector>

namespace {

void must(bool is_good, const char* what) {
  if (!is_good) throw std::runtime_error(what);
}

int listen_on_loopback(std::uint16_t& port) {
  const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  must(fd >= 0 && ::bind(fd, reinterpret_cast<const sockaddr*>(&address), size) == 0 &&
           ::listen(fd, 128) == 0 &&
           ::getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size) == 0,
       "cannot listen");
  port = ntohs(address.sin_port);
  return fd;
}

void watch(int epoll, int fd) {
  epoll_event event{};
  event.events = EPOLLIN;
  event.data.fd = fd;
  must(::epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event) == 0, "cannot watch");
}

void accept_all(int epoll, int listener) {
  while (true) {
    const int fd = ::accept4(listener, nullptr, nullptr, 0);
    if (fd < 0) return;
    const int one = 1;
    ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    watch(epoll, fd);
  }
}

// False at the end. Blocks where the peer does not read, which ours does.
bool echo(int fd, std::vector<char>& bytes) {
  const ssize_t got = ::recv(fd, bytes.data(), bytes.size(), 0);
  if (got <= 0) return false;
  for (ssize_t sent = 0; sent < got;) {
    const ssize_t now =
        ::send(fd, bytes.data() + sent, static_cast<std::size_t>(got - sent), MSG_NOSIGNAL);
    if (now <= 0) return false;
    sent += now;
  }
  return true;
}

int run() {
  std::uint16_t port = 0;
  const int listener = listen_on_loopback(port);
  const int epoll = ::epoll_create1(0);
  watch(epoll, listener);
  watch(epoll, STDIN_FILENO);
  std::cout << "127.0.0.1:" << port << std::endl;

  std::vector<char> bytes(1 << 20);
  std::array<epoll_event, 64> events;
  while (true) {
    const int count = ::epoll_wait(epoll, events.data(), static_cast<int>(events.size()), -1);
    if (count < 0 && errno != EINTR) return 1;
    for (int i = 0; i < count; ++i) {
      const int fd = events[static_cast<std::size_t>(i)].data.fd;
      if (fd == STDIN_FILENO) return 0;
      if (fd == listener) {
        accept_all(epoll, listener);
      } else if (!echo(fd, bytes)) {
        ::close(fd);
      }
    }
  }
}

}  // namespace

int main() {
  try {
    return run();
  } catch (const std::exception& failed) {
    std::cerr << "echo_server: " << failed.what() << '\n';
    return 1;
  }
}
