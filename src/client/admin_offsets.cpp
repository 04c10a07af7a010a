#include <chrono>

#include "client/admin_calls.h"
#include "protocol/requests/assignment.h"
#include "protocol/requests/client_push.h"
#include "protocol/requests/group_admin.h"
#include "protocol/requests/offset.h"

namespace rocketmq {
namespace {

using client::AdminCalls;
using client::MasterBroker;
using OffsetsByQueue = std::map<MessageQueue, std::int64_t>;

// As INVOKE_BROKER_TO_RESET_OFFSET has it: a time, negative for the end of the queue.
std::int64_t reset_timestamp(StartAt where) {
  if (where.kind() == StartAt::Kind::latest) return -1;
  if (where.kind() == StartAt::Kind::earliest) return 0;
  return where.when().time_since_epoch().count();
}

net::Task<Result<OffsetsByQueue>> reset_offsets(AdminCalls& calls, std::string group,
                                                std::string topic, StartAt where, bool force) {
  const auto masters = co_await calls.masters_of_topic(topic);
  if (!masters) co_return masters.error();
  OffsetsByQueue offsets;
  for (const MasterBroker& master : *masters) {
    protocol::InvokeBrokerToResetOffset request;
    request.topic = topic;
    request.group = group;
    request.queue_id = -1;
    request.timestamp = reset_timestamp(where);
    request.is_force = force;
    const auto body = co_await calls.ask_body(master.address, request);
    if (!body) co_return body.error();
    for (const auto& [queue, offset] : body->offset_table) {
      offsets[{queue.topic, queue.broker_name, queue.queue_id}] = offset;
    }
  }
  co_return offsets;
}

net::Task<Result<void>> set_offset(AdminCalls& calls, std::string group, MessageQueue queue,
                                   std::int64_t offset) {
  if (offset < 0) co_return Error{Errc::invalid_argument, str("offset ", offset, " is negative")};
  const auto address = co_await calls.address_of(queue.broker_name);
  if (!address) co_return address.error();
  const auto done = co_await calls.ask(
      *address, protocol::UpdateConsumerOffset{.consumer_group = group,
                                               .topic = queue.topic,
                                               .queue_id = queue.queue_id,
                                               .commit_offset = offset,
                                               .broker_name = queue.broker_name});
  if (!done) co_return done.error();
  co_return Result<void>();
}

net::Task<Result<OffsetsByQueue>> reset_offline(AdminCalls& calls, std::string group,
                                                std::string topic, StartAt where) {
  const auto route = co_await calls.core().ask_for_route(topic);
  if (!route) co_return route.error();
  OffsetsByQueue offsets;
  for (const MessageQueue& queue : client::make_route(topic, *route).subscribe_queues) {
    auto offset = co_await client::offset_at(calls, queue, where);
    if (!offset) {
      Error error = std::move(offset).error();
      error.outcome = Outcome::not_sent;  // it was only a question
      co_return error;
    }
    if (auto done = co_await set_offset(calls, group, queue, *offset); !done) {
      co_return std::move(done).error();
    }
    offsets[queue] = *offset;
  }
  co_return offsets;
}

net::Task<Result<void>> clone_offsets(AdminCalls& calls, std::string from_group,
                                      std::string to_group, std::string topic) {
  const auto masters = co_await calls.masters_of_topic(topic);
  if (!masters) co_return masters.error();
  std::vector<std::string> addresses;
  for (const MasterBroker& master : *masters) addresses.push_back(master.address);
  co_return co_await calls.tell(
      std::move(addresses),
      protocol::CloneGroupOffset{
          .src_group = from_group, .dest_group = to_group, .topic = topic, .offline = true});
}

net::Task<Result<bool>> group_readable(AdminCalls& calls, std::string group, std::string topic,
                                       std::optional<bool> readable) {
  const auto masters = co_await calls.masters_of_topic(topic);
  if (!masters) co_return masters.error();
  bool is_readable = true;
  for (const MasterBroker& master : *masters) {
    const auto said = co_await calls.ask_body(
        master.address,
        protocol::UpdateAndGetGroupForbidden{.group = group, .topic = topic, .readable = readable});
    if (!said) co_return said.error();
    is_readable = is_readable && said->readable.value_or(true);
  }
  co_return is_readable;
}

net::Task<Result<void>> set_message_request_mode(AdminCalls& calls, std::string group,
                                                 std::string topic, bool pop, int share) {
  const auto masters = co_await calls.masters_of_topic(topic);
  if (!masters) co_return masters.error();
  std::vector<std::string> addresses;
  for (const MasterBroker& master : *masters) addresses.push_back(master.address);
  const std::string body = protocol::to_json(protocol::SetMessageRequestModeRequestBody{
      .consumer_group = group,
      .mode = pop ? protocol::MessageRequestMode::pop : protocol::MessageRequestMode::pull,
      .pop_share_queue_num = share,
      .topic = topic});
  co_return co_await calls.tell(std::move(addresses), protocol::SetMessageRequestMode{}, body);
}

}  // namespace

net::Task<Result<std::int64_t>> client::offset_at(AdminCalls& calls, MessageQueue queue,
                                                  StartAt where) {
  const auto address = co_await calls.address_of(queue.broker_name);
  if (!address) co_return address.error();
  const auto offset_of = [](const auto& answer) -> Result<std::int64_t> {
    if (!answer) return answer.error();
    return answer->header.offset;
  };
  if (where.kind() == StartAt::Kind::earliest) {
    co_return offset_of(co_await calls.ask(
        *address, protocol::GetMinOffset{.topic = queue.topic, .queue_id = queue.queue_id}));
  }
  if (where.kind() == StartAt::Kind::latest) {
    co_return offset_of(co_await calls.ask(
        *address, protocol::GetMaxOffset{.topic = queue.topic, .queue_id = queue.queue_id}));
  }
  co_return offset_of(co_await calls.ask(
      *address,
      protocol::SearchOffsetByTimestamp{.topic = queue.topic,
                                        .queue_id = queue.queue_id,
                                        .timestamp = where.when().time_since_epoch().count()}));
}

Result<OffsetsByQueue> Admin::reset_offsets(const std::string& group, const std::string& topic,
                                            StartAt where, bool force) {
  return impl_->run<OffsetsByQueue>([&](AdminCalls& calls) {
    return rocketmq::reset_offsets(calls, group, topic, where, force);
  });
}

Result<OffsetsByQueue> Admin::reset_offline(const std::string& group, const std::string& topic,
                                            StartAt where) {
  return impl_->run<OffsetsByQueue>(
      [&](AdminCalls& calls) { return rocketmq::reset_offline(calls, group, topic, where); });
}

Result<void> Admin::set_offset(const std::string& group, const MessageQueue& queue,
                               std::int64_t offset) {
  return impl_->run<void>(
      [&](AdminCalls& calls) { return rocketmq::set_offset(calls, group, queue, offset); });
}

Result<void> Admin::clone_offsets(const std::string& from_group, const std::string& to_group,
                                  const std::string& topic) {
  return impl_->run<void>([&](AdminCalls& calls) {
    return rocketmq::clone_offsets(calls, from_group, to_group, topic);
  });
}

Result<bool> Admin::group_readable(const std::string& group, const std::string& topic,
                                   std::optional<bool> readable) {
  return impl_->run<bool>(
      [&](AdminCalls& calls) { return rocketmq::group_readable(calls, group, topic, readable); });
}

Result<void> Admin::set_message_request_mode(const std::string& group, const std::string& topic,
                                             bool pop, int pop_share_queues) {
  return impl_->run<void>([&](AdminCalls& calls) {
    return rocketmq::set_message_request_mode(calls, group, topic, pop, pop_share_queues);
  });
}

Result<std::int64_t> Admin::offset_at(const MessageQueue& queue, StartAt where) {
  return impl_->run<std::int64_t>(
      [&](AdminCalls& calls) { return client::offset_at(calls, queue, where); });
}

}  // namespace rocketmq
