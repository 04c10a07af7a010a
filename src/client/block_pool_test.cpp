#include "client/block_pool.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <cstring>
#include <thread>
#include <vector>

namespace rocketmq::client {
namespace {

TEST(BlockPool, gives_again_what_was_given_back) {
  BlockPool pool;
  void* const first = pool.take(5000);
  void* const second = pool.take(5000);
  EXPECT_NE(first, second);
  BlockPool::give(first);
  BlockPool::give(second);
  EXPECT_EQ(pool.take(4800), second) << "the last one, to one of its size class";
  EXPECT_EQ(pool.take(5100), first);
  BlockPool::give(first);
  BlockPool::give(second);
}

TEST(BlockPool, gives_no_smaller_block) {
  BlockPool pool;
  void* const small = pool.take(1000);
  BlockPool::give(small);
  void* const large = pool.take(1024);
  std::memset(large, 1, 1024);
  EXPECT_NE(large, small);
  BlockPool::give(large);
}

TEST(BlockPool, aligns_for_any_object) {
  BlockPool pool;
  for (const std::size_t bytes : {1, 1023, 1024, 20'000}) {
    void* const block = pool.take(bytes);
    EXPECT_EQ(reinterpret_cast<std::uintptr_t>(block) % alignof(std::max_align_t), 0u);
    std::memset(block, 1, bytes);
    BlockPool::give(block);
  }
}

TEST(BlockPool, keeps_no_more_than_it_may) {
  BlockPool pool(2 * 1024);
  std::vector<void*> blocks;
  for (int i = 0; i < 3; ++i) blocks.push_back(pool.take(10));
  for (void* const block : blocks) BlockPool::give(block);  // the third goes back to the system
  EXPECT_EQ(pool.take(10), blocks[1]);
  EXPECT_EQ(pool.take(10), blocks[0]);
  BlockPool::give(blocks[0]);
  BlockPool::give(blocks[1]);
}

TEST(BlockPool, frees_what_is_of_no_pool) {
  void* const block = BlockPool::take_unpooled(100);
  std::memset(block, 1, 100);
  BlockPool::give(block);
}

TEST(BlockPool, is_for_any_thread) {
  BlockPool pool;
  const auto work = [&pool](std::uint8_t mark) {
    std::vector<std::uint8_t*> blocks;
    for (int round = 0; round < 500; ++round) {
      for (std::size_t bytes = 100; bytes < 20'000; bytes += 2'000) {
        blocks.push_back(static_cast<std::uint8_t*>(pool.take(bytes)));
        blocks.back()[0] = blocks.back()[bytes - 1] = mark;
      }
      for (std::uint8_t* const block : blocks) {
        EXPECT_EQ(block[0], mark);  // nobody else has it
        BlockPool::give(block);
      }
      blocks.clear();
    }
  };
  std::thread other(work, std::uint8_t{1});
  work(2);
  other.join();
}

}  // namespace
}  // namespace rocketmq::client
