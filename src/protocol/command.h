#pragma once

#include <rocketmq/request_code.h>
#include <rocketmq/result.h>

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "protocol/buffer.h"

namespace rocketmq::protocol {

// How the header of one frame is written. Each side chooses for what it sends; a reader must take
// both at any time. Java: SerializeType.
enum class HeaderCodec : std::uint8_t { json = 0, rocketmq = 1 };

// Java: LanguageCode. The enumerator's value is the byte of the binary header.
enum class Language : std::uint8_t {
  java,
  cpp,
  dotnet,
  python,
  delphi,
  erlang,
  ruby,
  other,
  http,
  go,
  php,
  oms,
  rust,
  node_js,
};
std::string_view to_string(Language language);
std::optional<Language> language_from(std::string_view name);

// Java: MQVersion ordinals, from 4.0.0 on 213 + 200·(major − 4) + 20·minor + 2·patch.
constexpr std::int32_t version_ordinal(int major, int minor, int patch) {
  return 213 + 200 * (major - 4) + 20 * minor + 2 * patch;
}
// What we say we are: the revision whose behaviour we follow.
inline constexpr std::int32_t our_version = version_ordinal(5, 3, 3);

inline constexpr std::int32_t flag_response = 1;
inline constexpr std::int32_t flag_oneway = 2;

// One entry of extFields. On this wire every header field is text.
struct Field {
  std::string_view name;
  std::string_view value;
  bool operator==(const Field&) const = default;
};
using Fields = std::vector<Field>;

// The value of the last field of that name (a header may carry one twice), or nullptr.
const std::string_view* find_field(std::span<const Field> fields, std::string_view name);

// What stands in front of extFields, in both codecs.
struct CommandHead {
  std::int32_t code = 0;
  std::int32_t opaque = 0;
  std::int32_t flag = 0;
  Language language = Language::cpp;
  std::int32_t version = our_version;
  std::string_view remark;  // a null view: none. (An empty remark is written as an empty one.)
  HeaderCodec codec = HeaderCodec::json;

  bool is_response() const { return (flag & flag_response) != 0; }
  bool is_oneway() const { return (flag & flag_oneway) != 0; }
};

// A whole request or response. Java: RemotingCommand. Every text is a view: into the frame it was
// decoded from, or into what the sender keeps alive until it is encoded. Fields keep the order and
// the names they arrived with, so that one we have never heard of survives a relay.
struct Command : CommandHead {
  Fields fields;
  bool has_fields = false;  // JSON: an extFields object was there, maybe an empty one
  std::string_view body;
  // Where the opaque id stands in the header as it came. No bytes: that header may not be passed on
  // as it is, see relayed_frame.h.
  struct Place {
    std::uint32_t at = 0;
    std::uint32_t bytes = 0;
  } opaque_place;
};

struct CommandLimits {
  std::size_t header_bytes_max = 64 * 1024;  // a 32 KiB properties text, escaped, and change
  std::size_t fields_max = 256;
};

// Decodes a frame's content (what next_frame() gives) into `command`, whose memory is used again: a
// connection keeps one and nothing is allocated from the second frame on. JSON escapes are resolved
// inside `content`, which is therefore changed. On an error `command` holds nothing of use, and the
// connection is to be closed, as Java does.
Result<void> decode_command(std::span<char> content, Command& command,
                            const CommandLimits& limits = {});

// A command as it stands: fields in their order.
void encode_command(Buffer& out, const Command& command);

}  // namespace rocketmq::protocol
