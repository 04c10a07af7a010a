#include "broker-lite/namesrv/kv_config.h"

#include <utility>

#include "protocol/json_body.h"

namespace rocketmq::namesrv {
namespace {

// The members of kvConfig.json. Java: KVConfigSerializeWrapper.
struct KvFile {
  std::map<std::string, std::map<std::string, std::string>> config_table;

  template <class V>
  static constexpr void fields(V&& v) {
    v("configTable", &KvFile::config_table);
  }
};

}  // namespace

Result<void> KvConfig::put(std::string_view ns, std::string_view key, std::string_view value) {
  const std::optional<std::string_view> old = find(ns, key);
  const std::size_t bytes =
      old ? bytes_ - old->size() + value.size() : bytes_ + ns.size() + key.size() + value.size();
  if (bytes > options_.bytes_max) {
    return Error{ResponseCode::system_error, "the KV config is at its limit"};
  }
  bytes_ = bytes;
  table_[std::string(ns)][std::string(key)] = value;
  return {};
}

bool KvConfig::remove(std::string_view ns, std::string_view key) {
  const auto found = table_.find(ns);
  if (found == table_.end()) return false;
  const auto entry = found->second.find(key);
  if (entry == found->second.end()) return false;
  bytes_ -= ns.size() + key.size() + entry->second.size();
  found->second.erase(entry);
  if (found->second.empty()) table_.erase(found);
  return true;
}

std::optional<std::string_view> KvConfig::find(std::string_view ns, std::string_view key) const {
  const auto found = table_.find(ns);
  if (found == table_.end()) return std::nullopt;
  const auto entry = found->second.find(key);
  if (entry == found->second.end()) return std::nullopt;
  return entry->second;
}

std::optional<protocol::KVTable> KvConfig::list(std::string_view ns) const {
  const auto found = table_.find(ns);
  if (found == table_.end()) return std::nullopt;
  return protocol::KVTable{{found->second.begin(), found->second.end()}};
}

std::string KvConfig::to_json() const {
  KvFile file;
  for (const auto& [ns, entries] : table_) {
    file.config_table[ns] = {entries.begin(), entries.end()};
  }
  return protocol::to_json(file, {.pretty = true});
}

Result<void> KvConfig::load(std::string_view json) {
  auto file = protocol::from_json<KvFile>(json, "kvConfig.json");
  if (!file) return std::move(file).error();
  KvConfig loaded(options_);
  for (const auto& [ns, entries] : file->config_table) {
    for (const auto& [key, value] : entries) {
      if (auto put_in = loaded.put(ns, key, value); !put_in) return put_in;
    }
  }
  table_ = std::move(loaded.table_);
  bytes_ = loaded.bytes_;
  return {};
}

}  // namespace rocketmq::namesrv
