#include "broker-lite/store/index_keys.h"

#include <algorithm>
#include <cstdlib>
#include <limits>

#include "protocol/properties.h"
#include "protocol/str.h"

namespace rocketmq::broker {
namespace {

constexpr std::string_view tag_mark = "T#";

bool is_rolled_back(const protocol::RecordView& record) {
  return (record.sys_flag & protocol::sys_flag::transaction_mask) ==
         protocol::sys_flag::transaction_rollback;
}

}  // namespace

void for_each_index_text(const protocol::RecordView& record, std::string& buffer,
                         const std::function<void(std::string_view text)>& use) {
  if (is_rolled_back(record)) return;
  std::string_view unique_key, keys, tags;
  for (const auto& [name, value] : protocol::PropertyRange(record.properties)) {
    if (name == protocol::property::unique_key) unique_key = value;
    if (name == protocol::property::keys) keys = value;
    if (name == protocol::property::tags) tags = value;
  }
  buffer.assign(record.topic).append(1, '#');
  const std::size_t common = buffer.size();
  const auto use_with = [&](std::string_view mark, std::string_view key) {
    buffer.resize(common);
    buffer.append(mark).append(key);
    use(buffer);
  };
  if (!unique_key.empty()) use_with("", unique_key);
  while (!keys.empty()) {
    const std::size_t size = std::min(keys.find(' '), keys.size());
    if (size > 0) use_with("", keys.substr(0, size));
    keys.remove_prefix(std::min(size + 1, keys.size()));
  }
  if (!tags.empty()) use_with(tag_mark, tags);
}

std::string index_text(std::string_view topic, std::string_view key, KeyKind kind) {
  return str(topic, '#', kind == KeyKind::tag ? tag_mark : "", key);
}

std::int32_t index_hash(std::string_view text) {
  const std::int32_t hash = protocol::java_hash(text);
  return hash == std::numeric_limits<std::int32_t>::min() ? 0 : std::abs(hash);
}

}  // namespace rocketmq::broker
