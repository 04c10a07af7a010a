#pragma once

#include <rocketmq/result.h>
#include <rocketmq/statistics.h>

#include <chrono>
#include <memory>
#include <utility>
#include <vector>

namespace rocketmq::client {

// What a Client asks of the handles it has made: of their Impl, which it knows weakly. From any
// thread.
class Handle {
 public:
  // As the public close(), which says in the error what was unfinished; a second call returns at
  // once.
  virtual Result<void> close_handle(std::chrono::milliseconds deadline) = 0;
  virtual HandleStatistics handle_statistics() = 0;

 protected:
  ~Handle() = default;
};

// Closes them all at the same time, each within the deadline. With `here`, where the caller may not
// be waited for by others (a callback), one after the other on this thread. The error has the words
// of all that failed.
Result<void> close_handles(const std::vector<std::shared_ptr<Handle>>& handles,
                           std::chrono::milliseconds deadline, bool here);

// In a child process a handle can neither be closed nor taken apart: what it needs is its parent's.
// It stays where it is, for ever.
template <class Pointer>
void leave_behind(Pointer& handle) {
  static_cast<void>(new Pointer(std::move(handle)));
}

}  // namespace rocketmq::client
