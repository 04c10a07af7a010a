#include "proxy/http/paging.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace rocketmq::gateway {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

TEST(Paging, goes_through_a_list_once) {
  const std::vector<std::string> names{"a", "b", "c", "d", "e"};
  std::vector<std::string> seen;
  std::string query = "limit=2";
  int pages = 0;
  for (bool more = true; more; ++pages) {
    const auto page = page_of(names, Parameters::parse(query, {"limit", "cursor"}).value());
    ASSERT_TRUE(page);
    EXPECT_LE(page->names.size(), 2u);
    seen.insert(seen.end(), page->names.begin(), page->names.end());
    more = page->next.has_value();
    if (more) query = "limit=2&cursor=" + *page->next;
  }
  EXPECT_EQ(seen, names);
  EXPECT_EQ(pages, 3);
}

TEST(Paging, goes_on_where_it_was_when_names_come_and_go) {
  const auto first = page_of({"a", "b", "c"}, Parameters::parse("limit=2", {"limit"}).value());
  const auto next = page_of({"a", "aa", "bb", "c"},
                            Parameters::parse("cursor=" + *first->next, {"cursor"}).value());
  EXPECT_THAT(next->names, ElementsAre("bb", "c"));
  EXPECT_FALSE(next->next);
}

TEST(Paging, refuses_what_is_no_page) {
  for (const char* query : {"limit=0", "limit=1001", "limit=x", "cursor=%25"}) {
    EXPECT_FALSE(page_of({"a"}, Parameters::parse(query, {"limit", "cursor"}).value())) << query;
  }
  EXPECT_THAT(page_of({}, Parameters::parse("", {}).value())->names, IsEmpty());
}

}  // namespace
}  // namespace rocketmq::gateway
