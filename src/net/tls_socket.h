#pragma once

#include <event2/util.h>
#include <rocketmq/result.h>

#include <cstddef>
#include <memory>
#include <string>

#include "net/socket.h"
#include "net/tls_context.h"

// Private to src/net.

struct ssl_st;

namespace rocketmq::net {

// TLS over a connected socket that never blocks. The socket outlives it.
class TlsSocket {
 public:
  static Result<std::unique_ptr<TlsSocket>> accept(std::shared_ptr<const TlsContext> context,
                                                   evutil_socket_t fd);
  // `host` is whom we mean to talk to, unless the context names another.
  static Result<std::unique_ptr<TlsSocket>> connect(std::shared_ptr<const TlsContext> context,
                                                    evutil_socket_t fd, const std::string& host);
  ~TlsSocket();
  TlsSocket(const TlsSocket&) = delete;
  TlsSocket& operator=(const TlsSocket&) = delete;

  // All of them may want to read or to write, whatever they were asked.
  IoResult handshake();
  IoResult read(char* to, std::size_t bytes);
  IoResult write(const char* from, std::size_t bytes);
  // Decrypted already, though the socket may have nothing to read.
  bool has_pending() const;
  // Tells the peer that nothing follows, if that is possible without waiting.
  void end_writing();

 private:
  explicit TlsSocket(std::shared_ptr<const TlsContext> context, ssl_st* ssl);
  static Result<std::unique_ptr<TlsSocket>> make(std::shared_ptr<const TlsContext> context,
                                                 evutil_socket_t fd);
  IoResult result_of(int returned, std::size_t bytes) const;

  const std::shared_ptr<const TlsContext> context_;
  ssl_st* const ssl_;
};

}  // namespace rocketmq::net
