#pragma once

#include <rocketmq/result.h>

#include <functional>
#include <memory>

#include "broker-lite/options.h"
#include "net/log.h"
#include "net/loop.h"
#include "net/tls_context.h"
#include "net/watched_files.h"

namespace rocketmq::broker {

// How the servers listen: with TLS where a certificate is given, unless `tls.server.mode` says
// otherwise. Files are read now. Errors name the setting. Java: TlsSystemConfig.
Result<void> use_tls(const BrokerOptions& options, net::ListenOptions& listen);

// Reads the same files again whenever they change, and gives what they hold to `on_loaded`. Files
// that cannot be used, as when only one of two has been replaced yet, are left alone until they
// change again. Nothing to do without TLS. Java: FileWatchService.
class TlsReload {
 public:
  using OnLoaded = std::function<void(const std::shared_ptr<const net::TlsContext>&)>;
  TlsReload(net::Loop& loop, const BrokerOptions& options, net::LogLine log, OnLoaded on_loaded);

 private:
  void load();

  const BrokerOptions options_;
  const net::LogLine log_;
  const OnLoaded on_loaded_;
  const net::WatchedFiles files_;
};

// For connections to name servers; nullptr where `tls.enable` is not set.
Result<std::shared_ptr<const net::TlsContext>> client_tls(const BrokerOptions& options);

}  // namespace rocketmq::broker
