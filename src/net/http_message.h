#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

// What is said over HTTP, both ways.

namespace rocketmq::net {

struct HttpHeader {
  std::string name;
  std::string value;
};

struct HttpRequest {
  std::string method;  // "GET"
  std::string path;    // of the target, percent-encoded as it came, without the query
  std::string query;   // of the target, behind the '?'
  std::vector<HttpHeader> headers;
  std::string peer;                             // "10.0.0.9:5555"
  bool has_body = false;                        // it follows
  std::optional<std::uint64_t> content_length;  // of the body as it travels

  // The first of that name, in whatever case; nullptr: none.
  const std::string* header(std::string_view name) const;
};

struct HttpResponse {
  unsigned status = 200;
  std::string body;
  std::string content_type = "text/plain; charset=utf-8";
  std::vector<HttpHeader> headers = {};  // further ones; their values are one line each
};

std::string_view http_reason(unsigned status);  // 404: "Not Found"

}  // namespace rocketmq::net
