#pragma once

#include <rocketmq/result.h>

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "broker-lite/auth/plain_accounts.h"
#include "broker-lite/every.h"
#include "broker-lite/store/file.h"
#include "net/log.h"
#include "net/loop.h"

namespace rocketmq::broker {

// The plain ACL files of 4.x below `home`: one by name, and every .yml and .yaml in conf/acl. Reads
// them again when they change; while one of them cannot be understood everything stays as it was.
// Belongs to the loop, which reads and writes the files: they are small, and it is rare. Java:
// PlainPermissionManager, AclFileWatchService.
class PlainAcl {
 public:
  struct Place {
    Directory& home;
    std::string home_path;  // as paths are told
    std::string default_file;
  };
  // Errors name the file, the line and what is in it.
  static Result<std::unique_ptr<PlainAcl>> open(net::Loop& loop, Place place, net::LogLine log);

  Result<void> check(const net::RequestContext& context) { return accounts_.check(context); }

  // By codes 50, 51 and 53: what is changed is on disk and in force. Errors say why not.
  Result<void> put(const protocol::PlainAccessConfig& account);
  Result<void> remove(std::string_view access_key);
  // Is `path` one of ours, as versions() tells them? Nothing is the default file.
  bool has_file(std::string_view path) const { return find_file(path) != nullptr; }
  Result<void> put_global_white_addresses(const std::vector<std::string>& addresses,
                                          std::string_view path);

  // By codes 54 and 52.
  protocol::AclConfig config() const;
  std::map<std::string, protocol::PlainAclVersion> versions() const;
  protocol::PlainAclVersion default_version() const;

 private:
  using Texts = std::map<std::string, std::string>;  // by path below home
  PlainAcl(net::Loop& loop, Place place, net::LogLine log);

  Result<Texts> read() const;
  Result<void> find(const std::string& folder, std::vector<std::string>& paths) const;
  Result<void> use(Texts texts);
  void look();
  Result<void> save(const std::string& path, const Result<std::string>& text);
  std::string text_of(const std::string& path) const;
  std::string told(std::string_view path) const;
  const std::string* find_file(std::string_view told_path) const;

  net::Loop& loop_;
  const Place place_;
  const net::LogLine log_;
  const std::int64_t opened_ms_;
  Texts texts_;  // as read last
  std::vector<std::pair<std::string, PlainAclFile>> files_;
  PlainAccounts accounts_;
  std::unique_ptr<Every> watch_;
};

}  // namespace rocketmq::broker
