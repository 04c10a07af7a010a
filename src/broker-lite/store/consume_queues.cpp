#include "broker-lite/store/consume_queues.h"

#include <algorithm>
#include <cassert>
#include <charconv>
#include <limits>
#include <optional>
#include <utility>

#include "protocol/str.h"

namespace rocketmq::broker {
namespace {

const std::string folder = "consumequeue";
constexpr std::size_t queues_looked_at_max = 256;  // some milliseconds, where entries are read
constexpr std::size_t topics_woken_max = 32;
constexpr std::int64_t none = std::numeric_limits<std::int64_t>::max();

std::optional<std::int32_t> parse_queue_id(std::string_view name) {
  std::int32_t id = 0;
  const auto parsed = std::from_chars(name.data(), name.data() + name.size(), id);
  if (parsed.ec != std::errc() || id < 0 || std::to_string(id) != name) return std::nullopt;
  return id;
}

// Java: MessageStoreConfig.getMappedFileSizeConsumeQueue.
std::int64_t rounded_up(std::int64_t file_size) {
  constexpr std::int64_t unit = QueueEntry::encoded_size;
  return (file_size + unit - 1) / unit * unit;
}

// A topic may be deleted while its files are being synced: that is no failure.
bool is_there(Directory& directory, const std::string& path) {
  const auto exists = directory.exists(path);
  return !exists || *exists;
}

}  // namespace

bool is_topic_name(std::string_view name) {
  if (name.empty() || name.size() > 255) return false;
  return std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           c == '-' || c == '%' || c == '|';
  });
}

ConsumeQueues::ConsumeQueues(Directory& directory, const StoreOptions& options)
    : directory_(directory),
      files_(directory, static_cast<std::size_t>(options.open_files_max)),
      file_size_(rounded_up(options.mapped_file_size_consume_queue)),
      buffer_bytes_(static_cast<std::size_t>(options.consume_queue_buffer_bytes /
                                             QueueEntry::encoded_size * QueueEntry::encoded_size)),
      recovered_end_(none),
      written_from_(none),
      syncing_from_(none) {}

Result<void> ConsumeQueues::load(std::int64_t log_min) {
  log_min_ = log_min;
  auto topics = directory_.list(folder);
  if (!topics) return std::move(topics).error();
  for (const DirectoryEntry& topic : *topics) {
    if (topic.is_directory && is_topic_name(topic.name)) sleeping_.insert(topic.name);
  }
  return {};
}

Result<void> ConsumeQueues::load_all() {
  std::vector<std::string> topics(sleeping_.begin(), sleeping_.end());
  std::ranges::sort(topics);
  for (const std::string& topic : topics) {
    if (auto loaded = wake(topic); !loaded) return loaded;
  }
  return {};
}

Result<void> ConsumeQueues::wake(std::string_view topic) {
  const auto sleeping = sleeping_.find(topic);
  if (sleeping == sleeping_.end()) return {};
  const std::string name = *sleeping;
  auto queues = directory_.list(folder + '/' + name);
  if (!queues) return std::move(queues).error();
  for (const DirectoryEntry& queue : *queues) {
    const auto id = parse_queue_id(queue.name);
    if (!queue.is_directory || !id) continue;
    if (auto loaded = load_queue(name, *id); !loaded) {
      std::erase_if(all_, [&](const ConsumeQueue* one) { return one->topic() == name; });
      topics_.erase(name);
      return loaded;
    }
  }
  sleeping_.erase(name);
  return {};
}

Result<void> ConsumeQueues::load_queue(const std::string& topic, std::int32_t queue_id) {
  ConsumeQueue& queue = find_or_create(topic, queue_id);
  if (auto loaded = queue.load(log_min_); !loaded) return loaded;
  if (queue.last_position() < recovered_end_) return {};
  return queue.drop_from_position(recovered_end_, ConsumeQueue::Zero::always);
}

ConsumeQueue* ConsumeQueues::find(std::string_view topic, std::int32_t queue_id) const {
  // To load what is on disk changes nothing that could be told from outside.
  if (!const_cast<ConsumeQueues*>(this)->load_topic(topic)) return nullptr;
  ConsumeQueue* queue = find_loaded(topic, queue_id);
  // Where its entries cannot be read the first offset stays; to read a message from there says so.
  if (queue != nullptr) (void)queue->follow_log(log_min_);
  return queue;
}

