#pragma once

#include <memory>
#include <string>
#include <vector>

#include "net/request_hook.h"
#include "protocol/signature.h"

namespace rocketmq::broker {

// Signs what a TestClient sends; for tests.
inline net::RequestHook signs_as(std::string name, const std::string& secret) {
  const auto signer = std::make_shared<protocol::Signer>(secret);
  return [name, signer](net::OutgoingRequest& request) {
    request.add("AccessKey", name);
    std::vector<protocol::SignedField> fields;
    for (const protocol::Field& field : request.fields()) {
      fields.push_back({field.name, field.value});
    }
    request.add("Signature", signer->sign(fields, request.body()));
  };
}

}  // namespace rocketmq::broker
