#include "protocol/json_text.h"

#include <gtest/gtest.h>

#include <string>

namespace rocketmq::protocol {
namespace {

// What is escaped, and what stands before and behind it, at every place in stretches and words.
TEST(JsonText, escapes_wherever_it_has_to) {
  for (std::size_t size = 0; size < 1100; size += size < 70 ? 1 : 171) {
    for (std::size_t at = 0; at <= size; at += size < 70 ? 1 : 37) {
      std::string text(size, 'x');
      std::string expected = text;
      if (at < size) {
        text[at] = '\1';
        expected = std::string(at, 'x') + "\\u0001" + std::string(size - at - 1, 'x');
      }
      Buffer out;
      append_escaped(out, text);
      ASSERT_EQ(out.view(), expected) << size << ' ' << at;
    }
  }
  Buffer all;
  append_escaped(all, std::string(1000, '"'));
  ASSERT_EQ(all.size(), 2000u);
}

}  // namespace
}  // namespace rocketmq::protocol