ConsumeQueue* ConsumeQueues::find_loaded(std::string_view topic, std::int32_t queue_id) const {
  const auto found = topics_.find(topic);
  if (found == topics_.end() || queue_id < 0) return nullptr;
  const auto& queues = found->second->queues;
  const auto index = static_cast<std::size_t>(queue_id);
  if (index < queues.size() && queues[index]->queue_id() == queue_id) return queues[index].get();
  const auto at =
      std::lower_bound(queues.begin(), queues.end(), queue_id,
                       [](const auto& q, std::int32_t id) { return q->queue_id() < id; });
  return at != queues.end() && (*at)->queue_id() == queue_id ? at->get() : nullptr;
}

ConsumeQueue& ConsumeQueues::find_or_create(std::string_view topic, std::int32_t queue_id) {
  assert(is_topic_name(topic) && queue_id >= 0);
  if (ConsumeQueue* queue = find_loaded(topic, queue_id)) return *queue;
  auto& entry = topics_[std::string(topic)];
  if (!entry) entry = std::make_unique<Topic>(Topic{std::string(topic), {}});
  auto& queues = entry->queues;
  const auto at =
      std::lower_bound(queues.begin(), queues.end(), queue_id,
                       [](const auto& q, std::int32_t id) { return q->queue_id() < id; });
  const auto made = queues.insert(
      at,
      std::make_unique<ConsumeQueue>(files_, file_size_, entry->name, queue_id, next_number_++));
  all_.push_back(made->get());
  return **made;
}

Result<void> ConsumeQueues::remove_topic(std::string_view topic) {
  if (auto loaded = load_topic(topic); !loaded) return loaded;
  const auto found = topics_.find(topic);
  if (found == topics_.end()) return {};
  std::vector<ConsumeQueue*> queues;
  for (const auto& queue : found->second->queues) queues.push_back(queue.get());
  return remove_queues(std::move(queues));
}

Result<void> ConsumeQueues::remove_expired(std::span<const std::string> topics) {
  std::vector<ConsumeQueue*> expired;
  for (const std::string& topic : topics) {
    if (auto loaded = load_topic(topic); !loaded) return loaded;
    const auto found = topics_.find(topic);
    if (found == topics_.end()) continue;
    for (const auto& queue : found->second->queues) {
      const bool is_expired = queue->last_position() >= 0 && queue->last_position() < log_min_ &&
                              queue->next_offset == queue->max_offset();  // nothing on its way
      if (is_expired) expired.push_back(queue.get());
    }
  }
  return expired.empty() ? Result<void>() : remove_queues(std::move(expired));
}

// With their files, and topics that have no other.
Result<void> ConsumeQueues::remove_queues(std::vector<ConsumeQueue*> queues) {
  for (ConsumeQueue* queue : queues) {
    if (auto removed = queue->restart_at(0); !removed) return removed;
  }
  std::ranges::sort(queues);
  const auto is_gone = [&](const ConsumeQueue* queue) {
    return std::ranges::binary_search(queues, queue);
  };
  std::erase_if(waiting_, [&](const Waiting& waiting) { return is_gone(waiting.queue); });
  std::erase_if(written_lately_, is_gone);
  std::erase_if(all_, is_gone);
  old_files_from_ = 0;  // others have moved up

  std::set<std::string> topics;
  for (const ConsumeQueue* queue : queues) topics.insert(queue->topic());
  for (const std::string& name : topics) {
    auto& left = topics_.find(name)->second->queues;
    std::erase_if(left, [&](const auto& queue) { return is_gone(queue.get()); });
    if (!left.empty()) continue;
    topics_.erase(name);
    if (auto removed = directory_.remove_all(folder + '/' + name); !removed) return removed;
  }
  return {};
}

std::vector<std::string> ConsumeQueues::topics() const {
  std::vector<std::string> names(sleeping_.begin(), sleeping_.end());
  for (const auto& [name, topic] : topics_) names.push_back(name);
  return names;
}

void ConsumeQueues::log_begins_at(std::int64_t log_min) {
  log_min_ = log_min;
  old_files_from_ = 0;
}

