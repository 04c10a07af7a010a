#include "net/status_pages.h"

#include <gmock/gmock.h>

namespace rocketmq::net {
namespace {

using ::testing::HasSubstr;

struct StatusPages : ::testing::Test {
  HttpResponse get(const char* path) { return pages({.path = path}); }

  Result<void> ready;
  HttpServer::Handler pages =
      status_pages({.metrics = [] { return "up 1\n"; }, .readiness = [this] { return ready; }});
};

TEST_F(StatusPages, show_metrics_as_prometheus_reads_them) {
  const auto page = get("/metrics");
  EXPECT_EQ(page.status, 200u);
  EXPECT_EQ(page.content_type, "text/plain; version=0.0.4; charset=utf-8");
  EXPECT_EQ(page.body, "up 1\n");
}

TEST_F(StatusPages, tell_whether_it_is_ready_and_why_not) {
  EXPECT_EQ(get("/readyz").status, 200u);
  ready = Error{Errc::io_error, "the disk is full"};
  EXPECT_EQ(get("/readyz").status, 503u);
  EXPECT_THAT(get("/readyz").body, HasSubstr("the disk is full"));
  EXPECT_EQ(get("/healthz").status, 200u) << "alive all the same";
}

TEST_F(StatusPages, say_what_there_is) {
  EXPECT_EQ(get("/").status, 404u);
  EXPECT_THAT(get("/metric").body, HasSubstr("/metrics"));
}

}  // namespace
}  // namespace rocketmq::net
