#pragma once

#include <rocketmq/result.h>

#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "net/http_call.h"
#include "net/http_message.h"
#include "net/log.h"
#include "net/log_limit.h"
#include "net/loop.h"

// A small HTTP server on our own loop: what Boost.Beast does is to read HTTP (http_parser.h).

namespace rocketmq::net {

class HttpConnection;

struct HttpServerOptions {
  ListenOptions listen;
  std::size_t connections_max = 64;       // one more is closed as it comes
  std::size_t head_bytes_max = 8 * 1024;  // of a request
  // Of what has come before it can be handled: more, and the peer is not read from meanwhile.
  std::size_t held_bytes_max = 64 * 1024;
  // For the head of a request, and between two of one connection; for the peer to take an answer,
  // or a part of it.
  Duration request_timeout = std::chrono::seconds(30);
  Duration body_timeout = std::chrono::seconds(60);  // for a body, or each piece of an open one
  LogLine log;
  // What a peer is told that does not speak HTTP (400), or says too much (431). None: just `why`.
  std::function<HttpResponse(unsigned status, const std::string& why)> refusal;
};

// Belongs to its loop, and is destroyed on it, which ends its connections at once, without a word
// to those that hold a call.
class HttpServer {
 public:
  // Gets each request as soon as there is its head, on the loop.
  using Service = std::function<void(HttpCall)>;
  // For pages that programs and people look at now and then: answers GET and HEAD at once.
  using Handler = std::function<HttpResponse(const HttpRequest&)>;

  HttpServer(Loop& loop, HttpServerOptions options, Service service);
  HttpServer(Loop& loop, HttpServerOptions options, Handler handler);
  ~HttpServer();
  HttpServer(const HttpServer&) = delete;
  HttpServer& operator=(const HttpServer&) = delete;

  // Gives the address with its real port.
  Result<std::string> listen(std::string_view address);
  // Connections from now on get these certificates, where TLS is served at all.
  void set_tls(const std::shared_ptr<const TlsContext>& tls);
  // Peers should go elsewhere: from now on each answer is the last of its connection.
  void drain();
  std::size_t connection_count() const { return connections_.size(); }

 private:
  friend class HttpConnection;

  void accepted(std::unique_ptr<Stream> stream);
  void closed(HttpConnection& connection, const Error& error);
  void warn(std::string_view line);

  Loop& loop_;
  const HttpServerOptions options_;
  const Service service_;
  LogLimit log_limit_;
  bool is_draining_ = false;
  std::vector<std::unique_ptr<Listener>> listeners_;
  std::unordered_map<HttpConnection*, std::unique_ptr<HttpConnection>> connections_;
};

}  // namespace rocketmq::net