Result<bool> ConsumeQueues::remove_old_files(std::size_t files_max) {
  std::size_t topics_woken = 0;
  for (std::size_t looked_at = 0;; ++old_files_from_) {
    while (old_files_from_ >= all_.size()) {
      if (sleeping_.empty()) return false;
      if (++topics_woken > topics_woken_max) return true;
      if (auto loaded = wake(std::string(*sleeping_.begin())); !loaded) {
        return std::move(loaded).error();
      }
    }
    ConsumeQueue& queue = *all_[old_files_from_];
    if (!queue.has_many_files()) continue;
    if (++looked_at > queues_looked_at_max) return true;
    if (auto followed = queue.follow_log(log_min_); !followed) return std::move(followed).error();
    const auto removed = queue.remove_old_files(files_max);
    if (!removed) return removed.error();
    files_max -= *removed;
    if (files_max == 0) return true;
  }
}

void ConsumeQueues::append(ConsumeQueue& queue, const QueueEntry& entry) {
  queue.append(entry);
  mark_unwritten(queue, entry.log_position());
  // A failure leaves the tail as it is, to be tried again by write().
  if (queue.tail_bytes() % buffer_bytes_ == 0) (void)write_queue(queue);
}

void ConsumeQueues::mark_unwritten(ConsumeQueue& queue, std::int64_t position) {
  if (queue.unwritten_from >= 0) return;
  queue.unwritten_from = position;
  waiting_.push_back({&queue, position});
}

Result<void> ConsumeQueues::write_queue(ConsumeQueue& queue) {
  if (auto written = queue.write_out(written_files_); !written) return written;
  written_from_ = std::min(written_from_, queue.unwritten_from);
  queue.unwritten_from = -1;
  written_lately_.push_back(&queue);
  return {};
}

Result<void> ConsumeQueues::write(std::int64_t before, std::size_t queues_max) {
  while (queues_max > 0 && !waiting_.empty() && waiting_.front().position < before) {
    const Waiting waiting = waiting_.front();
    if (waiting.queue->unwritten_from == waiting.position) {
      if (auto written = write_queue(*waiting.queue); !written) return written;
      --queues_max;
    }
    waiting_.pop_front();
  }
  return {};
}

Result<void> ConsumeQueues::write_all() { return write(none, none); }

void ConsumeQueues::discard_tails() {
  for (const Waiting& waiting : waiting_) waiting.queue->discard_tail();
  waiting_.clear();
}

void ConsumeQueues::release_idle() {
  for (ConsumeQueue* queue : written_lately_) queue->release_memory();
  written_lately_.clear();
}

std::int64_t ConsumeQueues::written_to(std::int64_t end) const {
  while (!waiting_.empty() && waiting_.front().queue->unwritten_from != waiting_.front().position) {
    waiting_.pop_front();
  }
  return waiting_.empty() ? end : waiting_.front().position;
}

std::int64_t ConsumeQueues::synced_to(std::int64_t end) const {
  return std::min({written_to(end), written_from_, syncing_from_});
}

std::vector<std::string> ConsumeQueues::begin_sync() {
  assert(syncing_from_ == none);
  syncing_from_ = std::exchange(written_from_, none);
  syncing_files_.assign(written_files_.begin(), written_files_.end());
  written_files_.clear();
  return syncing_files_;
}

void ConsumeQueues::end_sync() {
  syncing_from_ = none;
  syncing_files_.clear();
}

std::vector<std::string> ConsumeQueues::unsynced_files() const {
  std::vector<std::string> files = syncing_files_;
  files.insert(files.end(), written_files_.begin(), written_files_.end());
  return files;
}

Result<void> ConsumeQueues::sync(Directory& directory, const std::vector<std::string>& paths) {
  std::set<std::string> folders;
  for (const std::string& path : paths) {
    if (path.back() == '/') {  // a queue's folder, made lately: so may be its topic's
      const std::string queue = path.substr(0, path.size() - 1);
      folders.insert({queue, queue.substr(0, queue.rfind('/')), folder});
      continue;
    }
    auto file = directory.open(path, OpenMode::existing);
    auto synced = file ? (*file)->sync() : Result<void>(std::move(file).error());
    if (!synced && is_there(directory, path)) return synced;
  }
  for (const std::string& path : folders) {
    auto synced = directory.sync(path);
    if (!synced && is_there(directory, path)) return synced;
  }
  return {};
}

}  // namespace rocketmq::broker
