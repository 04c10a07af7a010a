#include "broker-lite/store/open_files.h"

namespace rocketmq::broker {

std::shared_ptr<File> OpenFiles::find(const Key& key) {
  const auto found = by_key_.find(key);
  if (found == by_key_.end()) return nullptr;
  by_use_.splice(by_use_.begin(), by_use_, found->second);
  return found->second->second;
}

void OpenFiles::keep(const Key& key, std::shared_ptr<File> file) {
  by_use_.emplace_front(key, std::move(file));
  by_key_[key] = by_use_.begin();
  if (by_use_.size() <= files_max_) return;
  by_key_.erase(by_use_.back().first);
  by_use_.pop_back();
}

void OpenFiles::forget(std::uint64_t queue) {
  for (auto node = by_use_.begin(); node != by_use_.end();) {
    if (node->first.queue == queue) {
      by_key_.erase(node->first);
      node = by_use_.erase(node);
    } else {
      ++node;
    }
  }
}

}  // namespace rocketmq::broker
