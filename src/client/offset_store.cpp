#include "client/offset_store.h"

#include <algorithm>

#include "protocol/requests/offset.h"

namespace rocketmq::client {

using namespace std::chrono_literals;

namespace {

constexpr net::Duration read_timeout = 5s;  // Java: RemoteBrokerOffsetStore

Error about(const MessageQueue& queue, Error error) {
  error.message = str(to_string(queue), ": ", error.message);
  return error;
}

protocol::UpdateConsumerOffset update(const std::string& group, const MessageQueue& queue,
                                      std::int64_t offset) {
  return {.consumer_group = group,
          .topic = queue.topic,
          .queue_id = queue.queue_id,
          .commit_offset = offset,
          .broker_name = queue.broker_name};
}

}  // namespace

template <class Req>
net::Task<Result<net::Answer<typename Req::Response>>> OffsetStore::call(std::string broker_name,
                                                                         Req request,
                                                                         net::Duration timeout) {
  const auto broker = core_.routes().table().address_to_read(broker_name, master_id, false);
  if (!broker) {
    co_return Error{Errc::not_connected, str("broker ", broker_name, " has no known address")};
  }
  co_return co_await core_.pool().call(broker->address, request, {}, timeout);
}

net::Task<Result<std::int64_t>> OffsetStore::start_offset(MessageQueue queue, StartAt start_at) {
  const auto stored = co_await call(queue.broker_name,
                                    protocol::QueryConsumerOffset{.consumer_group = group_,
                                                                  .topic = queue.topic,
                                                                  .queue_id = queue.queue_id,
                                                                  .broker_name = queue.broker_name},
                                    read_timeout);
  if (stored && stored->header.offset >= 0) co_return stored->header.offset;
  if (!stored && stored.error().code != ResponseCode::query_not_found) {
    co_return about(queue, stored.error());
  }
  const bool is_retry_queue = queue.topic.starts_with(retry_topic_prefix);
  if (is_retry_queue || start_at == StartAt::earliest) co_return co_await first_offset(queue);
  co_return co_await end_offset(queue);
}

net::Task<Result<std::int64_t>> OffsetStore::first_offset(MessageQueue queue) {
  const auto first = co_await call(
      queue.broker_name,
      protocol::GetMinOffset{
          .topic = queue.topic, .queue_id = queue.queue_id, .broker_name = queue.broker_name},
      read_timeout);
  if (!first) co_return about(queue, first.error());
  // Negative where the broker has no such queue yet.
  co_return std::max<std::int64_t>(first->header.offset, 0);
}

net::Task<Result<std::int64_t>> OffsetStore::end_offset(MessageQueue queue) {
  const auto end = co_await call(
      queue.broker_name,
      protocol::GetMaxOffset{
          .topic = queue.topic, .queue_id = queue.queue_id, .broker_name = queue.broker_name},
      read_timeout);
  if (!end) co_return about(queue, end.error());
  co_return std::max<std::int64_t>(end->header.offset, 0);
}

void OffsetStore::save_soon(const MessageQueue& queue, std::int64_t offset) {
  const auto sent = sent_.find(queue);
  if (sent != sent_.end() && sent->second == offset) return;
  const auto broker = core_.routes().table().address_to_read(queue.broker_name, master_id, false);
  if (!broker) return;
  // Without a connection there is nothing to wait for: the pull loop is making one.
  net::Channel* const channel = core_.pool().find(broker->address);
  if (channel == nullptr || !channel->oneway(update(group_, queue, offset))) return;
  sent_[queue] = offset;
}

net::Task<Result<void>> OffsetStore::save(MessageQueue queue, std::int64_t offset,
                                          net::Duration timeout) {
  const auto saved = co_await call(queue.broker_name, update(group_, queue, offset), timeout);
  if (!saved) {
    doubt(queue);
    co_return about(queue, saved.error());
  }
  sent_[queue] = offset;
  co_return Result<void>{};
}

struct OffsetStore::SaveRound {
  std::size_t left = 0;
  std::vector<MessageQueue> failed;
  net::Event done;
};

net::Task<std::vector<MessageQueue>> OffsetStore::save_all(std::vector<QueueOffset> offsets,
                                                           net::Duration timeout) {
  if (offsets.empty()) co_return std::vector<MessageQueue>{};
  // Shared, because those who save may outlive who asked for it.
  auto round = std::make_shared<SaveRound>();
  round->left = offsets.size();
  for (QueueOffset& offset : offsets) tasks_.start(save_one(round, std::move(offset), timeout));
  co_await round->done.wait();
  co_return std::move(round->failed);
}

net::Task<> OffsetStore::save_one(std::shared_ptr<SaveRound> round, QueueOffset offset,
                                  net::Duration timeout) {
  const auto saved = co_await save(offset.queue, offset.offset, timeout);
  if (!saved) {
    core_.log().warn(str("storing offset ", offset.offset, " of ", to_string(saved.error())));
    round->failed.push_back(std::move(offset.queue));
  }
  if (--round->left == 0) round->done.set();
}

}  // namespace rocketmq::client
