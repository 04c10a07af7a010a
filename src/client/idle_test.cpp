// How often a client that has nothing to do wakes up: counted in virtual time, where every moment
// in which anything happens, here or at the servers, is one.

#include <gtest/gtest.h>

#include "client/producer_impl.h"
#include "client/push_consumer_impl.h"
#include "client/testing/client_fixture.h"

namespace rocketmq::client {
namespace {

using namespace std::chrono_literals;

class IdleTest : public testing::ClientFixture {
 protected:
  double moments_a_minute() {
    loop.advance(2min);  // until it has settled
    int moments = 0;
    loop.run_until(
        [&] {
          ++moments;
          return false;
        },
        10min);
    return moments / 10.0;
  }
};

TEST_F(IdleTest, servers_alone) { EXPECT_LT(moments_a_minute(), 30); }

TEST_F(IdleTest, a_client_without_handles) {
  const auto core = make_core();
  EXPECT_LT(moments_a_minute(), 40);
}

// Routes and heartbeats, each every 30 s, and connections looked after; and sixty of the servers,
// which look after theirs every second.
TEST_F(IdleTest, a_producer) {
  const auto core = make_core();
  Producer producer(Producer::Impl::create(core, {.group = "g"}).value());
  producer.send_async({.topic = "T", .body = "x"}, [](Result<SendReceipt>) {});
  EXPECT_LT(moments_a_minute(), 90);
}

}  // namespace
}  // namespace rocketmq::client
