#pragma once

#include <rocketmq/result.h>

#include <memory>
#include <string>

namespace rocketmq::net {

// All files are PEM.
struct TlsSettings {
  std::string ca_file;    // who we trust; empty: what the system trusts
  std::string cert_file;  // our certificate chain; a server must have one
  std::string key_file;
  std::string key_password;

  // Client: check the server's certificate. Off is for trying things out only.
  bool verify_server = true;
  // Client: and that it is for the host that was connected to.
  bool verify_host = true;
  // Client: the name to expect, where it is not the host that was connected to.
  std::string server_name;

  // Java: tls.server.need.client.auth.
  enum class ClientCertificate { none, optional, required };
  ClientCertificate client_certificate = ClientCertificate::none;
};

// Keys, certificates and rules for TLS connections: 1.2 or newer, no renegotiation. Never changes
// once made; shared by the streams that use it.
class TlsContext {
 public:
  static Result<std::shared_ptr<const TlsContext>> for_client(const TlsSettings& settings);
  static Result<std::shared_ptr<const TlsContext>> for_server(const TlsSettings& settings);
  ~TlsContext();
  TlsContext(const TlsContext&) = delete;
  TlsContext& operator=(const TlsContext&) = delete;

  struct Impl;  // OpenSSL stays behind it
  const Impl& impl() const { return *impl_; }

 private:
  explicit TlsContext(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace rocketmq::net
