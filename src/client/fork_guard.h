#pragma once

namespace rocketmq::client {

// Tells a child process, after fork(), that what it was handed belongs to its parent: the child has
// none of the threads, and locks may be held for ever. Any thread; costs a memory access where the
// system can clear a page in the child (Linux 4.14), a system call elsewhere.
class ForkGuard {
 public:
  ForkGuard();
  ~ForkGuard();
  ForkGuard(const ForkGuard&) = delete;
  ForkGuard& operator=(const ForkGuard&) = delete;

  bool is_child() const { return page_ != nullptr ? *page_ == 0 : is_other_process(); }

 private:
  bool is_other_process() const;

  const volatile char* const page_;  // 1 here, 0 in a child; nullptr where that cannot be had
  const long creator_;
};

}  // namespace rocketmq::client
