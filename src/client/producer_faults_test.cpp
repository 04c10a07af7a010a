// Keeping away from brokers that are slow or fail.
#include <gmock/gmock.h>

#include "client/testing/producer_fixture.h"

namespace rocketmq::client {
namespace {

using namespace std::chrono_literals;
using testing::ProducerFixture;
using testing::route_over;

class FaultAvoidanceTest : public ProducerFixture {
 protected:
  // So many messages, one after the other; how many of them went to "a".
  int sent_to_a(Producer::Impl& producer, int count) {
    int to_a = 0;
    for (int i = 0; i < count; ++i) {
      const auto sent = send(producer, hello());
      EXPECT_TRUE(sent);
      if (sent && sent->queue.broker_name == "a") ++to_a;
    }
    return to_a;
  }
};

TEST_F(FaultAvoidanceTest, leaves_a_slow_broker_alone_for_a_while) {
  const ImplPtr producer = make({.fault_avoidance = {.enabled = true}});
  a.delay(RequestCode::send_message_v2, 600ms);
  EXPECT_EQ(sent_to_a(*producer, 8), 1);
  a.delay(RequestCode::send_message_v2, 0ms);
  loop.advance(2s);
  EXPECT_EQ(sent_to_a(*producer, 8), 4);
}

TEST_F(FaultAvoidanceTest, is_off_unless_it_is_asked_for) {
  const ImplPtr producer = make();
  a.delay(RequestCode::send_message_v2, 600ms);
  EXPECT_EQ(sent_to_a(*producer, 8), 4);
}

TEST_F(FaultAvoidanceTest, takes_up_a_failing_broker_when_a_probe_finds_it_back) {
  const ImplPtr producer = make({.fault_avoidance = {.enabled = true, .probe = true}});
  a.fail_next(RequestCode::send_message_v2, 1, {ResponseCode::system_busy, "busy"});
  a.fail_next(RequestCode::get_max_offset, 1, {ResponseCode::system_busy, "busy"});
  EXPECT_EQ(sent_to_a(*producer, 8), 0);
  loop.advance(15s);
  EXPECT_GE(a.received(RequestCode::get_max_offset), 2);
  EXPECT_EQ(sent_to_a(*producer, 8), 4);
  const int probes = a.received(RequestCode::get_max_offset);
  loop.advance(1min);
  EXPECT_EQ(a.received(RequestCode::get_max_offset), probes);  // nothing is left to find out
}

TEST_F(FaultAvoidanceTest, uses_a_failing_broker_where_there_is_no_other) {
  names.set_route("T", route_over({&a}, 2));
  const ImplPtr producer = make({.fault_avoidance = {.enabled = true}});
  a.fail_next(RequestCode::send_message_v2, 1, {ResponseCode::system_busy, "busy"});
  EXPECT_EQ(sent_to_a(*producer, 3), 3);
}

}  // namespace
}  // namespace rocketmq::client
