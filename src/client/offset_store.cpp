#include "client/offset_store.h"

#include "client/queue_offsets.h"
#include "protocol/denial.h"
#include "protocol/requests/offset.h"

namespace rocketmq::client {

namespace {

protocol::UpdateConsumerOffset update(const std::string& group, const MessageQueue& queue,
                                      std::int64_t offset) {
  return {.consumer_group = group,
          .topic = queue.topic,
          .queue_id = queue.queue_id,
          .commit_offset = offset,
          .broker_name = queue.broker_name};
}

}  // namespace

net::Task<Result<std::int64_t>> RemoteOffsetStore::start_offset(MessageQueue queue,
                                                                StartAt start_at) {
  auto stored = co_await stored_offset(core_, group_, queue, YoungQueue::from_start);
  if (stored || stored.error().code != ResponseCode::query_not_found) co_return stored;
  if (queue.topic.starts_with(retry_topic_prefix)) start_at = StartAt::earliest;
  auto begin = co_await offset_at(core_, std::move(queue), start_at);
  // Who may consume may not always ask that. Java does not ask: the broker moves whoever pulls
  // below the first message there is.
  const bool is_earliest = start_at.kind() == StartAt::Kind::earliest;
  if (!begin && is_earliest && protocol::is_denial(begin.error())) co_return 0;
  co_return begin;
}

void RemoteOffsetStore::save_soon(const MessageQueue& queue, std::int64_t offset) {
  const auto sent = sent_.find(queue);
  if (sent != sent_.end() && sent->second == offset) return;
  const auto broker = core_.routes().table().address_to_read(queue.broker_name, master_id, false);
  if (!broker) return;
  // Without a connection there is nothing to wait for: the pull loop is making one.
  net::Channel* const channel = core_.pool().find(broker->address);
  if (channel == nullptr || !channel->oneway(update(group_, queue, offset))) return;
  sent_[queue] = offset;
}

net::Task<Result<void>> RemoteOffsetStore::save(MessageQueue queue, std::int64_t offset,
                                                net::Duration timeout) {
  const auto saved = co_await ask_any_copy(core_, queue, update(group_, queue, offset), timeout);
  if (!saved) {
    doubt(queue);
    co_return saved.error();
  }
  sent_[queue] = offset;
  co_return Result<void>{};
}

struct RemoteOffsetStore::SaveRound {
  std::size_t left = 0;
  SaveReport report;
  net::Event done;
};

net::Task<SaveReport> RemoteOffsetStore::save_all(std::vector<QueueOffset> offsets,
                                                  net::Duration timeout) {
  if (offsets.empty()) co_return SaveReport{};
  // Shared, because those who save may outlive who asked for it.
  auto round = std::make_shared<SaveRound>();
  round->left = offsets.size();
  for (QueueOffset& offset : offsets) tasks_.start(save_one(round, std::move(offset), timeout));
  co_await round->done.wait();
  co_return std::move(round->report);
}

net::Task<> RemoteOffsetStore::save_one(std::shared_ptr<SaveRound> round, QueueOffset offset,
                                        net::Duration timeout) {
  const auto saved = co_await save(offset.queue, offset.offset, timeout);
  if (!saved) {
    core_.log().warn(str("storing offset ", offset.offset, " of ", to_string(saved.error())));
    if (round->report.result) round->report.result = saved;
    round->report.failed.push_back(std::move(offset.queue));
  }
  if (--round->left == 0) round->done.set();
}

}  // namespace rocketmq::client
