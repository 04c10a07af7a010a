// Every request a pull consumer makes fails once, in every way it can.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "client/testing/pull_rig.h"

namespace rocketmq::client {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using testing::pull_options_for_tests;

using PullFaultsTest = testing::PullRig;

TEST_F(PullFaultsTest, reading_survives_every_request_that_is_refused_or_lost) {
  const RequestCode to_broker[] = {RequestCode::query_consumer_offset, RequestCode::get_min_offset,
                                   RequestCode::lite_pull_message};
  PullConsumerOptions options = pull_options_for_tests();
  options.auto_commit = false;
  std::size_t expected = 0;
  for (const RequestCode request : to_broker) {
    for (const ResponseCode code :
         {ResponseCode::system_error, ResponseCode::system_busy, ResponseCode::flow_control,
          ResponseCode::no_permission, ResponseCode::subscription_not_exist}) {
      make(options);
      a.fail_next(request, 2, {code, "no"});
      store(a, 0, "x");
      ASSERT_TRUE(assign({a_queue(0)}));
      loop.advance(10s);
      EXPECT_THAT(poll_all(), ::testing::SizeIs(++expected)) << to_string(code);
    }
    make(options);
    a.drop_next(request, 1);
    store(a, 0, "x");
    ASSERT_TRUE(assign({a_queue(0)}));
    loop.advance(1min);
    EXPECT_THAT(poll_all(), ::testing::SizeIs(++expected));
  }
}

TEST_F(PullFaultsTest, reading_survives_a_damaged_answer) {
  store(a, 0, "1");
  store(a, 0, "2");
  a.damage_next_pull();
  ASSERT_TRUE(assign({a_queue(0)}));
  loop.advance(10s);
  EXPECT_THAT(poll_all(), ElementsAre("1", "2"));
}

TEST_F(PullFaultsTest, reading_goes_on_when_a_broker_comes_back) {
  ASSERT_TRUE(assign({a_queue(0)}));
  store(a, 0, "1");
  EXPECT_THAT(poll(), ElementsAre("1"));
  a.stop();
  EXPECT_THAT(poll(1min), ::testing::IsEmpty());
  a.start();
  store(a, 0, "2");
  EXPECT_THAT(poll(1min), ElementsAre("2"));
}

TEST_F(PullFaultsTest, reading_begins_when_a_broker_that_was_down_at_first_comes) {
  a.stop();
  ASSERT_TRUE(assign({a_queue(0)}));
  EXPECT_EQ(net::run_task(loop, reader->position(a_queue(0))).error().code, Errc::timeout);
  a.start();
  store(a, 0, "1");
  EXPECT_THAT(poll(1min), ElementsAre("1"));
}

TEST_F(PullFaultsTest, reading_survives_connections_cut_anywhere) {
  ASSERT_TRUE(assign({a_queue(0)}));
  for (std::int64_t cut = 0; cut < 600; cut += 23) {
    loop.link("a:10911").cut_after_bytes = cut;
    store(a, 0, std::to_string(cut));
    EXPECT_THAT(poll(1min), ElementsAre(std::to_string(cut)));
  }
}

TEST_F(PullFaultsTest, calls_that_fail_say_so_within_their_time) {
  ASSERT_TRUE(assign({a_queue(0)}));
  a.drop_next(RequestCode::get_max_offset, 1);
  const net::TimePoint begun = loop.now();
  const auto lost = net::run_task(loop, reader->seek(a_queue(0), StartAt::latest));
  ASSERT_FALSE(lost);
  EXPECT_EQ(lost.error().code, Errc::timeout);
  EXPECT_LE(loop.now() - begun, 5500ms);

  a.drop_next(RequestCode::update_consumer_offset, 1);
  const net::TimePoint again = loop.now();
  const auto uncommitted = net::run_task(loop, reader->commit());
  ASSERT_FALSE(uncommitted);
  EXPECT_EQ(uncommitted.error().code, Errc::timeout);
  EXPECT_EQ(uncommitted.error().outcome, Outcome::unknown);
  EXPECT_LE(loop.now() - again, 3300ms);

  names.remove_topic("U");
  const auto nowhere = net::run_task(loop, reader->committed({"U", "a", 0}));
  ASSERT_FALSE(nowhere);
  EXPECT_EQ(nowhere.error().code, Errc::no_route);
}

}  // namespace
}  // namespace rocketmq::client
