#include "net/tls_socket.h"

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <cstdint>
#include <string_view>
#include <utility>

#include "net/tls_context_impl.h"
#include "protocol/str.h"

namespace rocketmq::net {
namespace {

// OpenSSL's own socket BIO writes with write(), which raises SIGPIPE at a closed peer. A library
// must not; so ours goes through Socket's calls.

evutil_socket_t fd_of(BIO* bio) {
  return static_cast<evutil_socket_t>(reinterpret_cast<std::intptr_t>(BIO_get_data(bio)));
}

int finish(BIO* bio, const IoResult& result) {
  BIO_clear_retry_flags(bio);
  switch (result.status) {
    case IoResult::Status::done:
      return static_cast<int>(result.bytes);
    case IoResult::Status::want_read:
      BIO_set_retry_read(bio);
      return -1;
    case IoResult::Status::want_write:
      BIO_set_retry_write(bio);
      return -1;
    case IoResult::Status::ended:
      return 0;
    case IoResult::Status::failed:
      return -1;
  }
  return -1;
}

// A Socket that does not own its descriptor.
class BorrowedSocket {
 public:
  explicit BorrowedSocket(evutil_socket_t fd) : socket_(fd) {}
  ~BorrowedSocket() { socket_.release(); }
  Socket* operator->() { return &socket_; }

