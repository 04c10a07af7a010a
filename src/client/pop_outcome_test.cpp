#include "client/pop_outcome.h"

#include <gtest/gtest.h>

namespace rocketmq::client {
namespace {

using namespace std::chrono_literals;
using Kind = PopOutcome::Kind;

TEST(PopOutcome, acknowledges_what_was_consumed_however_often_it_was_tried) {
  EXPECT_EQ(pop_outcome(Consumed::ok, 0, 16).kind, Kind::acknowledge);
  EXPECT_EQ(pop_outcome(Consumed::ok, 100, 16).kind, Kind::acknowledge);
}

TEST(PopOutcome, shows_a_message_again_after_a_time_that_grows_with_each_attempt) {
  EXPECT_EQ(pop_outcome(Consumed::retry_later(), 0, 16), (PopOutcome{Kind::show_again, 10s}));
  EXPECT_EQ(pop_outcome(Consumed::retry_later(), 1, 16), (PopOutcome{Kind::show_again, 30s}));
  EXPECT_EQ(pop_outcome(Consumed::retry_later(), 15, 16), (PopOutcome{Kind::show_again, 7200s}));
  EXPECT_EQ(pop_outcome(Consumed::retry_later(), 50, 99), (PopOutcome{Kind::show_again, 7200s}));
  EXPECT_EQ(pop_outcome(Consumed::retry_later(), -1, 16), (PopOutcome{Kind::show_again, 10s}));
}

TEST(PopOutcome, shows_a_message_again_when_the_listener_wants) {
  EXPECT_EQ(pop_outcome(Consumed::retry_later(7s), 3, 16), (PopOutcome{Kind::show_again, 7s}));
}

TEST(PopOutcome, gives_to_the_dead_letters_what_was_tried_often_enough_or_is_not_wanted) {
  EXPECT_EQ(pop_outcome(Consumed::retry_later(), 16, 16).kind, Kind::dead_letters);
  EXPECT_EQ(pop_outcome(Consumed::retry_later(7s), 16, 16).kind, Kind::dead_letters);
  EXPECT_EQ(pop_outcome(Consumed::to_dead_letters, 0, 16).kind, Kind::dead_letters);
}

}  // namespace
}  // namespace rocketmq::client
