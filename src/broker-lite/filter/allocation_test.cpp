#include <gtest/gtest.h>

#include "broker-lite/filter/sql_filter.h"
#include "protocol/properties.h"
#include "protocol/testing/allocations.h"

namespace rocketmq::broker {
namespace {

TEST(SqlFilterAllocations, a_message_costs_none) {
  const auto filter = SqlFilter::compile(
      "colour IN ('a long text that is not on the stack', 'red') AND size BETWEEN 4 AND 6.5 AND "
      "NOT (name STARTSWITH 'x') AND weight IS NULL",
      SqlLimits());
  const std::string properties =
      protocol::encode_properties({{"colour", "red"}, {"size", "5"}, {"name", "somebody"}});
  ASSERT_TRUE(filter);
  const auto before = testing_support::allocations();
  const bool is_match = filter->matches(properties);
  EXPECT_EQ(testing_support::allocations() - before, 0);
  EXPECT_TRUE(is_match);
}

}  // namespace
}  // namespace rocketmq::broker
