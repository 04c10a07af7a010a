#include <string>
#include <utility>

#include "broker-lite/namesrv/handlers.h"
#include "protocol/requests/namesrv.h"
#include "protocol/str.h"

// Java: KVConfigManager behind DefaultRequestProcessor.

namespace rocketmq::namesrv {
namespace {

using net::RequestContext;
using protocol::NoFields;

Result<protocol::GetKVConfigResponse> get(NamesrvCore& core, const protocol::GetKVConfig& request) {
  const auto value = core.kv.find(request.ns, request.key);
  if (value) return protocol::GetKVConfigResponse{*value};
  return Error{ResponseCode::query_not_found,
               str("No config item, Namespace: ", request.ns, " Key: ", request.key)};
}

Result<void> list(NamesrvCore& core, const protocol::GetKVListByNamespace& request,
                  RequestContext& context) {
  const auto table = core.kv.list(request.ns);
  if (!table) {
    return Error{ResponseCode::query_not_found, str("No config item, Namespace: ", request.ns)};
  }
  context.reply.body = protocol::to_json(*table);
  return {};
}

}  // namespace

void add_kv_config_handlers(net::Router& router, NamesrvCore& core) {
  router.on_deferred<protocol::PutKVConfig>([&core](net::Call<protocol::PutKVConfig> call) {
    if (auto put = core.kv.put(call->ns, call->key, call->value); !put) {
      return call.fail(put.error());
    }
    reply_when_saved(core.save_kv, std::move(call));
  });
  router.on_deferred<protocol::DeleteKVConfig>([&core](net::Call<protocol::DeleteKVConfig> call) {
    // Removing what is not there is a success, in Java too.
    if (!core.kv.remove(call->ns, call->key)) return call.reply(NoFields{});
    reply_when_saved(core.save_kv, std::move(call));
  });
  router.on<protocol::GetKVConfig>([&core](const protocol::GetKVConfig& request, RequestContext&) {
    return get(core, request);
  });
  router.on<protocol::GetKVListByNamespace>(
      [&core](const protocol::GetKVListByNamespace& request, RequestContext& context) {
        return list(core, request, context);
      });
}

}  // namespace rocketmq::namesrv
