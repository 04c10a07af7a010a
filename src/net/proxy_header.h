#pragma once

#include <rocketmq/result.h>

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "net/loop.h"

namespace rocketmq::net {

// Of a setting: disabled, permissive, enforcing. Errors: invalid_argument.
Result<ProxyProtocol> proxy_protocol_from(std::string_view text);

// What a load balancer says in front of everything else about whom it speaks for: HAProxy's PROXY
// protocol, versions 1 (a line of text) and 2. Takes the bytes as they come, and none beyond the
// end.
//
//   PROXY TCP4 10.0.0.9 10.0.0.1 5555 8080\r\n
//   \r\n\r\n\0\r\nQUIT\n | version, command | family | length u16 | addresses, ports | what else
class ProxyHeader {
 public:
  // Does a header begin like this? No frame does, nor TLS: frames are not so long.
  static bool begins_with(int byte) { return byte == 'P' || byte == '\r'; }

  // How many of these bytes belong to the header. Errors: bad_frame, what is wrong with it.
  Result<std::size_t> take(std::string_view bytes);
  bool is_whole() const { return is_whole_; }

  // "10.0.0.9:5555". Nothing where the balancer speaks for itself or does not say (LOCAL, UNKNOWN,
  // UNIX): it looks whether we are well.
  const std::optional<std::string>& source() const { return source_; }

 private:
  std::size_t bytes_wanted() const;
  Result<void> read_line();
  Result<void> read_binary();

  std::string text_;  // so far
  bool is_whole_ = false;
  std::optional<std::string> source_;
};

}  // namespace rocketmq::net
