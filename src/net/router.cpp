#include "net/router.h"

#include "protocol/str.h"

namespace rocketmq::net {

void Router::dispatch(RequestContext& context) const {
  if (observer_ != nullptr) context.responder.watch(*observer_, context.command.code);
  for (const Guard& guard : guards_) {
    if (auto allowed = guard(context); !allowed) return context.responder.fail(allowed.error());
  }
  if (const auto found = handlers_.find(context.command.code); found != handlers_.end()) {
    return found->second(context);
  }
  if (any_other_) return any_other_(context);
  // Java: NettyRemotingAbstract.processRequestCommand, blank in front included.
  context.responder.fail(Error{ResponseCode::request_code_not_supported,
                               str(" request type ", context.command.code, " not supported")});
}

void Router::channel_closed(Channel& channel) const {
  for (const auto& told : told_) told(channel);
}

}  // namespace rocketmq::net
