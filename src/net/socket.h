#pragma once

#include <event2/util.h>
#include <rocketmq/result.h>

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "net/address.h"

// Private to src/net: sockets through libevent's portable names.

namespace rocketmq::net {

// What came of one attempt to read or write without waiting.
struct IoResult {
  enum class Status { done, want_read, want_write, ended, failed };
  Status status;
  std::size_t bytes = 0;  // of done
  int error = 0;          // of failed: the operating system's number; 0 where `text` says it
  std::string text = {};
};

// A resolved address, ready for connect() and bind().
struct SocketAddress {
  sockaddr_storage storage{};
  ev_socklen_t size = 0;
};
// "10.0.0.9:5555", "[::1]:10911".
std::string to_string(const SocketAddress& address);

// All addresses of a host, in the order to try them. Waits for the name service unless the host is
// a literal address; `literal_only` fails instead.
struct Lookup {
  bool literal_only = false;
  bool to_listen = false;
};
Result<std::vector<SocketAddress>> look_up(const Address& address, const Lookup& how);

std::string socket_error_text(int error);
bool is_retriable(int error);  // would have to wait, or was interrupted
bool is_out_of_descriptors(int error);

// Owns one socket that never blocks.
class Socket {
 public:
  Socket() = default;
  explicit Socket(evutil_socket_t fd) : fd_(fd) {}
  Socket(Socket&& other) noexcept : fd_(std::exchange(other.fd_, invalid)) {}
  Socket& operator=(Socket&& other) noexcept {
    std::swap(fd_, other.fd_);
    return *this;
  }
  ~Socket() { close(); }

  // A TCP socket with TCP_NODELAY, which is not inherited by child processes.
  static Result<Socket> open(int family);

  Result<void> bind_and_listen(const SocketAddress& address, int backlog);
  // Done, want_write while it is under way, or failed.
  IoResult connect(const SocketAddress& address);
  int pending_error() const;  // of a connect that was under way
  // Where the system can: a connection whose peer takes nothing of what was written for 10 s fails,
  // for the peer, or the way to it, is gone. An accepted one is so from the start.
  void limit_silence() const;
  // The next connection; want_read when there is none now.
  IoResult accept(Socket& accepted, SocketAddress& peer);

  IoResult read(char* to, std::size_t bytes);
  IoResult write(const char* from, std::size_t bytes);
  IoResult peek(char* to, std::size_t bytes);  // read, and left in place
  // The next byte, left in place; negative while there is none, or it failed.
  int peek_byte() const;
  void end_writing();

  SocketAddress local_address() const;
  evutil_socket_t fd() const { return fd_; }
  bool is_open() const { return fd_ != invalid; }
  evutil_socket_t release() { return std::exchange(fd_, invalid); }
  void close();

 private:
  static constexpr evutil_socket_t invalid = -1;
  void prepare() const;
  IoResult receive(char* to, std::size_t bytes, int flags);

  evutil_socket_t fd_ = invalid;
};

}  // namespace rocketmq::net
