#include "net/status_pages.h"

#include <utility>

#include "protocol/str.h"

namespace rocketmq::net {
namespace {

HttpResponse readiness_page(const Result<void>& ready) {
  if (ready) return {.body = "ready\n"};
  return {.status = 503, .body = str("not ready: ", ready.error().message, '\n')};
}

}  // namespace

HttpServer::Handler status_pages(StatusSource source) {
  return [source = std::move(source)](const HttpRequest& request) -> HttpResponse {
    if (request.path == "/metrics") {
      return {.body = source.metrics(), .content_type = "text/plain; version=0.0.4; charset=utf-8"};
    }
    if (request.path == "/healthz") return {.body = "alive\n"};
    if (request.path == "/readyz") return readiness_page(source.readiness());
    return {.status = 404, .body = "there are /metrics, /healthz and /readyz\n"};
  };
}

}  // namespace rocketmq::net
