#include "client/producer_options.h"

#include <gtest/gtest.h>

namespace rocketmq::client {
namespace {

using namespace std::chrono_literals;

std::error_code refusal(const ProducerOptions& options) {
  const auto checked = check(options);
  return checked ? std::error_code() : checked.error().code;
}

TEST(ProducerOptions, are_refused_where_they_cannot_be_used) {
  EXPECT_EQ(refusal({.group = "g"}), std::error_code());
  EXPECT_EQ(refusal({.group = ""}), Errc::invalid_argument);
  EXPECT_EQ(refusal({.group = "g", .send_timeout = 0ms}), Errc::invalid_argument);
  EXPECT_EQ(refusal({.group = "g", .send_timeout = 24h}), std::error_code());
  EXPECT_EQ(refusal({.group = "g", .send_timeout = 24h + 1ms}), Errc::invalid_argument);
  EXPECT_EQ(refusal({.group = "g", .send_timeout = std::chrono::milliseconds::max()}),
            Errc::invalid_argument);
  EXPECT_EQ(refusal({.group = "g", .attempts_max = 0}), Errc::invalid_argument);
  EXPECT_EQ(refusal({.group = "g", .pending_bytes_max = 1}), Errc::invalid_argument);
  EXPECT_EQ(refusal({.group = "g", .auto_batch = AutoBatch{}}), std::error_code());
  EXPECT_EQ(refusal({.group = "g", .auto_batch = AutoBatch{.linger = 0ms}}),
            Errc::invalid_argument);
  EXPECT_EQ(refusal({.group = "g", .auto_batch = AutoBatch{.linger = 30001ms}}),
            Errc::invalid_argument);
  EXPECT_EQ(refusal({.group = "g", .auto_batch = AutoBatch{.batch_bytes_max = 3 << 20}}),
            Errc::invalid_argument);
}

TEST(SendOptions, may_not_wait_for_ever) {
  EXPECT_TRUE(check(SendOptions{}));
  EXPECT_TRUE(check(SendOptions{.timeout = 24h}));
  EXPECT_FALSE(check(SendOptions{.timeout = -1ms}));
  EXPECT_FALSE(check(SendOptions{.timeout = std::chrono::milliseconds::max()}));
}

}  // namespace
}  // namespace rocketmq::client
