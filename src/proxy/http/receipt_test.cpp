#include "proxy/http/receipt.h"

#include <gtest/gtest.h>

#include "protocol/base64.h"
#include "proxy/http/problem.h"

namespace rocketmq::gateway {
namespace {

const Receipt sample{.topic = "orders",
                     .group = "g",
                     .checkpoint = "10 1700000000000 60000 3 0 broker-a 2 12",
                     .commit_log_offset = 4711,
                     .message_id = "7F0000010000000000000001"};

TEST(Receipt, says_all_that_is_needed) {
  const std::string text = to_text(sample);
  EXPECT_EQ(text.find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
                                   "-_.="),
            std::string::npos)
      << text;
  EXPECT_EQ(parse_receipt(text).value(), sample);
}

TEST(Receipt, is_refused_when_it_is_none) {
  const auto coded = [](std::string_view plain) { return "P1." + protocol::to_base64_url(plain); };
  for (const std::string& bad :
       {std::string(), std::string("P1."), std::string("P1.%%"), "P2" + to_text(sample).substr(2),
        coded("a\nb\nc"), coded("t\ng\nno checkpoint\n1\nid"),
        coded("t\ng\n10 1700000000000 60000 3 0 broker-a 2 12\nx\nid"),
        coded("t\ng\n10 1700000000000 60000 3 0 broker-a 2 12\n1\nid\nmore")}) {
    EXPECT_EQ(parse_receipt(bad).error().code, Slug::invalid_receipt) << bad;
  }
}

}  // namespace
}  // namespace rocketmq::gateway
