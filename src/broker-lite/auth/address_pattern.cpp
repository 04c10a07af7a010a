#include "broker-lite/auth/address_pattern.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>
#include <string>
#include <utility>

#include "protocol/host.h"
#include "protocol/split.h"
#include "protocol/str.h"
#include "protocol/trimmed.h"

namespace rocketmq::broker {
namespace {

constexpr std::array<std::string_view, 3> all_patterns{"*", "*.*.*.*", "*:*:*:*:*:*:*:*"};

// As stock says it.
Error not_understood(std::string_view text) {
  return Error{Errc::invalid_argument, str("Netaddress examine Exception netaddress is ", text)};
}

bool is_v6(std::string_view text) { return text.find(':') != text.npos; }
bool is_range(std::string_view word) { return word == "*" || word.find('-') != word.npos; }

std::optional<std::uint16_t> number(std::string_view word, int base, std::uint16_t max) {
  std::uint16_t value = 0;
  const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), value, base);
  if (error != std::errc() || end != word.data() + word.size() || value > max) return std::nullopt;
  return value;
}

struct Range {
  std::uint16_t from = 0;
  std::uint16_t to = 0;
};

// "*", "1-9" or "7".
std::optional<Range> range(std::string_view word, int base, std::uint16_t max) {
  if (word == "*") return Range{0, max};
  const std::size_t dash = word.find('-');
  const auto from = number(word.substr(0, dash), base, max);
  const auto to = dash == word.npos ? from : number(word.substr(dash + 1), base, max);
  if (!from || !to || *from > *to) return std::nullopt;
  return Range{*from, *to};
}

}  // namespace

AddressPattern::Numbers AddressPattern::numbers_of(std::string_view ip) {
  Numbers numbers;
  const auto host = protocol::parse_host(is_v6(ip) ? str('[', ip, "]:0") : str(ip, ":0"));
  if (!host) return numbers;
  const std::string_view bytes = host->ip_bytes();
  const auto byte = [bytes](std::size_t at) { return static_cast<unsigned char>(bytes[at]); };
  for (std::size_t at = 0; at < bytes.size(); at += host->is_v6() ? 2 : 1) {
    numbers.push_back(host->is_v6() ? static_cast<std::uint16_t>(byte(at) << 8 | byte(at + 1))
                                    : byte(at));
  }
  return numbers;
}

Result<void> AddressPattern::add_one(std::string_view ip, std::vector<Block>& blocks) {
  Numbers numbers = numbers_of(ip);
  if (numbers.empty()) return not_understood(ip);
  blocks.push_back({.size = numbers.size(), .head = std::move(numbers)});
  return {};
}

Result<AddressPattern::Block> AddressPattern::parse_range(std::string_view text) {
  std::array<std::string_view, 4> words;
  if (!protocol::split_exactly(text, '.', words)) return not_understood(text);
  Block block{.size = 4};
  for (const std::string_view each : words) {
    const std::string_view word = protocol::trimmed(each);
    const auto numbers = range(word, 10, 255);
    if (!numbers) return not_understood(text);
    if (is_range(word)) {
      if (block.head.empty()) return not_understood(text);  // as in Java: not the first
      block.from = numbers->from;
      block.to = numbers->to;
      return block;
    }
    block.head.push_back(numbers->from);
  }
  return not_understood(text);
}

// The range is the last group, or the one before it where the last is a star.
Result<AddressPattern::Block> AddressPattern::parse_range_v6(std::string_view text) {
  std::string_view head = text;
  const auto take_last = [&head] {
    const std::size_t at = head.rfind(':');
    const std::string_view word = head.substr(at + 1);
    head = head.substr(0, at == head.npos ? 0 : at);
    return word;
  };
  std::string_view word = take_last();
  std::string zeros = ":0";
  if (word == "*" && head.substr(head.rfind(':') + 1).find('-') != head.npos) {
    word = take_last();
    zeros = ":0:0";
  }
  const auto groups = range(word, 16, 0xffff);
  Numbers numbers = numbers_of(str(head, zeros));
  if (!groups || !is_range(word) || numbers.size() != 8) return not_understood(text);
  numbers.resize(numbers.size() - zeros.size() / 2);
  return Block{.size = 8, .head = std::move(numbers), .from = groups->from, .to = groups->to};
}

Result<AddressPattern> AddressPattern::parse(std::string_view text) {
  AddressPattern pattern;
  text = protocol::trimmed(text);
  if (text.empty()) return pattern;
  pattern.matches_all_ = std::ranges::find(all_patterns, text) != all_patterns.end();
  if (pattern.matches_all_) return pattern;

  std::string_view prefix;
  std::string_view list = text;
  if (const std::size_t brace = text.find('{'); brace != text.npos && text.ends_with('}')) {
    prefix = text.substr(0, brace);
    list = text.substr(brace + 1, text.size() - brace - 2);
    if (!prefix.ends_with('.') && !prefix.ends_with(':')) return not_understood(text);
  } else if (text.find(',') == text.npos && text.find_first_of("*-") != text.npos) {
    auto block = is_v6(text) ? parse_range_v6(text) : parse_range(text);
    if (!block) return std::move(block).error();
    pattern.blocks_.push_back(*std::move(block));
    return pattern;
  }
  while (!list.empty()) {
    const std::string_view word = protocol::trimmed(protocol::take_until(list, ','));
    if (auto added = add_one(str(prefix, word), pattern.blocks_); !added) return added.error();
  }
  if (pattern.blocks_.empty()) return not_understood(text);
  return pattern;
}

bool AddressPattern::matches(std::string_view ip) const {
  if (matches_all_) return true;
  if (blocks_.empty()) return false;
  const Numbers numbers = numbers_of(ip);
  return std::ranges::any_of(blocks_, [&numbers](const Block& block) {
    const std::size_t head = block.head.size();
    if (numbers.size() != block.size ||
        !std::ranges::equal(block.head, std::span(numbers).first(head)))
      return false;
    return head == block.size || (numbers[head] >= block.from && numbers[head] <= block.to);
  });
}

}  // namespace rocketmq::broker
