#pragma once

#include <rocketmq/result.h>

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "broker-lite/namesrv/handlers.h"
#include "broker-lite/namesrv/kv_config.h"
#include "broker-lite/namesrv/route_registry.h"
#include "net/loop.h"
#include "net/router.h"
#include "net/server.h"

namespace rocketmq::namesrv {

struct NameServerOptions {
  RouteRegistryOptions routes;
  KvConfigOptions kv;
  NamesrvSettings settings;
  std::chrono::milliseconds scan_not_active_broker_interval = std::chrono::seconds(5);

  net::ServerOptions server;
  // Saves kv().to_json() as kvConfig.json, then calls `done`. None: it is not kept.
  NamesrvCore::Save save_kv;
  // Saves changed_settings(); the same.
  NamesrvCore::Save save_settings;
};

// A name server: the registry, the KV config, a server in front of them. Belongs to its loop, which
// may be shared with a broker; destroyed on it, which ends its connections at once.
// Java: NamesrvController.
class NameServer {
 public:
  NameServer(net::Loop& loop, NameServerOptions options = {});
  NameServer(const NameServer&) = delete;
  NameServer& operator=(const NameServer&) = delete;

  // May be called for several addresses. Gives the address with its real port.
  Result<std::string> listen(std::string_view address) { return server_.listen(address); }
  void set_tls(const std::shared_ptr<const net::TlsContext>& tls) { server_.set_tls(tls); }
  // See net::Server::stop().
  void stop(net::Duration grace, std::function<void()> on_stopped) {
    server_.stop(grace, std::move(on_stopped));
  }

  RouteRegistry& routes() { return routes_; }
  // Both are loaded by the owner before listen().
  KvConfig& kv() { return kv_; }
  // What save_settings() saved.
  std::string changed_settings() const { return live_.to_text(); }
  Result<void> load_settings(std::string_view text);

 private:
  void arm_scan();

  net::Loop& loop_;
  const std::chrono::milliseconds scan_interval_;
  RouteRegistry routes_;
  KvConfig kv_;
  NamesrvSettings settings_;
  LiveNamesrvSettings live_{settings_, live_namesrv_settings};
  NamesrvCore core_;
  net::Router router_;
  net::Server server_;
  std::unique_ptr<net::Timer> scan_timer_;
};

}  // namespace rocketmq::namesrv
