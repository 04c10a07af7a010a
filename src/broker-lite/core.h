#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "broker-lite/metrics/message_metrics.h"
#include "broker-lite/metrics/pop_metrics.h"
#include "broker-lite/options.h"
#include "broker-lite/services/detour.h"
#include "broker-lite/state/clients.h"
#include "broker-lite/state/groups.h"
#include "broker-lite/state/offsets.h"
#include "broker-lite/state/queue_locks.h"
#include "broker-lite/state/sql_filters.h"
#include "broker-lite/state/store_times.h"
#include "broker-lite/state/topics.h"
#include "broker-lite/state/traffic.h"
#include "broker-lite/store/message_store.h"
#include "net/loop.h"
#include "protocol/bodies/route_data.h"
#include "protocol/host.h"

namespace rocketmq::broker {

// Puts on disk what was changed, and calls `done` then, or with the error that kept it from there.
using SaveChanges = std::function<void(std::function<void(const Result<void>&)> done)>;

// What the handlers of a broker share. Broker owns it, builds it before the first request and keeps
// it until after the last; everything in it belongs to the broker's loop.
struct Core {
  net::Loop& loop;
  BrokerOptions options;  // changed by broker_config.cpp alone: see live_options.h
  MessageStore& store;
  Topics& topics;
  Groups& groups;
  Offsets& offsets;
  Clients& clients;
  QueueLocks& queue_locks;
  const Detours& detours;
  SqlFilters& sql_filters;
  Traffic traffic{};
  StoreTimes store_times{};
  MessageMetrics message_metrics{};
  PopMetrics pop_metrics{};

  // The address in routes, records and message ids. Java: brokerIP1 and listenPort.
  protocol::Host store_host;
  std::string address;  // the same as text

  // To be called after a change, by whoever made it: saves the table and, for a topic, registers it
  // with the name servers.
  std::function<void(std::string_view topic)> topic_changed;
  std::function<void(std::string_view topic)> topic_removed;
  std::function<void()> groups_changed;
  // Passes changed options on to those who keep a copy, saves them and calls `done`.
  SaveChanges options_changed;

  // Writes what was put into the store in this turn, and answers its senders, now instead of at the
  // end of the turn. An error: none of it is stored.
  std::function<Result<void>()> commit_messages;

  // Asks a name server for the route of a topic, within a few seconds. topic_not_exist: there is
  // none; any other error: no name server has answered.
  std::function<void(std::string topic,
                     std::function<void(const Result<protocol::TopicRouteData>&)> done)>
      find_route;

  // Calls `done` once the changes made so far are on disk and registered, or with the error that
  // kept them from the disk: what the answer to an admin waits for.
  std::function<void(std::function<void(const Result<void>&)> done)> when_settled;
};

}  // namespace rocketmq::broker
