#include "client/queue_offsets.h"

#include <algorithm>

#include "protocol/requests/offset.h"

namespace rocketmq::client {
namespace {

template <class Req>
net::Task<Result<std::int64_t>> ask(Client::Core& core, MessageQueue queue, Req request) {
  request.topic = queue.topic;
  request.queue_id = queue.queue_id;
  request.broker_name = queue.broker_name;
  const auto answer = co_await ask_any_copy(core, queue, request, core.options().request_timeout);
  if (!answer) co_return answer.error();
  co_return answer->header.offset;
}

// A broker that has no such queue yet answers with a negative number.
net::Task<Result<std::int64_t>> at_least_zero(net::Task<Result<std::int64_t>> asking) {
  auto offset = co_await std::move(asking);
  if (offset) *offset = std::max<std::int64_t>(*offset, 0);
  co_return offset;
}

}  // namespace

net::Task<Result<std::int64_t>> min_offset(Client::Core& core, MessageQueue queue) {
  return at_least_zero(ask(core, std::move(queue), protocol::GetMinOffset{}));
}

net::Task<Result<std::int64_t>> max_offset(Client::Core& core, MessageQueue queue) {
  return at_least_zero(ask(core, std::move(queue), protocol::GetMaxOffset{}));
}

net::Task<Result<std::int64_t>> offset_at(Client::Core& core, MessageQueue queue, StartAt where) {
  switch (where.kind()) {
    case StartAt::Kind::earliest:
      return min_offset(core, std::move(queue));
    case StartAt::Kind::latest:
      return max_offset(core, std::move(queue));
    case StartAt::Kind::time:
      break;
  }
  return at_least_zero(
      ask(core, std::move(queue),
          protocol::SearchOffsetByTimestamp{.timestamp = where.when().time_since_epoch().count()}));
}

net::Task<Result<std::int64_t>> stored_offset(Client::Core& core, std::string group,
                                              MessageQueue queue, YoungQueue young) {
  protocol::QueryConsumerOffset request{.consumer_group = group};
  if (young == YoungQueue::as_it_is) request.set_zero_if_not_found = false;
  const std::string name = to_string(queue);
  auto offset = co_await ask(core, std::move(queue), request);
  if (offset && *offset < 0) co_return Error{ResponseCode::query_not_found, name};
  co_return offset;
}

}  // namespace rocketmq::client
