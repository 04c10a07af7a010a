#include "client/queue_reader.h"

#include <algorithm>
#include <utility>

#include "client/pull_consumer_options.h"
#include "client/queue_offsets.h"

namespace rocketmq::client {

QueueReader::QueueReader(Client::Core& core, const PullConsumerOptions& options)
    : core_(core),
      options_(pull_options(options)),
      messages_max_(options.messages_max),
      commits_by_itself_(options.auto_commit),
      commit_interval_(options.auto_commit_interval),
      offsets_(core, options.group),
      surroundings_{.is_full = [this] { return fetched() > messages_max_; },
                    .on_changed = [this] { changed_.set(); }},
      next_commit_(core.loop().now() + commit_interval_) {}

// ---- which queues

void QueueReader::add(const MessageQueue& queue, const protocol::SubscriptionData& subscription) {
  if (is_stopped_ || fetchers_.contains(queue)) return;
  fetchers_.emplace(queue, std::make_unique<Fetcher>(core_, options_, subscription, offsets_, queue,
                                                     surroundings_));
}

net::Task<> QueueReader::drop(std::vector<MessageQueue> queues) {
  std::vector<QueueOffset> done = offsets_done(false);
  std::erase_if(done, [&queues](const QueueOffset& each) {
    return std::find(queues.begin(), queues.end(), each.queue) == queues.end();
  });
  for (const MessageQueue& queue : queues) {
    fetchers_.erase(queue);
    if (last_given_ && last_given_->queue == queue) last_given_.reset();
  }
  co_await offsets_.save_all(std::move(done), core_.options().request_timeout);
}

std::vector<MessageQueue> QueueReader::queues() const {
  std::vector<MessageQueue> all;
  for (const auto& [queue, fetcher] : fetchers_) all.push_back(queue);
  return all;
}

std::set<MessageQueue> QueueReader::queues_of(const std::string& topic) const {
  std::set<MessageQueue> all;
  for (const auto& [queue, fetcher] : fetchers_) {
    if (queue.topic == topic) all.insert(queue);
  }
  return all;
}

bool QueueReader::knows_positions() const {
  return std::all_of(fetchers_.begin(), fetchers_.end(),
                     [](const auto& each) { return each.second->position().has_value(); });
}

Fetcher* QueueReader::find(const MessageQueue& queue) const {
  const auto found = fetchers_.find(queue);
  return found == fetchers_.end() ? nullptr : found->second.get();
}

Result<void> QueueReader::check_ours(const MessageQueue& queue) const {
  if (is_stopped_) return Error{Errc::client_closed, "the consumer was closed"};
  if (find(queue) != nullptr) return {};
  return Error{Errc::invalid_argument, str(to_string(queue), " is not a queue of this consumer")};
}

// ---- polling

net::Task<Result<QueueReader::Messages>> QueueReader::poll(net::Duration timeout) {
  last_given_.reset();  // who asks for more is done with it
  auto_commit();
  const net::TimePoint end = core_.loop().now() + timeout;
  for (;;) {
    if (is_stopped_) co_return Error{Errc::client_closed, "the consumer was closed"};
    if (Messages messages = take_next(); !messages.empty()) co_return messages;
    if (core_.loop().now() >= end) break;
    co_await wait_for_change(end);
  }
  if (auto refused = refusal()) co_return *std::move(refused);
  co_return Messages{};
}

net::Task<> QueueReader::wait_for_change(net::TimePoint until) {
  const net::Duration left = until - core_.loop().now();
  static_cast<void>(co_await net::with_timeout(core_.loop(), left, changed()));
}

net::Task<Result<void>> QueueReader::changed() {
  changed_.reset();
  co_await changed_.wait();
  co_return Result<void>{};
}

// Queues take turns, so that a busy one does not starve the others.
QueueReader::Messages QueueReader::take_next() {
  auto next = fetchers_.upper_bound(last_polled_);
  for (std::size_t tried = 0; tried < fetchers_.size(); ++tried, ++next) {
    if (next == fetchers_.end()) next = fetchers_.begin();
    Fetcher& fetcher = *next->second;
    const auto from = fetcher.position();
    const bool was_full = fetched() > messages_max_;
    Messages messages = fetcher.take(static_cast<std::size_t>(options_.batch_size));
    if (messages.empty()) continue;
    given_ += messages.size();
    last_polled_ = fetcher.queue();
    last_given_ = {fetcher.queue(), *from};
    if (was_full) {
      for (const auto& [queue, each] : fetchers_) each->go_on();
    }
    return messages;
  }
  return {};
}

std::optional<Error> QueueReader::refusal() const {
  for (const auto& [queue, fetcher] : fetchers_) {
    auto refused = fetcher->is_paused() ? std::nullopt : fetcher->refusal();
    if (!refused) continue;
    refused->message = str(to_string(queue), ": ", refused->message);
    return refused;
  }
  return std::nullopt;
}

std::size_t QueueReader::fetched() const {
  std::size_t count = 0;
  for (const auto& [queue, fetcher] : fetchers_) count += fetcher->size();
  return count;
}

void QueueReader::pause(const std::vector<MessageQueue>& queues) {
  for (const MessageQueue& queue : queues) {
    if (Fetcher* const fetcher = find(queue)) fetcher->pause();
  }
}

void QueueReader::resume(const std::vector<MessageQueue>& queues) {
  for (const MessageQueue& queue : queues) {
    if (Fetcher* const fetcher = find(queue)) fetcher->resume();
  }
  changed_.set();
}

// ---- positions

net::Task<Result<void>> QueueReader::know_broker(std::string topic) {
  const auto route = co_await core_.routes().get(std::move(topic));
  if (!route) co_return route.error();
  co_return Result<void>{};
}

net::Task<Result<std::int64_t>> QueueReader::offset_at(MessageQueue queue, StartAt where) {
  if (auto known = co_await know_broker(queue.topic); !known) co_return std::move(known).error();
  co_return co_await client::offset_at(core_, queue, where);
}

net::Task<Result<std::int64_t>> QueueReader::position(MessageQueue queue) {
  const net::TimePoint end = core_.loop().now() + core_.options().request_timeout;
  for (;;) {
    if (auto ours = check_ours(queue); !ours) co_return std::move(ours).error();
    if (const auto known = find(queue)->position()) co_return *known;
    if (core_.loop().now() >= end) break;
    co_await wait_for_change(end);
  }
  co_return Error{Errc::timeout, str(to_string(queue), ": it is not known where to begin")};
}

net::Task<Result<void>> QueueReader::seek(MessageQueue queue, std::int64_t offset) {
  if (auto ours = check_ours(queue); !ours) co_return ours;
  const auto min = co_await offset_at(queue, StartAt::earliest);
  if (!min) co_return min.error();
  const auto max = co_await offset_at(queue, StartAt::latest);
  if (!max) co_return max.error();
  if (offset < *min || offset > *max) {
    co_return Error{Errc::invalid_argument,
                    str(to_string(queue), " has offsets ", *min, " to ", *max, ", not ", offset)};
  }
  if (auto ours = check_ours(queue); !ours) co_return ours;
  move(*find(queue), offset);
  co_return Result<void>{};
}

net::Task<Result<void>> QueueReader::seek(MessageQueue queue, StartAt where) {
  if (auto ours = check_ours(queue); !ours) co_return ours;
  const auto offset = co_await offset_at(queue, where);
  if (!offset) co_return offset.error();
  if (auto ours = check_ours(queue); !ours) co_return ours;
  move(*find(queue), *offset);
  co_return Result<void>{};
}

// All or none: first it is found out where to go.
net::Task<Result<void>> QueueReader::seek(StartAt where) {
  std::vector<QueueOffset> targets;
  for (const MessageQueue& queue : queues()) {
    const auto offset = co_await offset_at(queue, where);
    if (!offset) co_return offset.error();
    targets.push_back({queue, *offset});
  }
  if (is_stopped_) co_return Error{Errc::client_closed, "the consumer was closed"};
  for (const QueueOffset& target : targets) {
    if (Fetcher* const fetcher = find(target.queue)) move(*fetcher, target.offset);
  }
  co_return Result<void>{};
}

void QueueReader::move(Fetcher& fetcher, std::int64_t offset) {
  if (last_given_ && last_given_->queue == fetcher.queue()) last_given_.reset();
  fetcher.seek(offset);
  changed_.set();
}

// ---- what is stored of them

std::vector<QueueOffset> QueueReader::offsets_done(bool last_too) const {
  std::vector<QueueOffset> done;
  if (!commits_by_itself_) return done;
  for (const auto& [queue, fetcher] : fetchers_) {
    const auto position = fetcher->position();
    if (!position) continue;
    const bool is_at_work = !last_too && last_given_ && last_given_->queue == queue;
    done.push_back({queue, is_at_work ? last_given_->from : *position});
  }
  return done;
}

void QueueReader::auto_commit() {
  const net::TimePoint now = core_.loop().now();
  if (!commits_by_itself_ || now < next_commit_) return;
  next_commit_ = now + commit_interval_;
  for (const QueueOffset& each : offsets_done(true)) offsets_.save_soon(each.queue, each.offset);
}

net::Task<Result<void>> QueueReader::commit() {
  if (is_stopped_) co_return Error{Errc::client_closed, "the consumer was closed"};
  last_given_.reset();
  std::vector<QueueOffset> positions;
  for (const auto& [queue, fetcher] : fetchers_) {
    if (const auto position = fetcher->position()) positions.push_back({queue, *position});
  }
  const SaveReport report =
      co_await offsets_.save_all(std::move(positions), core_.options().request_timeout);
  co_return report.result;
}

net::Task<Result<void>> QueueReader::commit(MessageQueue queue, std::int64_t offset) {
  if (is_stopped_) co_return Error{Errc::client_closed, "the consumer was closed"};
  if (offset < 0) co_return Error{Errc::invalid_argument, str("offset ", offset, " is negative")};
  if (auto known = co_await know_broker(queue.topic); !known) co_return known;
  co_return co_await offsets_.save(std::move(queue), offset, core_.options().request_timeout);
}

net::Task<Result<std::int64_t>> QueueReader::committed(MessageQueue queue) {
  if (auto known = co_await know_broker(queue.topic); !known) co_return std::move(known).error();
  co_return co_await stored_offset(core_, options_.group, std::move(queue), YoungQueue::as_it_is);
}

// ---- the end

void QueueReader::stop() {
  if (std::exchange(is_stopped_, true)) return;
  for (const auto& [queue, fetcher] : fetchers_) fetcher->stop();
  changed_.set();
}

}  // namespace rocketmq::client
