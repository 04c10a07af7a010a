#pragma once

#include <rocketmq/result.h>

#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "net/log.h"
#include "net/log_limit.h"
#include "net/loop.h"

// A small HTTP server on our own loop: what Boost.Beast does is to read and write HTTP. For pages
// that programs and people look at now and then; requests have no body.

namespace rocketmq::net {

struct HttpRequest {
  std::string path;  // of the target, without the query
};

struct HttpResponse {
  unsigned status = 200;
  std::string body;
  std::string content_type = "text/plain; charset=utf-8";
};

struct HttpServerOptions {
  ListenOptions listen;
  std::size_t connections_max = 64;       // one more is closed as it comes
  std::size_t head_bytes_max = 8 * 1024;  // of a request
  // For the whole of a request, and between two of one connection.
  Duration request_timeout = std::chrono::seconds(30);
  LogLine log;
};

// Answers GET and HEAD with what `handler` says, on the loop. Belongs to its loop, and is destroyed
// on it, which ends its connections at once.
class HttpServer {
 public:
  using Handler = std::function<HttpResponse(const HttpRequest&)>;

  HttpServer(Loop& loop, HttpServerOptions options, Handler handler);
  ~HttpServer();
  HttpServer(const HttpServer&) = delete;
  HttpServer& operator=(const HttpServer&) = delete;

  // Gives the address with its real port.
  Result<std::string> listen(std::string_view address);

 private:
  class Connection;

  void accepted(std::unique_ptr<Stream> stream);
  void closed(Connection& connection, const Error& error);
  void warn(std::string_view line);

  Loop& loop_;
  const HttpServerOptions options_;
  const Handler handler_;
  LogLimit log_limit_;
  std::vector<std::unique_ptr<Listener>> listeners_;
  std::unordered_map<Connection*, std::unique_ptr<Connection>> connections_;
};

}  // namespace rocketmq::net