 private:
  Socket socket_;
};

int bio_write(BIO* bio, const char* from, int bytes) {
  return finish(bio, BorrowedSocket(fd_of(bio))->write(from, static_cast<std::size_t>(bytes)));
}
int bio_read(BIO* bio, char* to, int bytes) {
  return finish(bio, BorrowedSocket(fd_of(bio))->read(to, static_cast<std::size_t>(bytes)));
}
long bio_control(BIO*, int command, long, void*) { return command == BIO_CTRL_FLUSH ? 1 : 0; }
int bio_create(BIO* bio) {
  BIO_set_init(bio, 1);
  return 1;
}

const BIO_METHOD* socket_method() {
  static const BIO_METHOD* const method = [] {
    BIO_METHOD* const made = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "socket");
    BIO_meth_set_write(made, bio_write);
    BIO_meth_set_read(made, bio_read);
    BIO_meth_set_ctrl(made, bio_control);
    BIO_meth_set_create(made, bio_create);
    return made;
  }();
  return method;
}

bool is_literal_ip(const std::string& host) {
  return look_up(Address{host, 0}, {.literal_only = true}).has_value();
}

Result<void> expect_server(SSL* ssl, const TlsContext::Impl& context, const std::string& host) {
  const std::string& name = context.server_name.empty() ? host : context.server_name;
  const bool is_ip = is_literal_ip(name);
  bool ok = is_ip || SSL_set_tlsext_host_name(ssl, name.c_str()) == 1;
  if (context.verify_host) {
    X509_VERIFY_PARAM* const rules = SSL_get0_param(ssl);
    X509_VERIFY_PARAM_set_hostflags(rules, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
    ok = ok && (is_ip ? X509_VERIFY_PARAM_set1_ip_asc(rules, name.c_str()) == 1
                      : SSL_set1_host(ssl, name.c_str()) == 1);
  }
  if (!ok) return Error{Errc::invalid_argument, str("TLS: bad server name ", name)};
  return {};
}

// ---- what a client may do about it

std::string_view advice_on_verdict(long verdict) {
  switch (verdict) {
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT:
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
    case X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE:
    case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT:
    case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN:
    case X509_V_ERR_CERT_SIGNATURE_FAILURE:  // another authority of the same name
      return "; no authority of TlsOptions::ca_file has signed it";
    case X509_V_ERR_HOSTNAME_MISMATCH:
    case X509_V_ERR_IP_ADDRESS_MISMATCH:
      return "; it is for another name than the one connected to (TlsOptions::verify_host)";
    default:
      return "";
  }
}

// What servers say of a certificate, and of there being none, is not the same everywhere.
std::string_view advice_on_alert(unsigned long error, bool has_certificate) {
  if (ERR_GET_LIB(error) != ERR_LIB_SSL) return "";
  switch (ERR_GET_REASON(error)) {
    case SSL_R_TLSV13_ALERT_CERTIFICATE_REQUIRED:
    case SSL_R_SSLV3_ALERT_HANDSHAKE_FAILURE:
    case SSL_R_SSLV3_ALERT_BAD_CERTIFICATE:
    case SSL_R_SSLV3_ALERT_CERTIFICATE_UNKNOWN:
    case SSL_R_TLSV1_ALERT_UNKNOWN_CA:
    case SSL_R_TLSV1_ALERT_DECRYPT_ERROR:
      return has_certificate
                 ? "; the server does not take the certificate of TlsOptions::cert_file"
                 : "; if the server wants a certificate of ours, set TlsOptions::cert_file";
    default:
      return "";
  }
}

}  // namespace

TlsSocket::TlsSocket(std::shared_ptr<const TlsContext> context, ssl_st* ssl)
    : context_(std::move(context)), ssl_(ssl) {}

TlsSocket::~TlsSocket() { SSL_free(ssl_); }

Result<std::unique_ptr<TlsSocket>> TlsSocket::make(std::shared_ptr<const TlsContext> context,
                                                   evutil_socket_t fd) {
  SSL* const ssl = SSL_new(context->impl().context.get());
  BIO* const bio = BIO_new(socket_method());
  if (ssl == nullptr || bio == nullptr) {
    SSL_free(ssl);
    BIO_free(bio);
    return Error{Errc::io_error, str("TLS: ", tls_error_text())};
  }
  BIO_set_data(bio, reinterpret_cast<void*>(static_cast<std::intptr_t>(fd)));
  SSL_set_bio(ssl, bio, bio);  // takes the BIO
  return std::unique_ptr<TlsSocket>(new TlsSocket(std::move(context), ssl));
}

Result<std::unique_ptr<TlsSocket>> TlsSocket::accept(std::shared_ptr<const TlsContext> context,
                                                     evutil_socket_t fd) {
  auto made = make(std::move(context), fd);
  if (made) SSL_set_accept_state((*made)->ssl_);
  return made;
}

Result<std::unique_ptr<TlsSocket>> TlsSocket::connect(std::shared_ptr<const TlsContext> context,
                                                      evutil_socket_t fd, const std::string& host) {
  auto made = make(std::move(context), fd);
  if (!made) return made;
  SSL* const ssl = (*made)->ssl_;
  if (auto expected = expect_server(ssl, (*made)->context_->impl(), host); !expected) {
    return std::move(expected).error();
  }
  SSL_set_connect_state(ssl);
  return made;
}

IoResult TlsSocket::handshake() {
  ERR_clear_error();
  return result_of(SSL_do_handshake(ssl_), 0);
}

IoResult TlsSocket::read(char* to, std::size_t bytes) {
  ERR_clear_error();
  std::size_t got = 0;
  const int returned = SSL_read_ex(ssl_, to, bytes, &got);
  return result_of(returned, got);
}

IoResult TlsSocket::write(const char* from, std::size_t bytes) {
  ERR_clear_error();
  std::size_t put = 0;
  const int returned = SSL_write_ex(ssl_, from, bytes, &put);
  return result_of(returned, put);
}

IoResult TlsSocket::result_of(int returned, std::size_t bytes) const {
  if (returned == 1) return {IoResult::Status::done, bytes};
  switch (SSL_get_error(ssl_, returned)) {
    case SSL_ERROR_WANT_READ:
      return {IoResult::Status::want_read};
    case SSL_ERROR_WANT_WRITE:
      return {IoResult::Status::want_write};
    case SSL_ERROR_ZERO_RETURN:
      return {IoResult::Status::ended};
    case SSL_ERROR_SYSCALL:
      return {.status = IoResult::Status::failed, .error = EVUTIL_SOCKET_ERROR()};
    default:
      break;
  }
  const bool is_client = SSL_is_server(ssl_) == 0;
  const unsigned long error = ERR_peek_error();
  std::string text = tls_error_text();
  if (const long verdict = SSL_get_verify_result(ssl_); verdict != X509_V_OK) {
    text = str("certificate verify failed: ", X509_verify_cert_error_string(verdict));
    if (is_client) text += advice_on_verdict(verdict);
  } else if (is_client) {
    text += advice_on_alert(error, SSL_get_certificate(ssl_) != nullptr);
  }
  return {.status = IoResult::Status::failed, .text = std::move(text)};
}

bool TlsSocket::has_pending() const { return SSL_pending(ssl_) > 0; }

void TlsSocket::end_writing() {
  if (!SSL_in_init(ssl_)) SSL_shutdown(ssl_);
  ERR_clear_error();
}

}  // namespace rocketmq::net
