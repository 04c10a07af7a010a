#include "client/fork_guard.h"

#include <sys/mman.h>
#include <unistd.h>

#include <cstddef>
#include <cstdint>

namespace rocketmq::client {
namespace {

std::size_t page_bytes() { return static_cast<std::size_t>(sysconf(_SC_PAGESIZE)); }

const volatile char* make_page() {
#ifdef MADV_WIPEONFORK
  void* const page =
      mmap(nullptr, page_bytes(), PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (page == MAP_FAILED) return nullptr;
  if (madvise(page, page_bytes(), MADV_WIPEONFORK) == 0) {
    auto* const mark = static_cast<char*>(page);
    *mark = 1;
    return mark;
  }
  munmap(page, page_bytes());
#endif
  return nullptr;
}

}  // namespace

ForkGuard::ForkGuard() : page_(make_page()), creator_(getpid()) {}

ForkGuard::~ForkGuard() {
  if (page_ != nullptr) munmap(const_cast<char*>(page_), page_bytes());
}

bool ForkGuard::is_other_process() const { return getpid() != creator_; }

}  // namespace rocketmq::client
