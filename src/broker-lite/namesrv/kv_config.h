#pragma once

#include <rocketmq/result.h>

#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "protocol/bodies/config_data.h"

namespace rocketmq::namesrv {

// Java: NamesrvUtil. "topic" -> "broker-a:4;broker-b:4".
inline constexpr std::string_view order_topic_namespace = "ORDER_TOPIC_CONFIG";

struct KvConfigOptions {
  std::size_t bytes_max =
      4 * 1024 * 1024;  // of all texts: the file is written anew on every change
};

// The small settings that tools leave with a name server. Java: KVConfigManager. After a change the
// caller saves to_json() as kvConfig.json.
class KvConfig {
 public:
  explicit KvConfig(KvConfigOptions options = {}) : options_(options) {}

  Result<void> put(std::string_view ns, std::string_view key, std::string_view value);
  // False: there was none.
  bool remove(std::string_view ns, std::string_view key);
  std::optional<std::string_view> find(std::string_view ns, std::string_view key) const;
  // Nothing: no such namespace.
  std::optional<protocol::KVTable> list(std::string_view ns) const;

  std::string to_json() const;
  // Replaces everything; an error leaves everything as it was.
  Result<void> load(std::string_view json);

 private:
  using Namespace = std::map<std::string, std::string, std::less<>>;

  const KvConfigOptions options_;
  std::map<std::string, Namespace, std::less<>> table_;
  std::size_t bytes_ = 0;
};

}  // namespace rocketmq::namesrv
