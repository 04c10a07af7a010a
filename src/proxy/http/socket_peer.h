#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "proxy/http/json.h"

namespace rocketmq::gateway {

// Why a WebSocket ends, beside what RFC 6455 says.
enum class SocketClose : std::uint16_t {
  drain = 1001,
  malformed = 4400,
  unauthenticated = 4401,
  hello_timeout = 4408,
  replaced = 4409,
  slow = 4429,
};

// Who is at the other end of a WebSocket.
class SocketPeer {
 public:
  virtual void tell(const Json& frame) = 0;
  virtual void close(SocketClose code, std::string_view reason) = 0;
  virtual bool is_there() const = 0;  // and wants messages
  virtual std::size_t pending_output() const = 0;
  virtual const std::string& request_id() const = 0;

 protected:
  ~SocketPeer() = default;
};

}  // namespace rocketmq::gateway
