#include "proxy/http/time_page.h"

#include <algorithm>
#include <array>
#include <charconv>

#include "protocol/base64.h"
#include "protocol/split.h"
#include "protocol/str.h"
#include "proxy/http/problem.h"

namespace rocketmq::gateway {
namespace {

Error not_one() { return {Slug::bad_request, "parameter cursor is not one that was given here"}; }

template <class Number>
bool parse(std::string_view text, Number& number) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc() && end == text.data() + text.size() && number >= 0;
}

// What is left of a part.
struct Rest {
  const QueuePart& part;
  std::size_t next = 0;
  std::int64_t position = 0;

  const MessageView* front() const {
    return next < part.messages.size() ? &part.messages[next] : nullptr;
  }
  // Nobody knows when what comes next in it was stored.
  bool is_cut() const { return front() == nullptr && next > 0 && position < part.end; }
  void pop() {
    position = part.messages[next].queue_offset() + 1;
    ++next;
  }
};

}  // namespace

std::string to_cursor(const QueuePositions& positions) {
  std::string text;
  for (const auto& [queue, position] : positions) {
    text += str(text.empty() ? "" : "\n", queue.broker_name, '\t', queue.queue_id, '\t', position);
  }
  return protocol::to_base64_url(text);
}

Result<QueuePositions> parse_cursor(std::string_view cursor, const std::string& topic) {
  const auto text = protocol::from_base64_url(cursor);
  if (!text || text->empty()) return not_one();
  QueuePositions positions;
  for (std::string_view rest = *text; !rest.empty();) {
    std::array<std::string_view, 3> fields;
    if (!protocol::split_exactly(protocol::take_until(rest, '\n'), '\t', fields)) return not_one();
    MessageQueue queue{topic, std::string(fields[0]), 0};
    std::int64_t position = 0;
    if (!parse(fields[1], queue.queue_id) || !parse(fields[2], position)) return not_one();
    positions.insert_or_assign(std::move(queue), position);
  }
  return positions;
}

TimePage page_by_time(const std::vector<QueuePart>& parts, Timestamp from, Timestamp until,
                      std::size_t count_max) {
  std::vector<Rest> rests;
  for (const QueuePart& part : parts) {
    rests.push_back({.part = part, .position = part.position});
    Rest& rest = rests.back();
    while (rest.front() != nullptr && rest.front()->store_time() < from) rest.pop();
  }
  TimePage page;
  while (page.messages.size() < count_max && std::ranges::none_of(rests, &Rest::is_cut)) {
    Rest* first = nullptr;
    for (Rest& rest : rests) {
      const MessageView* const message = rest.front();
      if (message == nullptr || message->store_time() > until) continue;
      if (first == nullptr || message->store_time() < first->front()->store_time()) first = &rest;
    }
    if (first == nullptr) break;
    page.messages.push_back(*first->front());
    first->pop();
  }
  for (const Rest& rest : rests) {
    const MessageView* const message = rest.front();
    const bool may_have_more = message == nullptr ? rest.is_cut() : message->store_time() <= until;
    if (may_have_more) page.next.emplace(rest.part.queue, rest.position);
  }
  return page;
}

}  // namespace rocketmq::gateway
