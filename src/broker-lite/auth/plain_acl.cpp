#include "broker-lite/auth/plain_acl.h"

#include <algorithm>
#include <chrono>
#include <set>
#include <utility>

#include "broker-lite/store/saved_state.h"
#include "protocol/str.h"

namespace rocketmq::broker {
namespace {

constexpr std::string_view acl_folder = "conf/acl";
constexpr std::string_view tools_file = "conf/tools.yml";  // credentials of mqadmin
constexpr std::size_t file_bytes_max = 16 << 20;           // far above real use
constexpr int folders_depth_max = 8;
// Java looks at the files every five seconds.
constexpr net::Duration look_interval = std::chrono::seconds(1);

bool is_yaml(std::string_view name) { return name.ends_with(".yml") || name.ends_with(".yaml"); }

Error in_file(std::string_view path, const Error& error) {
  return Error{Errc::invalid_argument, str(path, ": ", error.message)};
}

}  // namespace

PlainAcl::PlainAcl(net::Loop& loop, Place place, net::LogLine log)
    : loop_(loop), place_(std::move(place)), log_(std::move(log)), opened_ms_(loop.wall_ms()) {}

Result<std::unique_ptr<PlainAcl>> PlainAcl::open(net::Loop& loop, Place place, net::LogLine log) {
  std::unique_ptr<PlainAcl> acl(new PlainAcl(loop, std::move(place), std::move(log)));
  auto texts = acl->read();
  if (!texts) return std::move(texts).error();
  if (auto used = acl->use(*std::move(texts)); !used) return std::move(used).error();
  acl->watch_ = std::make_unique<Every>(loop, look_interval, [of = acl.get()] { of->look(); });
  return acl;
}

Result<PlainAcl::Texts> PlainAcl::read() const {
  std::vector<std::string> paths;
  if (auto found = find(std::string(acl_folder), paths); !found) return found.error();
  const auto exists = place_.home.exists(place_.default_file);
  if (!exists) return exists.error();
  if (*exists) paths.push_back(place_.default_file);
  Texts texts;
  for (const std::string& path : paths) {
    auto text = read_text(place_.home, path, file_bytes_max);
    if (!text) return std::move(text).error();
    texts[path] = *std::move(text);
  }
  return texts;
}

Result<void> PlainAcl::find(const std::string& folder, std::vector<std::string>& paths) const {
  if (std::ranges::count(folder, '/') > folders_depth_max) return {};
  const auto entries = place_.home.list(folder);
  if (!entries) return entries.error();
  for (const DirectoryEntry& entry : *entries) {
    const std::string path = str(folder, "/", entry.name);
    if (entry.is_directory) {
      if (auto found = find(path, paths); !found) return found;
    } else if (is_yaml(entry.name) && path != tools_file) {
      paths.push_back(path);
    }
  }
  return {};
}

Result<void> PlainAcl::use(Texts texts) {
  texts_ = std::move(texts);
  std::vector<std::pair<std::string, PlainAclFile>> files;
  PlainAccounts accounts;
  for (const auto& [path, text] : texts_) {
    auto file = parse_plain_acl(text);
    if (!file) return in_file(told(path), file.error());
    std::vector<std::string> repeated;
    if (auto added = accounts.add(*file, path, repeated); !added) {
      return in_file(told(path), added.error());
    }
    for (const std::string& key : repeated) {
      log_(str(told(path), ": accessKey ", key, " is there already, and passed over here"));
    }
    files.emplace_back(path, *std::move(file));
  }
  files_ = std::move(files);
  accounts_ = std::move(accounts);
  if (accounts_.empty()) {
    log_(str("there is no account in ", told(place_.default_file),
             ": nobody may use the broker but from globalWhiteRemoteAddresses"));
  }
  return {};
}

void PlainAcl::look() {
  auto texts = read();
  if (!texts) return;  // as while an editor saves
  if (*texts == texts_) return;
  if (auto used = use(*std::move(texts)); !used) {
    return log_(str("changed plain ACL files are not used: ", used.error().message));
  }
  log_("plain ACL files have changed, and are in force");
}

std::string PlainAcl::told(std::string_view path) const { return str(place_.home_path, "/", path); }

std::string PlainAcl::text_of(const std::string& path) const {
  const auto found = texts_.find(path);
  return found == texts_.end() ? std::string() : found->second;
}

Result<void> PlainAcl::save(const std::string& path, const Result<std::string>& text) {
  if (!text) return in_file(told(path), text.error());
  if (auto saved = replace_file(place_.home, path, *text, OpenMode::create_private); !saved)
    return saved;
  auto texts = read();
  if (!texts) return std::move(texts).error();
  return use(*std::move(texts));
}

Result<void> PlainAcl::put(const protocol::PlainAccessConfig& account) {
  if (auto good = PlainAccounts::check_config(account); !good) return good;
  look();
  const std::string* const known = accounts_.file_of(*account.access_key);
  const std::string path = known == nullptr ? place_.default_file : *known;
  return save(path, put_account(text_of(path), account, loop_.wall_ms()));
}

Result<void> PlainAcl::remove(std::string_view access_key) {
  look();
  const std::string* const known = accounts_.file_of(access_key);
  if (known == nullptr) return Error{Errc::invalid_argument, "there is no such account"};
  const std::string path = *known;
  return save(path, remove_account(text_of(path), access_key, loop_.wall_ms()));
}

const std::string* PlainAcl::find_file(std::string_view told_path) const {
  if (told_path.empty() || told_path == told(place_.default_file)) return &place_.default_file;
  const auto is_told = [&](const auto& entry) { return told(entry.first) == told_path; };
  const auto found = std::ranges::find_if(texts_, is_told);
  return found == texts_.end() ? nullptr : &found->first;
}

// Only in files that are ours: the path comes from the network.
Result<void> PlainAcl::put_global_white_addresses(const std::vector<std::string>& addresses,
                                                  std::string_view path) {
  look();
  for (const std::string& address : addresses) {
    if (auto pattern = AddressPattern::parse(address); !pattern) return pattern.error();
  }
  const std::string* const file = find_file(path);
  if (file == nullptr) return Error{Errc::invalid_argument, "that is none of the files"};
  const std::string name = *file;
  return save(name, rocketmq::broker::put_global_white_addresses(text_of(name), addresses,
                                                                 loop_.wall_ms()));
}

protocol::AclConfig PlainAcl::config() const {
  protocol::AclConfig config;
  std::set<std::string> seen;
  for (const auto& [path, file] : files_) {
    for (const auto& address : file.global_white_addresses) {
      config.global_white_addrs.push_back(address);
    }
    for (const auto& account : file.accounts) {
      const bool is_first = seen.insert(account.access_key.value_or("")).second;
      if (is_first) config.plain_access_configs.push_back(account);
    }
  }
  return config;
}

std::map<std::string, protocol::PlainAclVersion> PlainAcl::versions() const {
  std::map<std::string, protocol::PlainAclVersion> versions;
  for (const auto& [path, file] : files_) {
    versions[told(path)] = file.version.value_or(protocol::PlainAclVersion{0, opened_ms_});
  }
  return versions;
}

protocol::PlainAclVersion PlainAcl::default_version() const {
  const auto all = versions();
  const auto found = all.find(told(place_.default_file));
  return found == all.end() ? protocol::PlainAclVersion{0, opened_ms_} : found->second;
}

}  // namespace rocketmq::broker
