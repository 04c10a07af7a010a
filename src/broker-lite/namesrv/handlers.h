#pragma once

#include <functional>
#include <memory>
#include <utility>

#include "broker-lite/namesrv/kv_config.h"
#include "broker-lite/namesrv/route_registry.h"
#include "broker-lite/namesrv/settings.h"
#include "net/loop.h"
#include "net/router.h"

namespace rocketmq::namesrv {

// What the handlers of a name server share. All outlive the router's use.
struct NamesrvCore {
  net::Loop& loop;
  RouteRegistry& routes;
  KvConfig& kv;
  const NamesrvSettings& settings;
  LiveNamesrvSettings& live;

  // Saves the KV config, or what was changed of the settings, then calls `done`. None: it is not
  // kept.
  using Saved = std::function<void(const Result<void>&)>;
  using Save = std::function<void(Saved done)>;
  Save save_kv;
  Save save_settings;
};

// A change is on disk before its answer.
template <class Req>
void reply_when_saved(const NamesrvCore::Save& save, net::Call<Req> call) {
  if (!save) return call.reply(protocol::NoFields{});
  // std::function wants what it holds to be copyable.
  auto responder = std::make_shared<net::Responder>(std::move(call).take_responder());
  save([responder](const Result<void>& saved) {
    saved ? responder->reply(protocol::NoFields{}) : responder->fail(saved.error());
  });
}

// What brokers, clients and tools ask. Java: DefaultRequestProcessor, ClientRequestProcessor.
void add_broker_handlers(net::Router& router, NamesrvCore& core);  // 103 104 322 904 901
void add_route_handlers(net::Router& router, NamesrvCore& core);   // 105 106
// 205 206 216 217 224 304 311-313 327
void add_topic_handlers(net::Router& router, NamesrvCore& core);
void add_kv_config_handlers(net::Router& router, NamesrvCore& core);  // 100-102 219
void add_settings_handlers(net::Router& router, NamesrvCore& core);   // 318 319
inline void add_namesrv_handlers(net::Router& router, NamesrvCore& core) {
  add_broker_handlers(router, core);
  add_route_handlers(router, core);
  add_topic_handlers(router, core);
  add_kv_config_handlers(router, core);
  add_settings_handlers(router, core);
}

}  // namespace rocketmq::namesrv
