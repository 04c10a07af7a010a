#pragma once

#include <rocketmq/options.h>
#include <rocketmq/result.h>

#include <cstddef>
#include <functional>
#include <memory>

#include "client/log.h"
#include "net/loop.h"
#include "net/task.h"
#include "net/tls_context.h"

namespace rocketmq::client {

// A client's keys and certificates, as the files are now. Errors: invalid_argument.
Result<std::shared_ptr<const net::TlsContext>> load_tls(const TlsOptions& options);

// Looks at the files every reload_interval, and loads them when what is in them has changed. Files
// that cannot be used, as when only one of two has been replaced yet, are left alone until they
// change again. Belongs to the loop, which reads the files: they are small, and it is rare.
class TlsReload {
 public:
  using OnLoaded = std::function<void(std::shared_ptr<const net::TlsContext>)>;

  TlsReload(net::Loop& loop, const TlsOptions& options, const Log& log, OnLoaded on_loaded);

 private:
  net::Task<> look_again_and_again();
  void look();
  std::size_t content() const;

  net::Loop& loop_;
  const TlsOptions options_;
  const Log& log_;
  const OnLoaded on_loaded_;
  std::size_t seen_;  // the content last looked at, usable or not
  net::Task<> looking_;
};

}  // namespace rocketmq::client
