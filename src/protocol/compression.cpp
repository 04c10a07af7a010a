#include "protocol/compression.h"

#include <libdeflate.h>
#include <lz4frame.h>
#include <zstd.h>
#include <zstd_errors.h>

#include <algorithm>
#include <memory>

#include "protocol/message_codec.h"
#include "protocol/str.h"

namespace rocketmq::protocol {
namespace {

constexpr std::int32_t type_bits(Compression type) {
  switch (type) {
    case Compression::lz4:
      return 0x100;
    case Compression::zstd:
      return 0x200;
    case Compression::zlib:
      break;
  }
  return 0x300;
}

Error damaged(std::string_view what) { return {Errc::bad_message, str("damaged ", what, " body")}; }

enum class Unpacked { all, needs_more_room, damaged };

// Packed sizes do not tell plain sizes, and what a header claims is not trusted. So: guess, and
// grow by four whenever the output proves to be longer, up to the limit. Only data that really
// unpacks to that size makes us allocate it. Repeating costs at most a third more.
template <class Unpack>
Result<std::string> unpack_growing(std::string_view what, std::size_t packed_size,
                                   std::size_t size_max, Unpack&& unpack) {
  std::string plain;
  std::size_t room = std::min(std::max<std::size_t>(packed_size * 4, 256), size_max);
  for (;;) {
    plain.resize(room);
    std::size_t size = 0;
    switch (unpack(plain, size)) {
      case Unpacked::all:
        plain.resize(size);
        return plain;
      case Unpacked::damaged:
        return damaged(what);
      case Unpacked::needs_more_room:
        break;
    }
    if (room >= size_max) {
      return Error{Errc::too_large, str(what, " body unpacks to more than ", size_max, " bytes")};
    }
    room = room > size_max / 4 ? size_max : room * 4;
  }
}

struct FreeDeflate {
  void operator()(libdeflate_compressor* c) const { libdeflate_free_compressor(c); }
  void operator()(libdeflate_decompressor* d) const { libdeflate_free_decompressor(d); }
};

Result<std::string> zlib_pack(std::string_view plain, int level) {
  const std::unique_ptr<libdeflate_compressor, FreeDeflate> packer(
      libdeflate_alloc_compressor(level));
  if (!packer) return Error{Errc::invalid_argument, str("zlib level ", level)};
  std::string packed(libdeflate_zlib_compress_bound(packer.get(), plain.size()), '\0');
  packed.resize(libdeflate_zlib_compress(packer.get(), plain.data(), plain.size(), packed.data(),
                                         packed.size()));
  return packed;
}

Result<std::string> zlib_unpack(std::string_view packed, std::size_t size_max) {
  const std::unique_ptr<libdeflate_decompressor, FreeDeflate> unpacker(
      libdeflate_alloc_decompressor());
  if (!unpacker) return Error{Errc::overloaded, "no memory to unpack zlib"};
  return unpack_growing(
      "zlib", packed.size(), size_max, [&](std::string& plain, std::size_t& size) {
        // The _ex form does not mind bytes behind the stream; neither does Java's
        // InflaterInputStream.
        std::size_t used = 0;
        switch (libdeflate_zlib_decompress_ex(unpacker.get(), packed.data(), packed.size(),
                                              plain.data(), plain.size(), &used, &size)) {
          case LIBDEFLATE_SUCCESS:
            return Unpacked::all;
          case LIBDEFLATE_INSUFFICIENT_SPACE:
            return Unpacked::needs_more_room;
          default:
            return Unpacked::damaged;
        }
      });
}

Result<std::string> lz4_pack(std::string_view plain) {
  LZ4F_preferences_t preferences{};
  preferences.frameInfo.blockSizeID = LZ4F_max4MB;  // as Java's LZ4FrameOutputStream
  preferences.frameInfo.blockMode = LZ4F_blockIndependent;
  std::string packed(LZ4F_compressFrameBound(plain.size(), &preferences), '\0');
  const std::size_t size =
      LZ4F_compressFrame(packed.data(), packed.size(), plain.data(), plain.size(), &preferences);
  if (LZ4F_isError(size)) return Error{Errc::overloaded, str("lz4: ", LZ4F_getErrorName(size))};
  packed.resize(size);
  return packed;
}

struct FreeLz4 {
  void operator()(LZ4F_dctx* context) const { LZ4F_freeDecompressionContext(context); }
};

Result<std::string> lz4_unpack(std::string_view packed, std::size_t size_max) {
  LZ4F_dctx* raw = nullptr;
  const std::size_t created = LZ4F_createDecompressionContext(&raw, LZ4F_VERSION);
  const std::unique_ptr<LZ4F_dctx, FreeLz4> context(raw);
  if (LZ4F_isError(created)) return Error{Errc::overloaded, "no memory to unpack lz4"};

  // The library goes on where it stopped, so growing repeats nothing.
  std::size_t read = 0;
  std::size_t written = 0;
  return unpack_growing("lz4", packed.size(), size_max, [&](std::string& plain, std::size_t& size) {
    for (;;) {
      std::size_t out = plain.size() - written;
      std::size_t in = packed.size() - read;
      const std::size_t hint = LZ4F_decompress(context.get(), plain.data() + written, &out,
                                               packed.data() + read, &in, nullptr);
      if (LZ4F_isError(hint)) return Unpacked::damaged;
      read += in;
      written += out;
      size = written;
      if (hint == 0) return Unpacked::all;
      if (in > 0 || out > 0) continue;
      return written == plain.size() ? Unpacked::needs_more_room : Unpacked::damaged;
    }
  });
}

Result<std::string> zstd_pack(std::string_view plain, int level) {
  std::string packed(ZSTD_compressBound(plain.size()), '\0');
  const std::size_t size =
      ZSTD_compress(packed.data(), packed.size(), plain.data(), plain.size(), level);
  if (ZSTD_isError(size)) return Error{Errc::overloaded, str("zstd: ", ZSTD_getErrorName(size))};
  packed.resize(size);
  return packed;
}

Result<std::string> zstd_unpack(std::string_view packed, std::size_t size_max) {
  return unpack_growing(
      "zstd", packed.size(), size_max, [&](std::string& plain, std::size_t& size) {
        // One call for the whole frame needs no window buffer, whatever window its header asks for.
        size = ZSTD_decompress(plain.data(), plain.size(), packed.data(), packed.size());
        if (!ZSTD_isError(size)) return Unpacked::all;
        return ZSTD_getErrorCode(size) == ZSTD_error_dstSize_tooSmall ? Unpacked::needs_more_room
                                                                      : Unpacked::damaged;
      });
}

}  // namespace

std::int32_t compression_sys_flag(Compression type) {
  return sys_flag::compressed | type_bits(type);
}

Result<Compression> compression_of(std::int32_t sys_flag) {
  const std::int32_t bits = sys_flag & sys_flag::compression_mask;
  if (bits == 0) return Compression::zlib;
  for (const Compression type : {Compression::zlib, Compression::lz4, Compression::zstd}) {
    if (bits == type_bits(type)) return type;
  }
  return Error{Errc::unsupported, str("compression type ", bits >> 8)};
}

Result<std::string> compress(Compression type, std::string_view plain, int level) {
  switch (type) {
    case Compression::lz4:
      return lz4_pack(plain);
    case Compression::zstd:
      return zstd_pack(plain, level);
    case Compression::zlib:
      break;
  }
  return zlib_pack(plain, level);
}

Result<std::string> decompress(Compression type, std::string_view packed, std::size_t size_max) {
  if (packed.empty()) return damaged("empty");  // zstd would call it zero frames
  switch (type) {
    case Compression::lz4:
      return lz4_unpack(packed, size_max);
    case Compression::zstd:
      return zstd_unpack(packed, size_max);
    case Compression::zlib:
      break;
  }
  return zlib_unpack(packed, size_max);
}

}  // namespace rocketmq::protocol
