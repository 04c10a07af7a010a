#include "protocol/kept.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <utility>

#include "protocol/requests/pull.h"

namespace rocketmq::protocol {
namespace {

TEST(Kept, outlives_the_text_it_was_made_from) {
  std::string frame = "group topic filter body";
  const std::string_view text = frame;
  PullMessage request{
      .consumer_group = text.substr(0, 5), .topic = text.substr(6, 5), .queue_id = 3};
  request.subscription = text.substr(12, 6);

  Kept<PullMessage> kept(request, text.substr(19));
  frame.assign(frame.size(), 'x');

  EXPECT_EQ(kept->consumer_group, "group");
  EXPECT_EQ(kept->topic, "topic");
  EXPECT_EQ(kept->queue_id, 3);
  EXPECT_EQ(kept->subscription, "filter");
  EXPECT_EQ(kept->expression_type, std::nullopt);
  EXPECT_EQ(kept.body(), "body");
}

TEST(Kept, keeps_its_texts_in_place_when_it_moves) {
  Kept<PullMessage> kept(PullMessage{.topic = "t"});
  const char* const at = kept->topic.data();
  const Kept<PullMessage> moved(std::move(kept));
  EXPECT_EQ(moved->topic, "t");
  EXPECT_EQ(moved->topic.data(), at);
}

TEST(Kept, of_a_header_without_text_is_only_the_header) {
  static_assert(!has_text<PullMessageResponse>());
  static_assert(has_text<LitePullMessage>());
  const Kept<PullMessageResponse> kept(PullMessageResponse{.min_offset = 9});
  EXPECT_EQ(kept->min_offset, 9);
  EXPECT_EQ(kept.body(), "");
}

}  // namespace
}  // namespace rocketmq::protocol
