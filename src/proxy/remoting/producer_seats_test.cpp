#include "proxy/remoting/producer_seats.h"

#include <gtest/gtest.h>

#include <optional>

namespace rocketmq::proxy {
namespace {

TEST(ProducerSeats, are_so_many_for_each_group_at_each_broker) {
  ProducerSeats seats(2);
  const ProducerSeats::Place place{"g", "a:1"};
  const auto first = seats.take(place);
  EXPECT_TRUE(seats.is_free(place));
  const auto second = seats.take(place);
  EXPECT_FALSE(seats.is_free(place));
  EXPECT_TRUE(seats.is_free({"g", "b:1"}));
  EXPECT_TRUE(seats.is_free({"h", "a:1"}));
}

TEST(ProducerSeats, are_given_back_with_their_owner) {
  ProducerSeats seats(1);
  const ProducerSeats::Place place{"g", "a:1"};
  std::optional<ProducerSeats::Seat> one(seats.take(place));
  std::optional<ProducerSeats::Seat> beyond(seats.take(place));
  one.reset();
  EXPECT_FALSE(seats.is_free(place));
  std::optional<ProducerSeats::Seat> moved(*std::move(beyond));
  beyond.reset();
  EXPECT_FALSE(seats.is_free(place)) << "it has another owner now";
  moved.reset();
  EXPECT_TRUE(seats.is_free(place));
}

TEST(ProducerSeats, are_never_free_where_none_are_wanted) {
  EXPECT_FALSE(ProducerSeats(0).is_free({"g", "a:1"}));
}

}  // namespace
}  // namespace rocketmq::proxy
