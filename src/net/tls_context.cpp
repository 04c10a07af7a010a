#include "net/tls_context.h"

#include <openssl/err.h>
#include <openssl/ssl.h>

#include <cstring>
#include <utility>

#include "net/tls_context_impl.h"
#include "protocol/str.h"

namespace rocketmq::net {
namespace {

Error tls_error(std::string_view what) {
  return Error{Errc::invalid_argument, str("TLS: ", what, ": ", tls_error_text())};
}

int give_password(char* to, int size, int, void* of) {
  const auto& password = *static_cast<const std::string*>(of);
  if (password.size() > static_cast<std::size_t>(size)) return 0;
  std::memcpy(to, password.data(), password.size());
  return static_cast<int>(password.size());
}

Result<void> load_own_certificate(SSL_CTX* context, const TlsSettings& settings) {
  // OpenSSL takes the password as void*; it is only read, and only during the call below.
  SSL_CTX_set_default_passwd_cb(context, give_password);
  SSL_CTX_set_default_passwd_cb_userdata(context, const_cast<std::string*>(&settings.key_password));
  if (SSL_CTX_use_certificate_chain_file(context, settings.cert_file.c_str()) != 1) {
    return tls_error(str("cannot use the certificate in ", settings.cert_file));
  }
  if (SSL_CTX_use_PrivateKey_file(context, settings.key_file.c_str(), SSL_FILETYPE_PEM) != 1) {
    return tls_error(str("cannot use the key in ", settings.key_file));
  }
  SSL_CTX_set_default_passwd_cb_userdata(context, nullptr);
  SSL_CTX_set_default_passwd_cb(context, nullptr);
  if (SSL_CTX_check_private_key(context) != 1) {
    return tls_error("the key does not belong to the certificate");
  }
  return {};
}

Result<void> load_trusted(SSL_CTX* context, const TlsSettings& settings) {
  const bool loaded = settings.ca_file.empty()
                          ? SSL_CTX_set_default_verify_paths(context) == 1
                          : SSL_CTX_load_verify_file(context, settings.ca_file.c_str()) == 1;
  if (!loaded) return tls_error(str("cannot load trusted certificates ", settings.ca_file));
  return {};
}

Result<std::unique_ptr<TlsContext::Impl>> make(const SSL_METHOD* method,
                                               const TlsSettings& settings) {
  auto impl = std::make_unique<TlsContext::Impl>();
  impl->context.reset(SSL_CTX_new(method));
  SSL_CTX* const context = impl->context.get();
  if (context == nullptr) return tls_error("cannot start OpenSSL");

  SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION);
  // A peer that renegotiates for ever costs us far more than itself: CVE-2011-1473.
  SSL_CTX_set_options(context, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION);
  SSL_CTX_set_mode(context, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER |
                                SSL_MODE_RELEASE_BUFFERS);

  if (!settings.cert_file.empty()) {
    if (auto loaded = load_own_certificate(context, settings); !loaded) {
      return std::move(loaded).error();
    }
  }
  if (auto loaded = load_trusted(context, settings); !loaded) return std::move(loaded).error();
  return impl;
}

}  // namespace

std::string tls_error_text() {
  std::string text;
  while (const unsigned long code = ERR_get_error()) {
    if (!text.empty()) continue;  // the first is the cause
    const char* const reason = ERR_reason_error_string(code);
    text = reason != nullptr ? reason : str("error ", code);
  }
  return text.empty() ? "no reason given" : text;
}

TlsContext::TlsContext(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
TlsContext::~TlsContext() = default;

Result<std::shared_ptr<const TlsContext>> TlsContext::for_client(const TlsSettings& settings) {
  auto impl = make(TLS_client_method(), settings);
  if (!impl) return std::move(impl).error();
  (*impl)->verify_host = settings.verify_server && settings.verify_host;
  (*impl)->server_name = settings.server_name;
  SSL_CTX_set_verify((*impl)->context.get(),
                     settings.verify_server ? SSL_VERIFY_PEER : SSL_VERIFY_NONE, nullptr);
  return std::shared_ptr<const TlsContext>(new TlsContext(*std::move(impl)));
}

Result<std::shared_ptr<const TlsContext>> TlsContext::for_server(const TlsSettings& settings) {
  if (settings.cert_file.empty() || settings.key_file.empty()) {
    return Error{Errc::invalid_argument, "TLS: a server needs a certificate and its key"};
  }
  auto impl = make(TLS_server_method(), settings);
  if (!impl) return std::move(impl).error();
  SSL_CTX* const context = (*impl)->context.get();

  using ClientCertificate = TlsSettings::ClientCertificate;
  int verify = SSL_VERIFY_NONE;
  if (settings.client_certificate == ClientCertificate::optional) verify = SSL_VERIFY_PEER;
  if (settings.client_certificate == ClientCertificate::required) {
    verify = SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT;
  }
  SSL_CTX_set_verify(context, verify, nullptr);
  // A resumed session is one that was verified under these very rules.
  static constexpr unsigned char session_context[] = "rocketmq";
  SSL_CTX_set_session_id_context(context, session_context, sizeof session_context - 1);
  return std::shared_ptr<const TlsContext>(new TlsContext(*std::move(impl)));
}

}  // namespace rocketmq::net
