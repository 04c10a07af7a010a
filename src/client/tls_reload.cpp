#include "client/tls_reload.h"

#include <fstream>
#include <iterator>
#include <string>
#include <utility>

#include "net/wait.h"
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
    : loop_(loop),
      options_(options),
      log_(log),
      on_loaded_(std::move(on_loaded)),
      seen_(content()),
      looking_(look_again_and_again()) {
  looking_.start();
}

net::Task<> TlsReload::look_again_and_again() {
  while (true) {
    co_await net::sleep_for(loop_, options_.reload_interval);
    look();
  }
}

void TlsReload::look() {
  const std::size_t now = content();
  if (std::exchange(seen_, now) == now) return;
  auto loaded = load_tls(options_);
  if (!loaded) {
    return log_.warn(str("changed certificates are not used: ", loaded.error().message));
  }
  log_.info("certificates have changed; new connections use them");
  on_loaded_(*std::move(loaded));
}

// Not the files' times: they say nothing when a link is turned to another file.
std::size_t TlsReload::content() const {
  std::string all;
  for (const std::string* const name :
       {&options_.ca_file, &options_.cert_file, &options_.key_file}) {
    if (name->empty()) continue;
    std::ifstream file(*name, std::ios::binary);
    all.append(std::istreambuf_iterator<char>(file), {});
    all += '\0';
  }
  return std::hash<std::string>()(all);
}

}  // namespace rocketmq::client
