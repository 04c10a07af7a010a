#pragma once

#include <functional>

#include "broker-lite/namesrv/kv_config.h"
#include "broker-lite/namesrv/route_registry.h"
#include "net/loop.h"
#include "net/router.h"

namespace rocketmq::namesrv {

// What the handlers of a name server share. All outlive the router's use.
struct NamesrvCore {
  net::Loop& loop;
  RouteRegistry& routes;
  KvConfig& kv;
  // Named as in namesrv.conf.
  bool order_message_enable = false;
  bool return_order_topic_config_to_broker = true;

  // Saves the KV config, then calls `done`. None: it is not kept.
  using Saved = std::function<void(const Result<void>&)>;
  std::function<void(Saved done)> save_kv;
};

// What brokers, clients and tools ask. Java: DefaultRequestProcessor, ClientRequestProcessor.
void add_broker_handlers(net::Router& router, NamesrvCore& core);     // 103 104 322 904 901
void add_route_handlers(net::Router& router, NamesrvCore& core);      // 105 106
void add_topic_handlers(net::Router& router, NamesrvCore& core);      // 205 206 216 217 224 304 327
void add_kv_config_handlers(net::Router& router, NamesrvCore& core);  // 100-102 219
inline void add_namesrv_handlers(net::Router& router, NamesrvCore& core) {
  add_broker_handlers(router, core);
  add_route_handlers(router, core);
  add_topic_handlers(router, core);
  add_kv_config_handlers(router, core);
}

}  // namespace rocketmq::namesrv
