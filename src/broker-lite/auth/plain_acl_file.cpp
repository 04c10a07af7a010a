#include "broker-lite/auth/plain_acl_file.h"

#include <yaml-cpp/yaml.h>

#include <concepts>
#include <utility>

#include "protocol/describe.h"
#include "protocol/str.h"

namespace rocketmq::broker {
namespace {

using protocol::PlainAccessConfig;
using protocol::PlainAclVersion;

constexpr const char* accounts_key = "accounts";
constexpr const char* white_addresses_key = "globalWhiteRemoteAddresses";
constexpr const char* version_key = "dataVersion";
constexpr const char* quoted = "!";  // yaml-cpp: the tag of a scalar in quotes

Error wrong(const YAML::Mark& mark, std::string_view what) {
  const std::string line = mark.is_null() ? "" : str("line ", mark.line + 1, ": ");
  return Error{Errc::invalid_argument, str(line, what)};
}
Error wrong(const YAML::Node& node, std::string_view key, std::string_view what) {
  return wrong(node.Mark(), str(key, what));
}

// ---- reading. What is empty or null is not there.

Result<void> read(const YAML::Node& node, std::string_view key, std::string& value) {
  if (!node.IsScalar()) return wrong(node, key, " is not a text");
  value = node.Scalar();
  return {};
}
Result<void> read(const YAML::Node& node, std::string_view key, bool& value) {
  if (node.IsScalar() && YAML::convert<bool>::decode(node, value)) return {};
  return wrong(node, key, " is neither true nor false");
}
Result<void> read(const YAML::Node& node, std::string_view key, std::int64_t& value) {
  if (node.IsScalar() && protocol::from_text(node.Scalar(), value)) return {};
  return wrong(node, key, " is not a number");
}
Result<void> read(const YAML::Node& node, std::string_view key, std::vector<std::string>& value) {
  if (!node.IsSequence()) return wrong(node, key, " is not a list");
  for (const YAML::Node& each : node) {
    if (auto good = read(each, key, value.emplace_back()); !good) return good;
  }
  return {};
}
template <class T>
Result<void> read(const YAML::Node& node, std::string_view key, std::optional<T>& value) {
  return read(node, key, value.emplace());
}

template <class T>
Result<void> read_fields(const YAML::Node& node, std::string_view what, T& value) {
  if (!node.IsMap()) return wrong(node, what, " has something that is no table");
  Result<void> result;
  T::fields([&](std::string_view name, auto member) {
    const YAML::Node field = node[std::string(name)];
    if (result && field && !field.IsNull()) result = read(field, name, value.*member);
  });
  return result;
}

template <class T>
Result<std::vector<T>> read_list(const YAML::Node& root, const char* key) {
  std::vector<T> list;
  const YAML::Node node = root[key];
  if (!node || node.IsNull()) return list;
  if (!node.IsSequence()) return wrong(node, key, " is not a list");
  for (const YAML::Node& each : node) {
    if (auto good = read_fields(each, key, list.emplace_back()); !good) return good.error();
  }
  return list;
}

Result<PlainAclFile> read_file(const YAML::Node& root) {
  PlainAclFile file;
  const YAML::Node addresses = root[white_addresses_key];
  if (addresses && !addresses.IsNull()) {
    auto good = read(addresses, white_addresses_key, file.global_white_addresses);
    if (!good) return good.error();
  }
  auto accounts = read_list<PlainAccessConfig>(root, accounts_key);
  if (!accounts) return std::move(accounts).error();
  file.accounts = *std::move(accounts);
  const auto versions = read_list<PlainAclVersion>(root, version_key);
  if (!versions) return versions.error();
  if (!versions->empty()) file.version = versions->front();
  return file;
}

// yaml-cpp throws; we do not.
template <class Function>
auto with_document(std::string_view yaml, Function function)
    -> decltype(function(std::declval<YAML::Node&>())) {
  try {
    YAML::Node root = YAML::Load(std::string(yaml));
    if (root.IsNull()) root = YAML::Node(YAML::NodeType::Map);
    if (!root.IsMap()) return wrong(root.Mark(), "the file is no table");
    return function(root);
  } catch (const YAML::Exception& error) {
    return wrong(error.mark, error.msg);
  }
}

// ---- writing

// Texts are in quotes: Java would take "12345678" for a number, and then not find it.
YAML::Node text_node(const std::string& text) {
  YAML::Node node(text);
  node.SetTag(quoted);
  return node;
}
YAML::Node node_of(const std::string& text) { return text_node(text); }
YAML::Node node_of(bool value) { return YAML::Node(value); }
YAML::Node node_of(const std::vector<std::string>& texts) {
  YAML::Node node(YAML::NodeType::Sequence);
  for (const std::string& text : texts) node.push_back(text_node(text));
  return node;
}

// Aliases are written out. One may stand inside what it stands for, and a few for very much.
constexpr int depth_max = 50;
constexpr std::size_t written_bytes_max = 16 << 20;

// False: it is too much.
bool write(YAML::Emitter& out, const YAML::Node& node, int depth = 0) {
  if (depth > depth_max || out.size() > written_bytes_max) return false;
  if (node.IsMap()) {
    out << YAML::BeginMap;
    for (const auto& entry : node) {
      out << YAML::Key;
      if (!write(out, entry.first, depth + 1)) return false;
      out << YAML::Value;
      if (!write(out, entry.second, depth + 1)) return false;
    }
    out << YAML::EndMap;
  } else if (node.IsSequence()) {
    out << YAML::BeginSeq;
    for (const YAML::Node& each : node) {
      if (!write(out, each, depth + 1)) return false;
    }
    out << YAML::EndSeq;
  } else if (node.IsNull()) {
    out << YAML::Null;
  } else {
    if (node.Tag() == quoted) out << YAML::DoubleQuoted;
    out << node.Scalar();
  }
  return true;
}

Error cannot_be_written(std::string_view why) {
  return Error{Errc::invalid_argument,
               str("the file cannot be changed here, for something in it: ", why)};
}

Result<std::string> text_of(YAML::Node& root, std::int64_t now_ms) {
  auto versions = read_list<PlainAclVersion>(root, version_key);
  if (!versions) return std::move(versions).error();
  YAML::Node version(YAML::NodeType::Map);
  // Counted as Java counts, beyond the largest number too.
  const auto counter =
      versions->empty() ? 0 : static_cast<std::uint64_t>(versions->front().counter);
  version["counter"] = static_cast<std::int64_t>(counter + 1);
  version["timestamp"] = now_ms;
  YAML::Node list(YAML::NodeType::Sequence);
  list.push_back(version);
  root[version_key] = list;
  YAML::Emitter out;
  if (!write(out, root)) return cannot_be_written("aliases (*) that stand for too much");
  std::string text = str(std::string_view(out.c_str(), out.size()), "\n");
  // yaml-cpp writes what is no UTF-8 as three bytes, keys too, and reads no key over 1024.
  const auto again = with_document(text, [](const YAML::Node& it) { return read_file(it); });
  if (!again) return cannot_be_written(again.error().message);
  return text;
}

bool is_of(const YAML::Node& account, std::string_view access_key) {
  if (!account.IsMap()) return false;
  const YAML::Node key = account["accessKey"];
  return key && key.IsScalar() && key.Scalar() == access_key;
}

// The accounts but the one with this key, which goes to `taken`.
Result<YAML::Node> other_accounts(const YAML::Node& root, std::string_view access_key,
                                  YAML::Node& taken) {
  YAML::Node others(YAML::NodeType::Sequence);
  const YAML::Node accounts = root[accounts_key];
  if (!accounts || accounts.IsNull()) return others;
  if (!accounts.IsSequence()) return wrong(accounts, accounts_key, " is not a list");
  for (const YAML::Node& account : accounts) {
    if (is_of(account, access_key)) {
      taken.reset(account);
    } else {
      others.push_back(account);
    }
  }
  return others;
}

void set_fields(YAML::Node& account, const PlainAccessConfig& config) {
  PlainAccessConfig::fields([&](std::string_view name, auto member) {
    const auto& value = config.*member;
    const std::string key(name);
    if constexpr (std::same_as<std::remove_cvref_t<decltype(value)>, bool>) {
      account[key] = node_of(value);
    } else if (value) {
      account[key] = node_of(*value);
    }
  });
}

}  // namespace

Result<PlainAclFile> parse_plain_acl(std::string_view yaml) {
  return with_document(yaml, [](const YAML::Node& root) { return read_file(root); });
}

Result<std::string> put_account(std::string_view yaml, const PlainAccessConfig& account,
                                std::int64_t now_ms) {
  return with_document(yaml, [&](YAML::Node& root) -> Result<std::string> {
    YAML::Node changed(YAML::NodeType::Map);
    auto accounts = other_accounts(root, account.access_key.value_or(""), changed);
    if (!accounts) return std::move(accounts).error();
    set_fields(changed, account);
    accounts->push_back(changed);
    root[accounts_key] = *accounts;
    return text_of(root, now_ms);
  });
}

Result<std::string> remove_account(std::string_view yaml, std::string_view access_key,
                                   std::int64_t now_ms) {
  return with_document(yaml, [&](YAML::Node& root) -> Result<std::string> {
    YAML::Node removed;
    auto accounts = other_accounts(root, access_key, removed);
    if (!accounts) return std::move(accounts).error();
    root[accounts_key] = *accounts;
    return text_of(root, now_ms);
  });
}

Result<std::string> put_global_white_addresses(std::string_view yaml,
                                               const std::vector<std::string>& addresses,
                                               std::int64_t now_ms) {
  return with_document(yaml, [&](YAML::Node& root) -> Result<std::string> {
    root[white_addresses_key] = node_of(addresses);
    return text_of(root, now_ms);
  });
}

}  // namespace rocketmq::broker
