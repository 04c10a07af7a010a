#include "net/http_server.h"

#include <utility>

#include "net/http_connection.h"
#include "protocol/str.h"

namespace rocketmq::net {
namespace {

HttpServer::Service pages(HttpServer::Handler handler) {
  return [handler = std::move(handler)](HttpCall call) {
    const HttpRequest& request = call.request();
    if (request.method != "GET" && request.method != "HEAD") {
      return call.answer({.status = 405,
                          .body = "only GET and HEAD are understood\n",
                          .headers = {{"Allow", "GET, HEAD"}}});
    }
    if (request.has_body) return call.answer({.status = 400, .body = "a body is not expected\n"});
    call.answer(handler(request));
  };
}

}  // namespace

HttpServer::HttpServer(Loop& loop, HttpServerOptions options, Service service)
    : loop_(loop), options_(std::move(options)), service_(std::move(service)) {}

HttpServer::HttpServer(Loop& loop, HttpServerOptions options, Handler handler)
    : HttpServer(loop, std::move(options), pages(std::move(handler))) {}

HttpServer::~HttpServer() = default;

Result<std::string> HttpServer::listen(std::string_view address) {
  auto listener = loop_.listen(address, options_.listen, [this](std::unique_ptr<Stream> stream) {
    accepted(std::move(stream));
  });
  if (!listener) return std::move(listener).error();
  listeners_.push_back(*std::move(listener));
  return listeners_.back()->address();
}

void HttpServer::set_tls(const std::shared_ptr<const TlsContext>& tls) {
  for (const auto& listener : listeners_) listener->set_tls(tls);
}

void HttpServer::drain() { is_draining_ = true; }

void HttpServer::accepted(std::unique_ptr<Stream> stream) {
  if (connections_.size() >= options_.connections_max) {
    return warn(str("http connection from ", stream->peer(), " refused: there are ",
                    connections_.size(), " already"));
  }
  auto connection = std::make_unique<HttpConnection>(*this, std::move(stream));
  HttpConnection* const key = connection.get();
  connections_.emplace(key, std::move(connection));
}

void HttpServer::closed(HttpConnection& connection, const Error& error) {
  if (error.code != Errc::not_connected) {
    warn(str("http connection from ", connection.peer(), " closed: ", error.message));
  }
  connections_.erase(&connection);
}

void HttpServer::warn(std::string_view line) {
  if (!options_.log) return;
  const auto [may_log, suppressed] = log_limit_.ask(loop_.now());
  if (!may_log) return;
  options_.log(suppressed == 0 ? str(line) : str(line, " (", suppressed, " more lines left out)"));
}

}  // namespace rocketmq::net
