#pragma once

#include <rocketmq/message.h>
#include <rocketmq/subscription.h>

#include <cstdint>
#include <string>

#include "client/core.h"

// What brokers say about the offsets of a queue. On the loop; `core` outlives the tasks. An offset
// is asked of the master, or where that is not known, of any other of its brokers. Errors name the
// queue.

namespace rocketmq::client {

// Of the first message there is, and of the next one to come.
net::Task<Result<std::int64_t>> min_offset(Client::Core& core, MessageQueue queue);
net::Task<Result<std::int64_t>> max_offset(Client::Core& core, MessageQueue queue);
// Where `where` is at this moment.
net::Task<Result<std::int64_t>> offset_at(Client::Core& core, MessageQueue queue, StartAt where);

enum class YoungQueue {
  from_start,  // where the group has stored nothing, a broker may give 0 for a queue that is young
  as_it_is,    // query_not_found wherever nothing is stored (5.x brokers)
};
// What the group has stored. Errors: query_not_found when that is nothing.
net::Task<Result<std::int64_t>> stored_offset(Client::Core& core, std::string group,
                                              MessageQueue queue, YoungQueue young);

// One request to a copy of a queue's broker that can be reached, the master first.
template <class Req>
net::Task<Result<net::Answer<typename Req::Response>>> ask_any_copy(Client::Core& core,
                                                                    MessageQueue queue, Req request,
                                                                    net::Duration timeout) {
  const auto broker = core.routes().table().address_to_read(queue.broker_name, master_id, false);
  Error error{Errc::not_connected, str("broker ", queue.broker_name, " has no known address")};
  if (broker) {
    auto answer = co_await core.pool().call(broker->address, request, {}, timeout);
    if (answer) co_return answer;
    error = std::move(answer).error();
  }
  error.message = str(to_string(queue), ": ", error.message);
  co_return error;
}

}  // namespace rocketmq::client
