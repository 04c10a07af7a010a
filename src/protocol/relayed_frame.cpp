#include "protocol/relayed_frame.h"

#include <charconv>
#include <cstring>

#include "protocol/bytes.h"

namespace rocketmq::protocol {
namespace {

constexpr std::size_t length_words = 8;

// As the header writes it.
class OpaqueText {
 public:
  OpaqueText(std::int32_t opaque, HeaderCodec codec) {
    if (codec == HeaderCodec::rocketmq) {
      store_big(text_, opaque);
      size_ = sizeof opaque;
    } else {
      char* const end = std::to_chars(text_, text_ + sizeof text_, opaque).ptr;
      size_ = static_cast<std::size_t>(end - text_);
    }
  }
  std::string_view view() const { return {text_, size_}; }

 private:
  char text_[11];
  std::size_t size_;
};

}  // namespace

std::string_view header_of(std::span<const char> content, const CommandLimits& limits) {
  if (content.size() < 4) return {};
  const std::size_t bytes = load_big<std::uint32_t>(content.data()) & 0xFFFFFFu;
  if (bytes > content.size() - 4 || bytes > limits.header_bytes_max) return {};
  return {content.data() + 4, bytes};
}

bool append_relayed(Buffer& out, const Command& command, std::string_view header,
                    std::int32_t opaque) {
  const Command::Place place = command.opaque_place;
  if (header.empty() || place.bytes == 0) return false;
  const OpaqueText id(opaque, command.codec);
  const std::size_t header_bytes = header.size() - place.bytes + id.view().size();
  const std::size_t bytes = length_words + header_bytes + command.body.size();
  char* const words = out.room(bytes);
  store_big(words, static_cast<std::int32_t>(bytes - 4));
  store_big(words + 4, static_cast<std::uint32_t>(header_bytes) |
                           static_cast<std::uint32_t>(command.codec) << 24);
  out.commit(length_words);
  out.append(header.substr(0, place.at));
  out.append(id.view());
  out.append(header.substr(place.at + place.bytes));
  out.append(command.body);
  return true;
}

}  // namespace rocketmq::protocol
