#pragma once

#include <rocketmq/result.h>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "net/loop.h"
#include "net/task.h"

// As much HTTP as an address server needs: one GET a connection, no redirects, no TLS.

namespace rocketmq::client {

struct HttpUrl {
  std::string host;
  std::uint16_t port = 80;
  std::string target = "/";  // path and query
  bool operator==(const HttpUrl&) const = default;
};

// "http://host[:port][/path][?query]". Errors: invalid_argument.
Result<HttpUrl> parse_http_url(std::string_view text);

inline constexpr std::size_t http_answer_bytes_max = 256 * 1024;

// The body of an answer of which this much was received: nothing yet, or why there will never be
// one. Without a length the body ends with the connection. Errors: bad_frame, too_large;
// not_connected for another status than 200, with its words.
Result<std::optional<std::string>> parse_http_answer(std::string_view received, bool is_all);

// Errors: those of connecting and parsing, and timeout, which covers everything.
net::Task<Result<std::string>> http_get(net::Loop& loop, HttpUrl url, net::Duration timeout);

}  // namespace rocketmq::client
