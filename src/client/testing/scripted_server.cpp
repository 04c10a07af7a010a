#include "client/testing/scripted_server.h"

#include "protocol/signature.h"

namespace rocketmq::client::testing {

void ScriptedServer::start() {
  server_ = std::make_unique<net::Server>(loop_, router_);
  auto listening = server_->listen(address_);
  assert(listening);
  address_ = *std::move(listening);
}

void ScriptedServer::fail_next(RequestCode code, int count, Error error) {
  script_[code].fail_left = count;
  script_[code].error = std::move(error);
}

void ScriptedServer::suffer(Mishap mishap, net::Responder asker) {
  if (mishap == Mishap::refused) return asker.fail({ResponseCode::system_error, "refused"});
  if (mishap == Mishap::nonsense) {
    protocol::Command answer;
    answer.body = "nonsense";
    return asker.forward(answer);
  }
  net::Channel* const channel = asker.channel().get();
  if (mishap == Mishap::garbage) channel->output().append("HTTP/1.1 400 Bad Request\r\n\r\n");
  if (mishap == Mishap::lost || mishap == Mishap::cut) {
    channel->abort({Errc::not_connected, "cut"});
  }
  dropped_.push_back(std::move(asker));
}

void ScriptedServer::require_signature(const Credentials& credentials) {
  const auto signer = std::make_shared<protocol::Signer>(credentials.secret_key);
  router_.add_guard([signer, credentials](const net::RequestContext& context) -> Result<void> {
    const protocol::Fields& fields = context.command.fields;
    const auto* key = protocol::find_field(fields, "AccessKey");
    const auto* signature = protocol::find_field(fields, "Signature");
    std::vector<protocol::SignedField> signed_fields;
    for (const protocol::Field& field : fields) signed_fields.push_back({field.name, field.value});
    if (key != nullptr && signature != nullptr && *key == credentials.access_key &&
        signer->verify(signed_fields, context.body(), *signature)) {
      return {};
    }
    return Error{ResponseCode::no_permission, "not signed, or with another key"};
  });
}

int ScriptedServer::received(RequestCode code) const {
  const auto found = script_.find(code);
  return found == script_.end() ? 0 : found->second.received;
}

}  // namespace rocketmq::client::testing
