#include "client/queue_reader.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "client/testing/pull_rig.h"
#include "protocol/message_codec.h"

namespace rocketmq::client {
namespace {

using namespace std::chrono_literals;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using testing::pull_options_for_tests;
using ::testing::SizeIs;

using QueueReaderTest = testing::PullRig;

// ---- polling

TEST_F(QueueReaderTest, gives_what_is_stored_and_then_what_comes) {
  store(a, 0, "1");
  store(a, 0, "2");
  ASSERT_TRUE(assign({a_queue(0)}));
  EXPECT_THAT(poll(), ElementsAre("1", "2"));
  auto waiting = reader->poll(5s);
  waiting.start();
  loop.advance(1s);
  EXPECT_FALSE(waiting.done());
  store(a, 0, "3");
  loop.run_ready();
  ASSERT_TRUE(waiting.done());
  EXPECT_EQ(waiting.take()->at(0).body(), "3");
}

TEST_F(QueueReaderTest, gives_nothing_when_nothing_comes_in_time) {
  ASSERT_TRUE(assign({a_queue(0)}));
  const net::TimePoint begun = loop.now();
  EXPECT_THAT(poll(2s), IsEmpty());
  EXPECT_EQ(loop.now() - begun, 2s);
  EXPECT_THAT(poll(0s), IsEmpty());
}

TEST_F(QueueReaderTest, gives_no_more_than_a_batch_of_one_queue_and_takes_queues_in_turn) {
  PullConsumerOptions options = pull_options_for_tests();
  options.pull_batch_size = 2;
  make(options);
  for (const char* body : {"1", "2", "3", "4"}) store(a, 0, body);
  store(b, 1, "b");
  ASSERT_TRUE(assign({a_queue(0), b_queue(1)}));
  loop.advance(1s);
  EXPECT_THAT(poll(), ElementsAre("1", "2"));
  EXPECT_THAT(poll(), ElementsAre("b"));
  EXPECT_THAT(poll(), ElementsAre("3", "4"));
}

TEST_F(QueueReaderTest, says_to_the_broker_what_a_lite_pull_says) {
  ASSERT_TRUE(assign({a_queue(0)}));
  loop.advance(1s);
  EXPECT_EQ(a.last_pull().sys_flag, protocol::pull_flag::suspend |
                                        protocol::pull_flag::subscription |
                                        protocol::pull_flag::lite_pull);
  EXPECT_EQ(a.last_pull().subscription, "*");
  EXPECT_EQ(a.last_pull().expression_type, "TAG");
  EXPECT_EQ(a.last_pull().count_max, 10);
  EXPECT_EQ(a.received(RequestCode::lite_pull_message), 1);
  EXPECT_EQ(a.received(RequestCode::pull_message), 0);
}

TEST_F(QueueReaderTest, pulls_in_the_old_way_from_a_broker_that_knows_no_other) {
  a.fail_next(RequestCode::lite_pull_message, 1000,
              {ResponseCode::request_code_not_supported, " request type 361 not supported"});
  store(a, 0, "1");
  ASSERT_TRUE(assign({a_queue(0)}));
  EXPECT_THAT(poll(), ElementsAre("1"));
  store(a, 0, "2");
  EXPECT_THAT(poll(), ElementsAre("2"));
  EXPECT_EQ(a.received(RequestCode::lite_pull_message), 1);
}

TEST_F(QueueReaderTest, is_no_member_of_the_group_when_its_queues_are_assigned) {
  ASSERT_TRUE(assign({a_queue(0)}));
  loop.advance(1min);
  EXPECT_THAT(a.members("billing"), IsEmpty());
}

TEST_F(QueueReaderTest, fetches_no_further_ahead_than_it_may) {
  PullConsumerOptions options = pull_options_for_tests();
  options.messages_max = 25;
  make(options);
  for (int i = 0; i < 100; ++i) store(a, i % 2, "x");
  ASSERT_TRUE(assign({a_queue(0), a_queue(1)}));
  loop.advance(1min);
  const int pulls = a.received(RequestCode::lite_pull_message);
  EXPECT_LE(pulls, 4);
  EXPECT_THAT(poll(), SizeIs(10));
  EXPECT_THAT(poll(), SizeIs(10));  // there is room again
  loop.advance(1min);
  EXPECT_GT(a.received(RequestCode::lite_pull_message), pulls);
  EXPECT_THAT(poll_all(), SizeIs(80));
}

TEST_F(QueueReaderTest, leaves_out_a_body_that_cannot_be_unpacked_and_says_so) {
  a.store({.topic = "T", .body = "no zlib", .sys_flag = protocol::sys_flag::compressed});
  store(a, 0, "2");
  ASSERT_TRUE(assign({a_queue(0)}));
  EXPECT_THAT(poll_all(), ElementsAre("2"));
  EXPECT_THAT(log, Contains(HasSubstr("left out 1 messages")));
}

// ---- filters

TEST_F(QueueReaderTest, gives_only_the_tags_it_was_told_and_passes_the_others) {
  ASSERT_TRUE(assignment->set_filter({"T", tags("red || green")}));
  store(a, 0, "1", "red");
  store(a, 0, "2", "blue");
  store(a, 0, "3", "green");
  store(a, 0, "4");
  ASSERT_TRUE(assign({a_queue(0)}));
  EXPECT_THAT(poll_all(), ElementsAre("1", "3"));
  EXPECT_EQ(position(a_queue(0)), 4);
  EXPECT_EQ(a.last_pull().subscription, "red || green");
}

TEST_F(QueueReaderTest, hands_sql_to_the_broker_as_it_is) {
  ASSERT_TRUE(assignment->set_filter({"T", sql("amount > 100")}));
  store(a, 0, "1");
  ASSERT_TRUE(assign({a_queue(0)}));
  EXPECT_THAT(poll(), ElementsAre("1"));
  EXPECT_EQ(a.last_pull().subscription, "amount > 100");
  EXPECT_EQ(a.last_pull().expression_type, "SQL92");
}

TEST_F(QueueReaderTest, refuses_filters_that_come_too_late_or_want_nothing) {
  EXPECT_EQ(assignment->set_filter({"T", sql(" ")}).error().code, Errc::invalid_argument);
  EXPECT_EQ(assignment->set_filter({"T", tags("||")}).error().code, Errc::invalid_argument);
  ASSERT_TRUE(assign({a_queue(0)}));
  EXPECT_EQ(assignment->set_filter({"T", tags("red")}).error().code, Errc::invalid_argument);
  ASSERT_TRUE(assign({}));
  EXPECT_TRUE(assignment->set_filter({"T", tags("red")}));
}

TEST_F(QueueReaderTest, poll_says_what_a_broker_refuses_when_nothing_else_comes) {
  a.fail_next(
      RequestCode::lite_pull_message, 1000,
      {ResponseCode::subscription_parse_failed, "parse the consumer's subscription failed"});
  store(b, 0, "b");
  ASSERT_TRUE(assign({a_queue(0), b_queue(0)}));
  EXPECT_THAT(poll(), ElementsAre("b"));
  const auto refused = try_poll();
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ResponseCode::subscription_parse_failed);
  EXPECT_THAT(refused.error().message, HasSubstr("T@a#0"));
  a.fail_next(RequestCode::lite_pull_message, 0, {});
  EXPECT_THAT(poll(), IsEmpty());
}

// ---- positions

TEST_F(QueueReaderTest, begins_where_the_group_stands) {
  a.set_offset("billing", "T", 0, 1);
  store(a, 0, "1");
  store(a, 0, "2");
  ASSERT_TRUE(assign({a_queue(0)}));
  EXPECT_EQ(position(a_queue(0)), 1);
  EXPECT_THAT(poll(), ElementsAre("2"));
}

TEST_F(QueueReaderTest, begins_at_the_end_when_told_so_and_misses_nothing_sent_after_assign) {
  PullConsumerOptions options = pull_options_for_tests();
  options.start_at = StartAt::latest;
  make(options);
  store(a, 0, "old");
  ASSERT_TRUE(assign({a_queue(0)}));
  store(a, 0, "new");
  EXPECT_THAT(poll_all(), ElementsAre("new"));
}

TEST_F(QueueReaderTest, goes_on_where_it_is_told_and_forgets_what_was_fetched) {
  for (const char* body : {"0", "1", "2", "3"}) store(a, 0, body);
  ASSERT_TRUE(assign({a_queue(0)}));
  loop.advance(1s);
  ASSERT_TRUE(net::run_task(loop, reader->seek(a_queue(0), 2)));
  EXPECT_EQ(position(a_queue(0)), 2);
  EXPECT_THAT(poll_all(), ElementsAre("2", "3"));
  ASSERT_TRUE(net::run_task(loop, reader->seek(a_queue(0), StartAt::earliest)));
  EXPECT_THAT(poll_all(), SizeIs(4));
  ASSERT_TRUE(net::run_task(loop, reader->seek(a_queue(0), StartAt::latest)));
  EXPECT_EQ(position(a_queue(0)), 4);
}

TEST_F(QueueReaderTest, goes_to_the_first_message_of_a_time_in_every_queue) {
  store(a, 0, "a before");
  store(b, 0, "b before");
  loop.advance(10s);
  const auto when = Timestamp(std::chrono::milliseconds(loop.wall_ms()));
  store(a, 0, "a after");
  ASSERT_TRUE(assign({a_queue(0), b_queue(0)}));
  ASSERT_TRUE(net::run_task(loop, reader->seek(StartAt::time(when))));
  EXPECT_EQ(position(a_queue(0)), 1);
  EXPECT_EQ(position(b_queue(0)), 1);
  EXPECT_THAT(poll_all(), ElementsAre("a after"));
}

TEST_F(QueueReaderTest, moves_no_queue_when_it_cannot_be_found_out_where_to_for_all) {
  store(a, 0, "1");
  store(b, 0, "1");
  ASSERT_TRUE(assign({a_queue(0), b_queue(0)}));
  b.fail_next(RequestCode::get_max_offset, 1, {ResponseCode::system_error, "no"});
  EXPECT_FALSE(net::run_task(loop, reader->seek(StartAt::latest)));
  EXPECT_EQ(position(a_queue(0)), 0);
}

TEST_F(QueueReaderTest, does_not_go_where_a_queue_has_nothing_or_to_queues_of_others) {
  store(a, 0, "1");
  ASSERT_TRUE(assign({a_queue(0)}));
  for (const std::int64_t offset : {-1, 2}) {
    const auto gone = net::run_task(loop, reader->seek(a_queue(0), offset));
    ASSERT_FALSE(gone);
    EXPECT_EQ(gone.error().code, Errc::invalid_argument);
  }
  EXPECT_TRUE(net::run_task(loop, reader->seek(a_queue(0), 1)));
  EXPECT_EQ(net::run_task(loop, reader->seek(a_queue(1), 0)).error().code, Errc::invalid_argument);
  EXPECT_EQ(net::run_task(loop, reader->position(a_queue(1))).error().code, Errc::invalid_argument);
}

TEST_F(QueueReaderTest, does_not_take_an_answer_that_was_asked_for_at_the_old_place) {
  for (const char* body : {"0", "1", "2"}) store(a, 0, body);
  a.delay(RequestCode::lite_pull_message, 10s);
  ASSERT_TRUE(assign({a_queue(0)}));
  ASSERT_TRUE(net::run_task(loop, reader->seek(a_queue(0), 2)));
  EXPECT_THAT(poll(1min), ElementsAre("2"));
}

TEST_F(QueueReaderTest, follows_the_broker_where_a_queue_begins_later_now) {
  for (const char* body : {"0", "1", "2"}) store(a, 0, body);
  a.set_offset("billing", "T", 0, 0);
  a.set_min_offset("T", 0, 2);
  ASSERT_TRUE(assign({a_queue(0)}));
  EXPECT_THAT(poll(), ElementsAre("2"));
}

TEST_F(QueueReaderTest, neither_fetches_nor_gives_of_a_paused_queue) {
  store(a, 0, "1");
  ASSERT_TRUE(assign({a_queue(0)}));
  loop.advance(1s);
  reader->pause({a_queue(0)});
  EXPECT_THAT(poll(1min), IsEmpty());
  const int pulls = a.received(RequestCode::lite_pull_message);
  loop.advance(5min);
  EXPECT_LE(a.received(RequestCode::lite_pull_message), pulls);
  reader->resume({a_queue(0)});
  EXPECT_THAT(poll(), ElementsAre("1"));
  store(a, 0, "2");
  EXPECT_THAT(poll(), ElementsAre("2"));
}

// ---- what is stored

TEST_F(QueueReaderTest, commits_what_was_given_and_not_what_was_fetched) {
  PullConsumerOptions options = pull_options_for_tests();
  options.auto_commit = false;
  options.pull_batch_size = 1;
  make(options);
  store(a, 0, "1");
  store(a, 0, "2");
  ASSERT_TRUE(assign({a_queue(0)}));
  EXPECT_EQ(net::run_task(loop, reader->committed(a_queue(0))).error().code,
            ResponseCode::query_not_found);
  poll();
  loop.advance(1min);
  EXPECT_EQ(stored_offset(a, 0), std::nullopt);
  ASSERT_TRUE(net::run_task(loop, reader->commit()));
  EXPECT_EQ(stored_offset(a, 0), 1);
  EXPECT_EQ(net::run_task(loop, reader->committed(a_queue(0))).value(), 1);
  ASSERT_TRUE(net::run_task(loop, reader->commit(a_queue(0), 7)));
  EXPECT_EQ(stored_offset(a, 0), 7);
}

TEST_F(QueueReaderTest, a_commit_that_fails_names_the_queue_and_stores_the_others) {
  store(a, 0, "1");
  store(b, 0, "1");
  ASSERT_TRUE(assign({a_queue(0), b_queue(0)}));
  poll();
  poll();
  a.fail_next(RequestCode::update_consumer_offset, 1, {ResponseCode::system_error, "disk"});
  const auto committed = net::run_task(loop, reader->commit());
  ASSERT_FALSE(committed);
  EXPECT_EQ(committed.error().code, ResponseCode::system_error);
  EXPECT_THAT(committed.error().message, HasSubstr("T@a#0"));
  EXPECT_EQ(stored_offset(b, 0), 1);
}

TEST_F(QueueReaderTest, commits_by_itself_what_an_earlier_poll_gave) {
  store(a, 0, "1");
  ASSERT_TRUE(assign({a_queue(0)}));
  poll();
  loop.advance(1min);
  EXPECT_EQ(stored_offset(a, 0), std::nullopt);
  poll();
  EXPECT_EQ(stored_offset(a, 0), 1);
}

TEST_F(QueueReaderTest, a_queue_given_up_is_stored_without_what_may_still_be_worked_on) {
  PullConsumerOptions options = pull_options_for_tests();
  options.pull_batch_size = 1;
  make(options);
  store(a, 0, "1");
  store(a, 0, "2");
  ASSERT_TRUE(assign({a_queue(0)}));
  poll();
  poll();
  ASSERT_TRUE(assign({a_queue(1)}));
  EXPECT_EQ(stored_offset(a, 0), 1);
  EXPECT_THAT(reader->queues(), ElementsAre(a_queue(1)));
}

// ---- assigning

TEST_F(QueueReaderTest, a_queue_assigned_again_keeps_its_place_and_what_was_fetched) {
  PullConsumerOptions options = pull_options_for_tests();
  options.pull_batch_size = 1;
  make(options);
  store(a, 0, "1");
  store(a, 0, "2");
  ASSERT_TRUE(assign({a_queue(0)}));
  EXPECT_THAT(poll(), ElementsAre("1"));
  ASSERT_TRUE(assign({a_queue(0), b_queue(0)}));
  EXPECT_THAT(poll_all(), ElementsAre("2"));
}

TEST_F(QueueReaderTest, tells_when_an_assigned_topic_has_other_queues) {
  ASSERT_TRUE(assign({a_queue(0)}));
  EXPECT_THAT(told, IsEmpty());
  names.set_route("T", testing::route_over({&a, &b}, 3));
  loop.advance(1min);
  EXPECT_THAT(told, ElementsAre(std::pair<std::string, std::size_t>("T", 6)));
}

TEST_F(QueueReaderTest, assigning_a_topic_nobody_can_have_is_refused) {
  EXPECT_EQ(assign({{"no topic", "a", 0}}).error().code, Errc::invalid_argument);
  EXPECT_THAT(reader->queues(), IsEmpty());
}

// ---- the end

TEST_F(QueueReaderTest, a_poll_that_waits_ends_when_it_is_stopped) {
  ASSERT_TRUE(assign({a_queue(0)}));
  auto waiting = reader->poll(1h);
  waiting.start();
  reader->stop();
  ASSERT_TRUE(waiting.done());
  EXPECT_EQ(waiting.take().error().code, Errc::client_closed);
  EXPECT_EQ(try_poll().error().code, Errc::client_closed);
  EXPECT_EQ(net::run_task(loop, reader->commit()).error().code, Errc::client_closed);
  EXPECT_EQ(assign({a_queue(1)}).error().code, Errc::client_closed);
}

}  // namespace
}  // namespace rocketmq::client
