#pragma once

#include <openssl/ssl.h>

#include <memory>
#include <string>

#include "net/tls_context.h"

// Private to src/net.

namespace rocketmq::net {

struct TlsContext::Impl {
  struct Free {
    void operator()(SSL_CTX* of) const { SSL_CTX_free(of); }
  };
  std::unique_ptr<SSL_CTX, Free> context;
  bool verify_host = true;
  std::string server_name;
};

// What OpenSSL has to say about what just went wrong, in one line; empties its queue of errors.
std::string tls_error_text();

}  // namespace rocketmq::net
