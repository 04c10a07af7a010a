#include "net/socket.h"

#include <event2/event-config.h>

#include <cerrno>
#include <chrono>
#include <cstring>
#include <memory>

#ifdef _WIN32
#include <winsock2.h>
#include <ws2tcpip.h>
#else
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#endif

#include "protocol/str.h"

namespace rocketmq::net {
namespace {

#ifdef MSG_NOSIGNAL
constexpr int send_flags = MSG_NOSIGNAL;  // a closed peer is an error, not a signal
#else
constexpr int send_flags = 0;
#endif

constexpr std::chrono::milliseconds silence_max{10'000};

void set_option(evutil_socket_t fd, int level, int name, int value = 1) {
  setsockopt(fd, level, name, reinterpret_cast<const char*>(&value), sizeof value);
}

IoResult failed(int error) { return {.status = IoResult::Status::failed, .error = error}; }

sockaddr* raw(SocketAddress& address) { return reinterpret_cast<sockaddr*>(&address.storage); }
const sockaddr* raw(const SocketAddress& address) {
  return reinterpret_cast<const sockaddr*>(&address.storage);
}

}  // namespace

std::string socket_error_text(int error) { return evutil_socket_error_to_string(error); }

bool is_retriable(int error) {
#ifdef _WIN32
  return error == WSAEWOULDBLOCK || error == WSAEINTR;
#else
  return error == EAGAIN || error == EWOULDBLOCK || error == EINTR;
#endif
}

bool is_out_of_descriptors(int error) {
#ifdef _WIN32
  return error == WSAEMFILE || error == WSAENOBUFS;
#else
  return error == EMFILE || error == ENFILE || error == ENOBUFS || error == ENOMEM;
#endif
}

std::string to_string(const SocketAddress& address) {
  char text[64] = "?";
  if (address.storage.ss_family == AF_INET6) {
    const auto& v6 = reinterpret_cast<const sockaddr_in6&>(address.storage);
    evutil_inet_ntop(AF_INET6, &v6.sin6_addr, text, sizeof text);
    return to_string(Address{text, ntohs(v6.sin6_port)});
  }
  const auto& v4 = reinterpret_cast<const sockaddr_in&>(address.storage);
  evutil_inet_ntop(AF_INET, &v4.sin_addr, text, sizeof text);
  return to_string(Address{text, ntohs(v4.sin_port)});
}

Result<std::vector<SocketAddress>> look_up(const Address& address, const Lookup& how) {
  evutil_addrinfo hints{};
  hints.ai_family = AF_UNSPEC;
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_protocol = IPPROTO_TCP;
  if (how.literal_only) hints.ai_flags |= EVUTIL_AI_NUMERICHOST;
  if (how.to_listen) hints.ai_flags |= EVUTIL_AI_PASSIVE;

  evutil_addrinfo* found = nullptr;
  const std::string port = std::to_string(address.port);
  const int problem = evutil_getaddrinfo(address.host.c_str(), port.c_str(), &hints, &found);
  if (problem != 0) {
    return Error{Errc::not_connected,
                 str("cannot find ", address.host, ": ", evutil_gai_strerror(problem))};
  }
  const std::unique_ptr<evutil_addrinfo, void (*)(evutil_addrinfo*)> owner(found,
                                                                           evutil_freeaddrinfo);
  std::vector<SocketAddress> addresses;
  for (const evutil_addrinfo* one = found; one != nullptr; one = one->ai_next) {
    SocketAddress& here = addresses.emplace_back();
    std::memcpy(&here.storage, one->ai_addr, one->ai_addrlen);
    here.size = static_cast<ev_socklen_t>(one->ai_addrlen);
  }
  return addresses;
}

void Socket::close() {
  if (is_open()) evutil_closesocket(std::exchange(fd_, invalid));
}

void Socket::prepare() const {
  evutil_make_socket_nonblocking(fd_);
  evutil_make_socket_closeonexec(fd_);
  set_option(fd_, IPPROTO_TCP, TCP_NODELAY);
#ifdef SO_NOSIGPIPE
  set_option(fd_, SOL_SOCKET, SO_NOSIGPIPE);
#endif
}

void Socket::limit_silence() const {
#ifdef TCP_USER_TIMEOUT
  set_option(fd_, IPPROTO_TCP, TCP_USER_TIMEOUT, static_cast<int>(silence_max.count()));
#endif
}

Result<Socket> Socket::open(int family) {
  Socket socket(::socket(family, SOCK_STREAM, IPPROTO_TCP));
  if (!socket.is_open()) {
    return Error{Errc::io_error,
                 str("cannot open a socket: ", socket_error_text(EVUTIL_SOCKET_ERROR()))};
  }
  socket.prepare();
  return socket;
}

Result<void> Socket::bind_and_listen(const SocketAddress& address, int backlog) {
  evutil_make_listen_socket_reuseable(fd_);
  if (::bind(fd_, raw(address), address.size) != 0 || ::listen(fd_, backlog) != 0) {
    return Error{Errc::io_error, str("cannot listen on ", to_string(address), ": ",
                                     socket_error_text(EVUTIL_SOCKET_ERROR()))};
  }
  return {};
}

IoResult Socket::connect(const SocketAddress& address) {
  if (::connect(fd_, raw(address), address.size) == 0) return {IoResult::Status::done};
  const int error = EVUTIL_SOCKET_ERROR();
#ifndef _WIN32
  if (error == EINPROGRESS) return {IoResult::Status::want_write};
#endif
  if (is_retriable(error)) return {IoResult::Status::want_write};
  return failed(error);
}

int Socket::pending_error() const {
  int error = 0;
  ev_socklen_t size = sizeof error;
  getsockopt(fd_, SOL_SOCKET, SO_ERROR, reinterpret_cast<char*>(&error), &size);
  return error;
}

IoResult Socket::accept(Socket& accepted, SocketAddress& peer) {
  peer.size = sizeof peer.storage;
  Socket socket(::accept(fd_, raw(peer), &peer.size));
  if (!socket.is_open()) {
    const int error = EVUTIL_SOCKET_ERROR();
    return is_retriable(error) ? IoResult{IoResult::Status::want_read} : failed(error);
  }
  socket.prepare();
  socket.limit_silence();
  accepted = std::move(socket);
  return {IoResult::Status::done};
}

IoResult Socket::read(char* to, std::size_t bytes) { return receive(to, bytes, 0); }

IoResult Socket::peek(char* to, std::size_t bytes) { return receive(to, bytes, MSG_PEEK); }

IoResult Socket::receive(char* to, std::size_t bytes, int flags) {
  const auto got = ::recv(fd_, to, bytes, flags);
  if (got > 0) return {IoResult::Status::done, static_cast<std::size_t>(got)};
  if (got == 0) return {IoResult::Status::ended};
  const int error = EVUTIL_SOCKET_ERROR();
  return is_retriable(error) ? IoResult{IoResult::Status::want_read} : failed(error);
}

IoResult Socket::write(const char* from, std::size_t bytes) {
  const auto put = ::send(fd_, from, bytes, send_flags);
  if (put >= 0) return {IoResult::Status::done, static_cast<std::size_t>(put)};
  const int error = EVUTIL_SOCKET_ERROR();
  return is_retriable(error) ? IoResult{IoResult::Status::want_write} : failed(error);
}

int Socket::peek_byte() const {
  char byte = 0;
  return ::recv(fd_, &byte, 1, MSG_PEEK) == 1 ? static_cast<unsigned char>(byte) : -1;
}

void Socket::end_writing() {
#ifdef _WIN32
  ::shutdown(fd_, SD_SEND);
#else
  ::shutdown(fd_, SHUT_WR);
#endif
}

SocketAddress Socket::local_address() const {
  SocketAddress address;
  address.size = sizeof address.storage;
  getsockname(fd_, raw(address), &address.size);
  return address;
}

}  // namespace rocketmq::net
