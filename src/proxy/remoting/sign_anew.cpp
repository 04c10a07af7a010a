#include "proxy/remoting/sign_anew.h"

#include <memory>
#include <vector>

#include "protocol/authentication.h"
#include "protocol/signature.h"

namespace rocketmq::proxy {

net::RequestHook sign_anew(const std::string& access_key, const std::string& secret_key) {
  return [access_key,
          signer = std::make_shared<protocol::Signer>(secret_key)](net::OutgoingRequest& request) {
    request.remove("Signature");
    request.remove("SecurityToken");
    request.remove("AccessKey");
    request.add("AccessKey", access_key);
    std::vector<protocol::SignedField> fields;
    protocol::signed_fields(request.fields(), request.version(), fields);
    request.add("Signature", signer->sign(fields, request.body()));
  };
}

}  // namespace rocketmq::proxy
