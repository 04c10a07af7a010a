#include "broker-lite/tls.h"

#include <chrono>
#include <string>
#include <utility>

#include "protocol/str.h"

namespace rocketmq::broker {
namespace {

// Java looks at the files' times every half second.
constexpr net::Duration look_interval = std::chrono::seconds(1);

using ClientCertificate = net::TlsSettings::ClientCertificate;

Error wrong(std::string what) { return Error{Errc::invalid_argument, std::move(what)}; }

Result<net::TlsMode> mode_of(const BrokerOptions& options) {
  const std::string& mode = options.tls_server_mode;
  const bool has_certificate = !options.tls_server_cert_path.empty();
  if (mode == "disabled" || (mode.empty() && !has_certificate)) return net::TlsMode::disabled;
  if (!has_certificate) return wrong(str("tls.server.mode=", mode, " needs tls.server.certPath"));
  if (mode == "enforcing") return net::TlsMode::enforcing;
  if (mode == "permissive" || mode.empty()) return net::TlsMode::permissive;
  return wrong(str("tls.server.mode=", mode, ": write disabled, permissive or enforcing"));
}

Result<ClientCertificate> client_certificate(const BrokerOptions& options) {
  const std::string& wanted = options.tls_server_need_client_auth;
  if (wanted == "none" || wanted.empty()) return ClientCertificate::none;
  if (options.tls_server_trust_cert_path.empty()) {
    return wrong(str("tls.server.need.client.auth=", wanted, " needs tls.server.trustCertPath"));
  }
  if (wanted == "optional") return ClientCertificate::optional;
  if (wanted == "require") return ClientCertificate::required;
  return wrong(str("tls.server.need.client.auth=", wanted, ": write none, optional or require"));
}

}  // namespace

Result<void> use_tls(const BrokerOptions& options, net::ListenOptions& listen) {
  const auto mode = mode_of(options);
  if (!mode) return mode.error();
  listen.tls_mode = *mode;
  if (*mode == net::TlsMode::disabled) return {};
  const auto certificate = client_certificate(options);
  if (!certificate) return certificate.error();
  auto context = net::TlsContext::for_server({.ca_file = options.tls_server_trust_cert_path,
                                              .cert_file = options.tls_server_cert_path,
                                              .key_file = options.tls_server_key_path,
                                              .key_password = options.tls_server_key_password,
                                              .client_certificate = *certificate});
  if (!context) return wrong(str("tls.server: ", context.error().message));
  listen.tls = *std::move(context);
  return {};
}

Result<std::shared_ptr<const net::TlsContext>> client_tls(const BrokerOptions& options) {
  if (!options.tls_enable) return std::shared_ptr<const net::TlsContext>();
  const bool verifies = !options.tls_client_trust_cert_path.empty();
  auto context = net::TlsContext::for_client({.ca_file = options.tls_client_trust_cert_path,
                                              .cert_file = options.tls_client_cert_path,
                                              .key_file = options.tls_client_key_path,
                                              .verify_server = verifies,
                                              .verify_host = false});  // as in Java
  if (!context) return wrong(str("tls.client: ", context.error().message));
  return *std::move(context);
}

TlsReload::TlsReload(net::Loop& loop, std::vector<std::string> files, Load load, net::LogLine log,
                     OnLoaded on_loaded)
    : load_(std::move(load)),
      log_(std::move(log)),
      on_loaded_(std::move(on_loaded)),
      files_(loop, std::move(files), look_interval, [this] { load_again(); }) {}

void TlsReload::load_again() {
  const auto loaded = load_();
  if (!loaded) return log_(str("changed certificates are not used: ", loaded.error().message));
  if (*loaded == nullptr) return;
  log_("certificates have changed; new connections use them");
  on_loaded_(*loaded);
}

std::unique_ptr<TlsReload> watch_server_tls(net::Loop& loop, const BrokerOptions& options,
                                            net::LogLine log, TlsReload::OnLoaded on_loaded) {
  if (options.tls_server_cert_path.empty()) return nullptr;
  const auto load = [options]() -> Result<std::shared_ptr<const net::TlsContext>> {
    net::ListenOptions listen;
    if (const auto used = use_tls(options, listen); !used) return used.error();
    return listen.tls;
  };
  const std::vector<std::string> files{options.tls_server_cert_path, options.tls_server_key_path,
                                       options.tls_server_trust_cert_path};
  return std::make_unique<TlsReload>(loop, files, load, std::move(log), std::move(on_loaded));
}

std::unique_ptr<TlsReload> watch_client_tls(net::Loop& loop, const BrokerOptions& options,
                                            net::LogLine log, TlsReload::OnLoaded on_loaded) {
  if (!options.tls_enable) return nullptr;
  const std::vector<std::string> files{options.tls_client_cert_path, options.tls_client_key_path,
                                       options.tls_client_trust_cert_path};
  return std::make_unique<TlsReload>(
      loop, files, [options] { return client_tls(options); }, std::move(log), std::move(on_loaded));
}

}  // namespace rocketmq::broker
