#include "client/tls_reload.h"

#include <utility>

#include "protocol/str.h"

namespace rocketmq::client {

Result<std::shared_ptr<const net::TlsContext>> load_tls(const TlsOptions& options) {
  return net::TlsContext::for_client({.ca_file = options.ca_file,
                                      .cert_file = options.cert_file,
                                      .key_file = options.key_file,
                                      .verify_server = options.verify_certificate,
                                      .verify_host = options.verify_host});
}

TlsReload::TlsReload(net::Loop& loop, const TlsOptions& options, const Log& log, OnLoaded on_loaded)
    : options_(options),
      log_(log),
      on_loaded_(std::move(on_loaded)),
      files_(loop, {options.ca_file, options.cert_file, options.key_file}, options.reload_interval,
             [this] { load(); }) {}

void TlsReload::load() {
  auto loaded = load_tls(options_);
  if (!loaded) {
    return log_.warn(str("changed certificates are not used: ", loaded.error().message));
  }
  log_.info("certificates have changed; new connections use them");
  on_loaded_(*std::move(loaded));
}

}  // namespace rocketmq::client
