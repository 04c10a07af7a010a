#include "proxy/http/paging.h"

#include <algorithm>

#include "protocol/base64.h"
#include "proxy/http/problem.h"

namespace rocketmq::gateway {
namespace {
constexpr std::int64_t limit_otherwise = 100;
constexpr std::int64_t limit_max = 1000;
}  // namespace

Result<Page> page_of(const std::vector<std::string>& sorted, const Parameters& parameters) {
  const auto limit = parameters.number("limit", {limit_otherwise, 1, limit_max});
  if (!limit) return limit.error();
  auto first = sorted.begin();
  if (const std::string* const cursor = parameters.text("cursor")) {
    const auto last = protocol::from_base64_url(*cursor);
    if (!last) return Error{Slug::bad_request, "parameter cursor is not one that was given here"};
    first = std::ranges::upper_bound(sorted, *last);
  }
  const auto count = std::min<std::ptrdiff_t>(*limit, sorted.end() - first);
  Page page{.names = {first, first + count}};
  if (first + count != sorted.end()) page.next = protocol::to_base64_url(page.names.back());
  return page;
}

}  // namespace rocketmq::gateway
