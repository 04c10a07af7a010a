#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <vector>

#include "net/loop.h"
#include "net/task.h"

namespace rocketmq::net {

// Looks at files again and again, and says when what is in any of them has changed, or one has come
// or gone. Belongs to the loop, which reads the files: they are small, and it is rare.
class WatchedFiles {
 public:
  // Paths that are empty are left out.
  WatchedFiles(Loop& loop, std::vector<std::string> paths, Duration interval,
               std::function<void()> on_changed);

 private:
  Task<> look_again_and_again();
  std::size_t content() const;

  Loop& loop_;
  const std::vector<std::string> paths_;
  const Duration interval_;
  const std::function<void()> on_changed_;
  std::size_t seen_;  // the content last looked at
  Task<> looking_;
};

}  // namespace rocketmq::net
