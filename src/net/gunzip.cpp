#include "net/gunzip.h"

#include <zlib.h>

namespace rocketmq::net {

struct Gunzip::State {
  z_stream stream{};
  bool is_usable = false;
  bool is_whole = false;
};

namespace {
constexpr int gzip_only = 15 + 16;  // zlib.h, inflateInit2
}

Gunzip::Gunzip() : state_(std::make_unique<State>()) {
  state_->is_usable = inflateInit2(&state_->stream, gzip_only) == Z_OK;
}

Gunzip::~Gunzip() {
  if (state_->is_usable) inflateEnd(&state_->stream);
}

Result<std::string> Gunzip::read(std::string_view& packed) {
  if (!state_->is_usable) return Error{Errc::bad_message, "no memory to unpack gzip"};
  if (state_->is_whole) {
    if (packed.empty()) return std::string();
    return Error{Errc::bad_message, "something follows the end of the gzip stream"};
  }
  z_stream& stream = state_->stream;
  std::string plain(piece_bytes_max, '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(packed.data()));
  stream.avail_in = static_cast<uInt>(packed.size());
  stream.next_out = reinterpret_cast<Bytef*>(plain.data());
  stream.avail_out = static_cast<uInt>(plain.size());
  const int done = inflate(&stream, Z_NO_FLUSH);
  packed.remove_prefix(packed.size() - stream.avail_in);
  plain.resize(plain.size() - stream.avail_out);
  if (done == Z_STREAM_END) {
    state_->is_whole = true;
  } else if (done != Z_OK && done != Z_BUF_ERROR) {
    return Error{Errc::bad_message, "the body is no gzip stream"};
  }
  return plain;
}

bool Gunzip::is_whole() const { return state_->is_whole; }

}  // namespace rocketmq::net
