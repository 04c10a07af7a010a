#include "broker-lite/state/topic_attributes.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <set>
#include <span>

#include "protocol/str.h"

namespace rocketmq::broker {
namespace {

struct Known {
  std::string_view key;
  bool is_changeable = false;
  std::span<const std::string_view> values{};  // none: a number of at least -1
};

constexpr std::array<std::string_view, 2> queue_types{"BatchCQ", "SimpleCQ"};
constexpr std::array<std::string_view, 2> cleanup_policies{"COMPACTION", "DELETE"};
constexpr std::array<std::string_view, 6> message_types{"UNSPECIFIED", "MIXED", "TRANSACTION",
                                                        "FIFO",        "DELAY", "NORMAL"};
constexpr std::array<Known, 4> known_keys{{
    {"queue.type", false, queue_types},
    {"cleanup.policy", false, cleanup_policies},
    {"message.type", true, message_types},
    {"reserve.time", true},
}};

struct Change {
  bool is_addition = false;
  std::string_view key;
  std::string_view value;
};

Error refuse(std::string remark) { return Error{ResponseCode::system_error, std::move(remark)}; }

Result<Change> parse(std::string_view text) {
  const std::size_t equals = text.find('=');
  const std::string_view signed_key = text.substr(0, equals);
  if (equals != std::string_view::npos) {
    if (!signed_key.starts_with('+')) {
      return refuse(str("add/alter attribute format is wrong: ", signed_key));
    }
    return Change{true, signed_key.substr(1), text.substr(equals + 1)};
  }
  if (!signed_key.starts_with('-')) {
    return refuse(str("delete attribute format is wrong: ", signed_key));
  }
  return Change{false, signed_key.substr(1), {}};
}

Result<void> check_value(const Known& known, std::string_view value) {
  if (known.values.empty()) {
    std::int64_t number = 0;
    const char* const end = value.data() + value.size();
    const auto [at, problem] = std::from_chars(value.data(), end, number);
    if (problem == std::errc() && at == end && number >= -1) return {};
    return refuse(str("value is not in range(-1, 9223372036854775807)"));
  }
  if (std::find(known.values.begin(), known.values.end(), value) != known.values.end()) return {};
  std::string remark = "value is not in set: [";
  for (const std::string_view allowed : known.values) {
    if (remark.back() != '[') remark += ", ";
    remark += allowed;
  }
  return refuse(remark + "]");
}

Result<void> apply(Attributes& attributes, const Change& change, bool is_creation) {
  if (change.key.empty()) return refuse("kv string format wrong");
  if (is_creation && !change.is_addition) {
    return refuse(str("only add attribute is supported while creating topic. key: ", change.key));
  }
  const auto current = attributes.find(std::string(change.key));
  if (!change.is_addition && current == attributes.end()) {
    return refuse(str("attempt to delete a nonexistent key: ", change.key));
  }
  const auto known = std::find_if(known_keys.begin(), known_keys.end(),
                                  [&](const Known& k) { return k.key == change.key; });
  if (known == known_keys.end()) return refuse(str("unsupported key: ", change.key));
  if (!is_creation && !known->is_changeable) {
    return refuse(str("attempt to update an unchangeable attribute. key: ", change.key));
  }
  if (!change.is_addition) {
    attributes.erase(current);
    return {};
  }
  if (auto good = check_value(*known, change.value); !good) return good;
  attributes[std::string(change.key)] = change.value;
  return {};
}

}  // namespace

Result<Attributes> alter_attributes(const Attributes& current, std::string_view changes,
                                    bool is_creation) {
  Attributes altered = current;
  std::set<std::string_view> seen;
  while (!changes.empty()) {
    const std::size_t comma = changes.find(',');
    const std::string_view text = changes.substr(0, comma);
    changes.remove_prefix(comma == std::string_view::npos ? changes.size() : comma + 1);
    if (text.empty()) continue;
    const Result<Change> change = parse(text);
    if (!change) return change.error();
    if (!seen.insert(change->key).second) return refuse(str("key duplication: ", change->key));
    if (auto applied = apply(altered, *change, is_creation); !applied) {
      return std::move(applied).error();
    }
  }
  return altered;
}

}  // namespace rocketmq::broker
