#include "broker-lite/faults.h"

#include <gtest/gtest.h>
#include <rocketmq/request_code.h>

namespace rocketmq::broker {
namespace {

using namespace std::chrono_literals;
using Kind = Faults::Fate::Kind;

constexpr auto send_v1 = static_cast<std::int32_t>(RequestCode::send_message);
constexpr auto send_v2 = static_cast<std::int32_t>(RequestCode::send_message_v2);
constexpr auto pull = static_cast<std::int32_t>(RequestCode::pull_message);

TEST(Faults, lets_everything_pass_and_counts_it) {
  Faults faults;
  EXPECT_EQ(faults.request_came(pull).kind, Kind::carry_out);
  EXPECT_EQ(faults.request_came(pull).kind, Kind::carry_out);
  EXPECT_EQ(faults.requests(pull), 2U);
  EXPECT_EQ(faults.requests(send_v2), 0U);
  EXPECT_EQ(faults.answer_delay(pull), 0s);
}

TEST(Faults, refuses_as_often_as_it_was_told_and_only_that_kind) {
  Faults faults;
  faults.fail_next(pull, 2, 16, "no");
  EXPECT_EQ(faults.request_came(send_v2).kind, Kind::carry_out);
  for (int i = 0; i < 2; ++i) {
    const Faults::Fate fate = faults.request_came(pull);
    EXPECT_EQ(fate.kind, Kind::refuse);
    EXPECT_EQ(fate.answer_code, 16);
    EXPECT_EQ(fate.remark, "no");
  }
  EXPECT_EQ(faults.request_came(pull).kind, Kind::carry_out);
}

TEST(Faults, takes_both_codes_of_a_send_for_one_kind) {
  Faults faults;
  faults.lose_next_answers(send_v1, 1);
  faults.delay(send_v1, 3s);
  EXPECT_EQ(faults.request_came(send_v2).kind, Kind::lose_answer);
  EXPECT_EQ(faults.request_came(send_v1).kind, Kind::carry_out);
  EXPECT_EQ(faults.requests(send_v1), 2U);
  EXPECT_EQ(faults.answer_delay(send_v2), 3s);
}

TEST(Faults, a_full_disk_refuses_messages_and_nothing_else) {
  Faults faults;
  faults.fill_disk(true);
  const Faults::Fate fate = faults.request_came(send_v2);
  EXPECT_EQ(fate.kind, Kind::refuse);
  EXPECT_EQ(fate.answer_code, static_cast<std::int32_t>(ResponseCode::service_not_available));
  EXPECT_EQ(faults.request_came(pull).kind, Kind::carry_out);
  faults.fill_disk(false);
  EXPECT_EQ(faults.request_came(send_v2).kind, Kind::carry_out);
}

TEST(Faults, cleared_it_does_nothing_and_still_knows_the_counts) {
  Faults faults;
  faults.fail_next(pull, 9, 1, "");
  faults.lose_next_answers(pull, 9);
  faults.drop_connection_at_next(pull, 9);
  faults.delay(pull, 1s);
  faults.fill_disk(true);
  EXPECT_EQ(faults.request_came(pull).kind, Kind::drop_connection);
  faults.clear();
  EXPECT_EQ(faults.request_came(pull).kind, Kind::carry_out);
  EXPECT_EQ(faults.request_came(send_v2).kind, Kind::carry_out);
  EXPECT_EQ(faults.answer_delay(pull), 0s);
  EXPECT_EQ(faults.requests(pull), 2U);
}

}  // namespace
}  // namespace rocketmq::broker
