#pragma once

#include <rocketmq/options.h>
#include <rocketmq/result.h>

#include <functional>
#include <memory>

#include "client/log.h"
#include "net/loop.h"
#include "net/tls_context.h"
#include "net/watched_files.h"

namespace rocketmq::client {

// A client's keys and certificates, as the files are now. Errors: invalid_argument.
Result<std::shared_ptr<const net::TlsContext>> load_tls(const TlsOptions& options);

// Looks at the files every reload_interval, and loads them when what is in them has changed. Files
// that cannot be used, as when only one of two has been replaced yet, are left alone until they
// change again. Belongs to the loop.
class TlsReload {
 public:
  using OnLoaded = std::function<void(std::shared_ptr<const net::TlsContext>)>;

  TlsReload(net::Loop& loop, const TlsOptions& options, const Log& log, OnLoaded on_loaded);

 private:
  void load();

  const TlsOptions options_;
  const Log& log_;
  const OnLoaded on_loaded_;
  const net::WatchedFiles files_;
};

}  // namespace rocketmq::client
