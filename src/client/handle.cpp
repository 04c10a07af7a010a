#include "client/handle.h"

#include <algorithm>
#include <atomic>
#include <optional>
#include <thread>

#include "protocol/str.h"

namespace rocketmq::client {
namespace {

// More handles than this take turns.
constexpr std::size_t threads_max = 32;

using SteadyClock = std::chrono::steady_clock;

std::chrono::milliseconds left_until(SteadyClock::time_point end) {
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(end - SteadyClock::now());
  return std::max(left, std::chrono::milliseconds::zero());
}

}  // namespace

Result<void> close_handles(const std::vector<std::shared_ptr<Handle>>& handles,
                           std::chrono::milliseconds deadline, bool here) {
  const auto end = SteadyClock::now() + deadline;
  std::vector<Result<void>> results(handles.size());
  std::atomic<std::size_t> next = 0;
  const auto close_some = [&] {
    for (std::size_t i = next++; i < handles.size(); i = next++) {
      results[i] = handles[i]->close_handle(left_until(end));
    }
  };
  std::vector<std::thread> threads;
  const std::size_t count = here ? 1 : std::min(handles.size(), threads_max);
  for (std::size_t i = 1; i < count; ++i) threads.emplace_back(close_some);
  close_some();
  for (std::thread& thread : threads) thread.join();

  std::optional<Error> sum;
  for (const Result<void>& result : results) {
    if (result) continue;
    if (!sum) {
      sum = result.error();
    } else {
      sum->message += str("; ", result.error().message);
    }
  }
  if (sum) return *std::move(sum);
  return {};
}

}  // namespace rocketmq::client
