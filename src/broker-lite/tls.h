#pragma once

#include <rocketmq/result.h>

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "broker-lite/options.h"
#include "net/log.h"
#include "net/loop.h"
#include "net/tls_context.h"
#include "net/watched_files.h"

namespace rocketmq::broker {

// How the servers listen: with TLS where a certificate is given, unless `tls.server.mode` says
// otherwise. Files are read now. Errors name the setting. Java: TlsSystemConfig.
Result<void> use_tls(const BrokerOptions& options, net::ListenOptions& listen);

// For connections to name servers; nullptr where `tls.enable` is not set.
Result<std::shared_ptr<const net::TlsContext>> client_tls(const BrokerOptions& options);

// Reads files of certificates again whenever they change, and gives what they hold to `on_loaded`.
// Files that cannot be used, as when only one of two has been replaced yet, are left alone until
// they change again. Java: FileWatchService.
class TlsReload {
 public:
  using Load = std::function<Result<std::shared_ptr<const net::TlsContext>>()>;
  using OnLoaded = std::function<void(const std::shared_ptr<const net::TlsContext>&)>;
  TlsReload(net::Loop& loop, std::vector<std::string> files, Load load, net::LogLine log,
            OnLoaded on_loaded);

 private:
  void load_again();

  const Load load_;
  const net::LogLine log_;
  const OnLoaded on_loaded_;
  const net::WatchedFiles files_;
};

// Of what use_tls() and client_tls() have read; nullptr where that is nothing.
std::unique_ptr<TlsReload> watch_server_tls(net::Loop& loop, const BrokerOptions& options,
                                            net::LogLine log, TlsReload::OnLoaded on_loaded);
std::unique_ptr<TlsReload> watch_client_tls(net::Loop& loop, const BrokerOptions& options,
                                            net::LogLine log, TlsReload::OnLoaded on_loaded);

}  // namespace rocketmq::broker
