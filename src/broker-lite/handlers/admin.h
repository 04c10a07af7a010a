#pragma once

#include <rocketmq/result.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "broker-lite/core.h"
#include "net/router.h"
#include "protocol/json_body.h"

// What the handlers of admins' requests share. Java: AdminBrokerProcessor.

namespace rocketmq::broker {

template <class Options>
class LiveSettings;

class DelayService;
class TimerService;
class TransactionService;

// What tools may look into beside the Core.
struct AdminServices {
  const DelayService& delays;
  const TimerService& timers;
  TransactionService& transactions;
  LiveSettings<BrokerOptions>& settings;
};

void add_topic_admin_handlers(net::Router& router, Core& core);    // 17 18 21 202 215 305 351
void add_group_admin_handlers(net::Router& router, Core& core);    // 200 201 207 225 352 353
void add_client_admin_handlers(net::Router& router, Core& core);   // 203 204 328 345
void add_consume_stats_handlers(net::Router& router, Core& core);  // 208 300 303 308 317 343
void add_relay_handlers(net::Router& router, Core& core);          // 307 309
void add_offset_admin_handlers(net::Router& router, Core& core);   // 222 223 314
void add_queue_entries_handlers(net::Router& router, Core& core);  // 321
void add_statistics_handlers(net::Router& router, Core& core);     // 315
void add_broker_admin_handlers(net::Router& router, Core& core,
                               const AdminServices& services);  // 28 907
void add_broker_config_handlers(net::Router& router, Core& core,
                                LiveSettings<BrokerOptions>& settings);  // 25 26

class RequestModes;
void add_assignment_handlers(net::Router& router, Core& core, RequestModes& modes,
                             SaveChanges save);  // 400 401 402

// Answers a change: once it is on disk, and every reachable name server knows of it. So a tool that
// asks for the route right after the answer finds the topic.
template <class Req>
void reply_when_settled(Core& core, net::Call<Req> call, std::string body = {}) {
  // std::function wants what it holds to be copyable.
  auto responder = std::make_shared<net::Responder>(std::move(call).take_responder());
  core.when_settled([responder, body = std::move(body)](const Result<void>& settled) {
    settled ? responder->reply(typename Req::Response{}, body) : responder->fail(settled.error());
  });
}

// One page of a long table. Stock since 5.4: tools ask for up to 2000 entries from number `first`
// on, as long as the table's version is the one they began with; otherwise they begin again. Who
// asks for no page gets everything.
inline constexpr std::int32_t page_entries_max = 2000;  // Java: splitMetadataSize

template <class Value>
void keep_page(std::map<std::string, Value>& table, std::int32_t first,
               std::optional<std::int32_t> entries_max, std::string_view callers_version,
               const protocol::DataVersion& version) {
  if (!entries_max) return;
  const auto same = protocol::from_json<protocol::DataVersion>(callers_version, "data version");
  const std::int32_t begin = same && *same == version ? std::max(0, first) : 0;
  const std::int32_t count = std::clamp(*entries_max, 0, page_entries_max);
  const auto size = static_cast<std::int32_t>(table.size());
  const auto from = std::next(table.begin(), std::min(begin, size));
  table.erase(table.begin(), from);
  const auto left = static_cast<std::int32_t>(table.size());
  table.erase(std::next(table.begin(), std::min(count, left)), table.end());
}

}  // namespace rocketmq::broker
