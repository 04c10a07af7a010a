#include "client/local_offset_store.h"

#include <utility>

#include "client/queue_offsets.h"

namespace rocketmq::client {

Result<void> LocalOffsetStore::load() {
  auto offsets = file_.load();
  if (!offsets) return std::move(offsets).error();
  offsets_ = *std::move(offsets);
  return {};
}

net::Task<Result<std::int64_t>> LocalOffsetStore::start_offset(MessageQueue queue,
                                                               StartAt start_at) {
  const auto stored = offsets_.find(queue);
  if (stored != offsets_.end() && stored->second >= 0) co_return stored->second;
  co_return co_await offset_at(core_, std::move(queue), start_at);
}

void LocalOffsetStore::save_soon(const MessageQueue& queue, std::int64_t offset) {
  const auto [entry, is_new] = offsets_.try_emplace(queue, offset);
  if (!is_new && std::exchange(entry->second, offset) == offset) return;
  // The offsets of all queues come in one turn, and go into the file together.
  write_timer_ = core_.loop().after(net::Duration::zero(), [this] {
    if (auto written = write(); !written) core_.log().warn(written.error().message);
  });
}

Result<void> LocalOffsetStore::write() {
  write_timer_.reset();
  return file_.save(offsets_);
}

net::Task<Result<void>> LocalOffsetStore::save(MessageQueue queue, std::int64_t offset,
                                               net::Duration) {
  offsets_[queue] = offset;
  co_return write();
}

net::Task<SaveReport> LocalOffsetStore::save_all(std::vector<QueueOffset> offsets, net::Duration) {
  for (const QueueOffset& each : offsets) offsets_[each.queue] = each.offset;
  SaveReport report;
  if (offsets.empty()) co_return report;
  report.result = write();
  if (!report.result) {
    core_.log().warn(report.result.error().message);
    for (QueueOffset& each : offsets) report.failed.push_back(std::move(each.queue));
  }
  co_return report;
}

}  // namespace rocketmq::client
