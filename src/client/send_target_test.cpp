#include "client/send_target.h"

#include <gtest/gtest.h>

#include <stdexcept>

namespace rocketmq::client {
namespace {

RoutePtr route_over(const std::vector<std::string>& brokers, int queues_each) {
  protocol::TopicRouteData data;
  for (const std::string& name : brokers) {
    data.broker_datas.push_back({.broker_addrs = {{0, name + ":1"}}, .broker_name = name});
    data.queue_datas.push_back({.broker_name = name,
                                .perm = 6,
                                .read_queue_nums = queues_each,
                                .write_queue_nums = queues_each});
  }
  return std::make_shared<const Route>(make_route("T", data));
}

MessageQueue found(const RoutePtr& route, const SendTarget& target) {
  QueueTexts texts;
  const PublishQueue queue = find_queue(target, route, texts).value();
  return {route->topic, route->broker_name(queue), queue.queue_id};
}
std::error_code refusal(const Result<SendTarget>& target) {
  return target ? std::error_code() : target.error().code;
}

TEST(SendTarget, is_any_queue_where_nothing_was_asked_for) {
  EXPECT_TRUE(is_any_queue(*make_target({}, "T", "")));
  EXPECT_FALSE(is_any_queue(*make_target({}, "T", "k")));
}

TEST(SendTarget, of_a_key_is_the_queue_that_java_chooses) {
  const RoutePtr route = route_over({"a", "b"}, 4);
  // "user-9".hashCode() is -836031817, and Math.abs(-836031817 % 8) is 1; "abc" has 96354, 2.
  EXPECT_EQ(found(route, *make_target({}, "T", "user-9")), (MessageQueue{"T", "a", 1}));
  EXPECT_EQ(found(route, *make_target({}, "T", "abc")), (MessageQueue{"T", "a", 2}));
  // A remainder below zero counts by its size: "polygenelubricants".hashCode() is
  // Integer.MIN_VALUE.
  EXPECT_EQ(found(route_over({"a"}, 7), QueueByKey{-2147483647 - 1}), (MessageQueue{"T", "a", 2}));
  EXPECT_EQ(found(route_over({"a"}, 7), QueueByKey{-3}), (MessageQueue{"T", "a", 3}));
}

TEST(SendTarget, named_by_the_caller_counts_more_than_a_key) {
  const MessageQueue queue{"T", "b", 3};
  EXPECT_EQ(found(route_over({"a", "b"}, 4), *make_target({.queue = queue}, "T", "k")), queue);
}

TEST(SendTarget, must_be_a_queue_of_the_topic_and_be_named_once) {
  EXPECT_EQ(refusal(make_target({.queue = MessageQueue{"U", "a", 0}}, "T", "")),
            Errc::invalid_argument);
  EXPECT_EQ(refusal(make_target({.queue = MessageQueue{"T", "a", -1}}, "T", "")),
            Errc::invalid_argument);
  const auto first = [](Span<const MessageQueue>) { return std::size_t{0}; };
  EXPECT_EQ(refusal(make_target({.queue = MessageQueue{"T", "a", 0}, .choose = first}, "T", "")),
            Errc::invalid_argument);
}

TEST(SendTarget, chosen_by_the_caller_is_counted_modulo_the_queues_it_is_shown) {
  std::vector<MessageQueue> shown;
  const SendTarget target = ChooseQueue([&](Span<const MessageQueue> queues) {
    shown.assign(queues.begin(), queues.end());
    return std::size_t{7};
  });
  EXPECT_EQ(found(route_over({"b", "a"}, 2), target), (MessageQueue{"T", "b", 1}));
  EXPECT_EQ(shown, (std::vector<MessageQueue>{
                       {"T", "a", 0}, {"T", "a", 1}, {"T", "b", 0}, {"T", "b", 1}}));
}

TEST(SendTarget, is_an_error_where_there_is_no_such_broker_or_no_queue) {
  QueueTexts texts;
  EXPECT_EQ(find_queue(MessageQueue{"T", "x", 0}, route_over({"a"}, 1), texts).error().code,
            Errc::not_connected);
  EXPECT_EQ(find_queue(QueueByKey{1}, route_over({}, 1), texts).error().code, Errc::no_route);
}

TEST(SendTarget, is_an_error_where_the_callers_choice_throws) {
  QueueTexts texts;
  const SendTarget target = ChooseQueue(
      [](Span<const MessageQueue>) -> std::size_t { throw std::runtime_error("no idea"); });
  EXPECT_EQ(find_queue(target, route_over({"a"}, 1), texts).error().code, Errc::invalid_argument);
}

}  // namespace
}  // namespace rocketmq::client
