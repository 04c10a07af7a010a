#pragma once

#include <rocketmq/result.h>

#include <concepts>
#include <cstdint>
#include <limits>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>

#include "protocol/describe.h"
#include "protocol/java_properties.h"
#include "protocol/str.h"

namespace rocketmq::broker {

// A setting that a tool may change while the server runs: a switch, or a number and its range.
// There is no other kind. What is text could name a file, a host or a command, and whoever can
// reach the port would choose it. (CVE-2023-33246, CVE-2023-37582.)
template <class Options>
struct LiveSetting {
  std::variant<bool Options::*, std::int32_t Options::*, std::int64_t Options::*> member;
  std::int64_t min = 0;
  std::int64_t max = std::numeric_limits<std::int64_t>::max();
};

// Settings as a tool has changed them, and what it may change. Java: Configuration.
template <class Options>
class LiveSettings {
 public:
  using Table = std::span<const LiveSetting<Options>>;

  // Both outlive it. `options` are changed by nobody else.
  LiveSettings(Options& options, Table table) : options_(options), table_(table) {}

  // Codes 25 and 318: all of them or, on an error, none.
  Result<void> change(std::span<const protocol::JavaProperty> changes) {
    Options changed = options_;
    std::map<std::string, std::string> named = changed_;
    for (const protocol::JavaProperty& change : changes) {
      if (auto applied = apply(changed, change); !applied) return applied;
      named[change.name] = change.value;
    }
    options_ = std::move(changed);
    changed_ = std::move(named);
    ++version_;
    return {};
  }

  // What was changed, as Java properties: saved, and loaded over what the next start is given.
  std::string to_text() const {
    std::string text;
    for (const auto& [name, value] : changed_) {
      protocol::append_java_property(text, name, value);
    }
    return text;
  }
  // Entries that cannot be used are left out: of other versions, or by another hand.
  Result<void> load(std::string_view text) {
    for (const protocol::JavaProperty& change : protocol::parse_java_properties(text)) {
      if (apply(options_, change)) changed_[change.name] = change.value;
    }
    return {};
  }

  const std::map<std::string, std::string>& changed() const { return changed_; }
  std::int64_t version() const { return version_; }  // how often something was changed

 private:
  static Error refuse(std::string why) { return {ResponseCode::invalid_parameter, std::move(why)}; }

  // Java keeps blanks at the end of a value, and then cannot read it.
  static std::string_view trimmed(std::string_view text) {
    return text.substr(0, text.find_last_not_of(" \t\r") + 1);
  }

  Result<void> apply(Options& options, const protocol::JavaProperty& change) const {
    // Java: Configuration.BLACK_LIST, NamesrvConfig.configBlackList.
    for (const char* const name : {"brokerConfigPath", "rocketmqHome", "configBlackList",
                                   "configStorePath", "kvConfigPath"}) {
      if (change.name == name) {
        return Error{ResponseCode::no_permission, "Can not update config in black list."};
      }
    }
    Result<void> applied = refuse(str(change.name, " is no setting of this server"));
    Options::fields([&](std::string_view name, auto member) {
      if (name == change.name) applied = set(options, name, member, trimmed(change.value));
    });
    return applied;
  }

  // A setting that is in the table is set, any other is refused.
  template <class T>
  Result<void> set(Options& options, std::string_view name, T Options::* member,
                   std::string_view text) const {
    for (const LiveSetting<Options>& setting : table_) {
      if constexpr (std::is_integral_v<T>) {
        const auto* live = std::get_if<T Options::*>(&setting.member);
        if (live != nullptr && *live == member) return set(options.*member, setting, name, text);
      }
    }
    return refuse(str(name, " is set when the server starts, and stays"));
  }

  static Result<void> set(bool& value, const LiveSetting<Options>&, std::string_view name,
                          std::string_view text) {
    if (text != "true" && text != "false") {
      return refuse(str(name, '=', text, " is neither true nor false"));
    }
    value = text == "true";
    return {};
  }
  static Result<void> set(std::signed_integral auto& value, const LiveSetting<Options>& setting,
                          std::string_view name, std::string_view text) {
    auto number = value;
    if (!protocol::from_text(text, number) || number < setting.min || number > setting.max) {
      return refuse(
          str(name, '=', text, " is no number within ", setting.min, " and ", setting.max));
    }
    value = number;
    return {};
  }

  Options& options_;
  const Table table_;
  std::map<std::string, std::string> changed_;
  std::int64_t version_ = 0;
};

}  // namespace rocketmq::broker
