// The hot requests are read and written without touching the heap, once the buffers of a connection
// have grown to their size.
#include <gtest/gtest.h>

#include "protocol/catalog.h"
#include "protocol/frame.h"
#include "protocol/testing/allocations.h"

namespace rocketmq::protocol {
namespace {

// Writes and reads `header` twice; the second time nothing may be allocated.
template <class H>
void expect_no_allocation(const H& header, HeaderCodec codec) {
  Buffer out;
  Command command;
  const CommandHead head{.code = 310, .opaque = 1, .codec = codec};
  std::size_t capacity = 0;
  for (int round = 0; round < 2; ++round) {
    const int before = testing_support::allocations();
    out.clear();
    encode_frame(out, head, header, "body");
    auto frame = next_frame({out.data(), out.size()});
    const bool decoded = frame && *frame && decode_command((*frame)->content, command).has_value();
    H back{};
    const bool filled = decoded && decode_header(command.fields, back).has_value();
    const int after = testing_support::allocations();
    EXPECT_TRUE(filled && back == header);
    if (round == 1) {
      EXPECT_EQ(after, before);
      EXPECT_EQ(out.capacity(), capacity);
    }
    capacity = out.capacity();
  }
}

TEST(Allocation, hot_requests_and_answers_need_none) {
  constexpr std::string_view properties =
      "UNIQ_KEY\x01"
      "0A0000090001B8D4C5A1E1F60B6A0000\x02WAIT\x01true\x02TAGS\x01TagA\x02";
  for (const HeaderCodec codec : {HeaderCodec::json, HeaderCodec::rocketmq}) {
    expect_no_allocation(SendMessageV2{.producer_group = "orders-service",
                                       .topic = "a topic with a name longer than a small string",
                                       .default_topic = "TBW102",
                                       .born_timestamp = 1'700'000'000'000,
                                       .properties = properties,
                                       .broker_name = "broker-a"},
                         codec);
    expect_no_allocation(SendMessageResponse{.msg_id = "0A00000100002A9F0000000000000400",
                                             .queue_offset = 1'000'000,
                                             .transaction_id = "0A0000090001B8D4C5A1E1F60B6A0000"},
                         codec);
    expect_no_allocation(PullMessage{.consumer_group = "a group with quite a long name, yes",
                                     .topic = "a topic with a name longer than a small string",
                                     .queue_offset = 1'000'000,
                                     .subscription = "TagA || TagB || TagC || TagD || TagE"},
                         codec);
    expect_no_allocation(PullMessageResponse{.next_begin_offset = 32, .max_offset = 1'000'000},
                         codec);
    expect_no_allocation(UpdateConsumerOffset{.consumer_group = "a group with quite a long name",
                                              .topic = "orders",
                                              .commit_offset = 77},
                         codec);
  }
}

TEST(Allocation, is_counted) {
  const int before = testing_support::allocations();
  const std::string text(100, 'x');
  EXPECT_GT(testing_support::allocations(), before) << text;
}

}  // namespace
}  // namespace rocketmq::protocol
