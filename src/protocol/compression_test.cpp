#include "protocol/compression.h"

#include <gtest/gtest.h>

#include "protocol/message_codec.h"

namespace rocketmq::protocol {
namespace {

constexpr Compression all_types[] = {Compression::zlib, Compression::lz4, Compression::zstd};

std::string from_hex(std::string_view hex) {
  std::string bytes;
  for (std::size_t i = 0; i < hex.size(); i += 2) {
    bytes += static_cast<char>(std::stoi(std::string(hex.substr(i, 2)), nullptr, 16));
  }
  return bytes;
}

std::string noise(std::size_t size) {
  std::string text(size, '\0');
  std::uint32_t state = 7;
  for (char& c : text) c = static_cast<char>((state = state * 1664525 + 1013904223) >> 24);
  return text;
}

TEST(Compression, unpacks_what_stock_packs) {
  const std::string plain(64, 'a');
  EXPECT_EQ(decompress(Compression::zlib, from_hex("785e4b4ca40c0000148d1841"), 64).value(), plain);
  EXPECT_EQ(decompress(Compression::lz4,
                       from_hex("04224d186070730b0000001f6101002750616161616100000000"), 64)
                .value(),
            plain);
  EXPECT_EQ(decompress(Compression::zstd, from_hex("28b52ffd00584400001061610100930016010000"), 64)
                .value(),
            plain);
}

TEST(Compression, packs_with_the_headers_stock_writes) {
  const std::string plain(64, 'a');
  EXPECT_EQ(compress(Compression::zlib, plain)->substr(0, 2), "\x78\x5e");
  EXPECT_EQ(compress(Compression::lz4, plain)->substr(0, 5), "\x04\x22\x4d\x18\x60");
}

TEST(Compression, brings_back_every_size) {
  for (const Compression type : all_types) {
    for (const std::size_t size : {0UL, 1UL, 255UL, 4096UL, 5'000'000UL}) {
      for (const std::string& plain : {std::string(size, 'x'), noise(size)}) {
        const auto packed = compress(type, plain);
        ASSERT_TRUE(packed);
        EXPECT_TRUE(decompress(type, *packed, size + 1).value() == plain);
        EXPECT_TRUE(decompress(type, *packed, size).value() == plain) << "exactly the limit";
      }
    }
  }
}

TEST(Compression, stops_a_bomb_at_the_limit) {
  const std::string plain(64 << 20, '\0');
  for (const Compression type : all_types) {
    const std::string bomb = compress(type, plain).value();
    EXPECT_EQ(decompress(type, bomb, 1 << 20).error().code, Errc::too_large);
    EXPECT_EQ(decompress(type, bomb, 0).error().code, Errc::too_large);
  }
}

TEST(Compression, refuses_what_is_cut_short) {
  const std::string plain = noise(600) + std::string(600, 'x');
  for (const Compression type : all_types) {
    const std::string packed = compress(type, plain).value();
    for (std::size_t size = 0; size < packed.size(); ++size) {
      const auto result = decompress(type, std::string_view(packed).substr(0, size), 1 << 20);
      ASSERT_FALSE(result) << size;
      EXPECT_EQ(result.error().code, Errc::bad_message);
    }
  }
}

TEST(Compression, refuses_noise) {
  for (const Compression type : all_types) {
    EXPECT_EQ(decompress(type, noise(5000), 1 << 20).error().code, Errc::bad_message);
  }
}

TEST(Compression, is_named_by_three_bits_of_the_sys_flag) {
  for (const Compression type : all_types) {
    EXPECT_EQ(compression_of(compression_sys_flag(type)).value(), type);
    EXPECT_TRUE(compression_sys_flag(type) & sys_flag::compressed);
  }
  EXPECT_EQ(compression_of(sys_flag::compressed).value(), Compression::zlib) << "before types";
  EXPECT_EQ(compression_of(0x301).value(), Compression::zlib);
  EXPECT_EQ(compression_of(0x401).error().code, Errc::unsupported);
  EXPECT_EQ(compression_of(0x701).error().code, Errc::unsupported);
}

TEST(Compression, refuses_a_level_that_zlib_does_not_have) {
  EXPECT_EQ(compress(Compression::zlib, "x", 13).error().code, Errc::invalid_argument);
}

}  // namespace
}  // namespace rocketmq::protocol
