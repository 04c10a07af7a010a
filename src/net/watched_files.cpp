#include "net/watched_files.h"

#include <fstream>
#include <iterator>
#include <utility>

#include "net/wait.h"

namespace rocketmq::net {

WatchedFiles::WatchedFiles(Loop& loop, std::vector<std::string> paths, Duration interval,
                           std::function<void()> on_changed)
    : loop_(loop),
      paths_(std::move(paths)),
      interval_(interval),
      on_changed_(std::move(on_changed)),
      seen_(content()),
      looking_(look_again_and_again()) {
  looking_.start();
}

Task<> WatchedFiles::look_again_and_again() {
  while (true) {
    co_await sleep_for(loop_, interval_);
    const std::size_t now = content();
    if (std::exchange(seen_, now) != now) on_changed_();
  }
}

// Not the files' times: they say nothing when a link is turned to another file.
std::size_t WatchedFiles::content() const {
  std::string all;
  for (const std::string& path : paths_) {
    if (path.empty()) continue;
    std::ifstream file(path, std::ios::binary);
    all += file ? '+' : '-';
    all.append(std::istreambuf_iterator<char>(file), {});
    all += '\0';
  }
  return std::hash<std::string>()(all);
}

}  // namespace rocketmq::net
