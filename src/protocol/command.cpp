#include "protocol/command.h"

#include <array>

#include "protocol/bytes.h"
#include "protocol/command_json.h"
#include "protocol/str.h"

namespace rocketmq::protocol {
namespace {

constexpr std::array<std::string_view, 14> language_names{
    "JAVA",  "CPP",  "DOTNET", "PYTHON", "DELPHI", "ERLANG", "RUBY",
    "OTHER", "HTTP", "GO",     "PHP",    "OMS",    "RUST",   "NODE_JS"};

Language language_of(int number) {
  return number >= 0 && number < static_cast<int>(language_names.size())
             ? static_cast<Language>(number)
             : Language::other;
}

//   code i16 | language i8 | version i16 | opaque i32 | flag i32
//   | remark length i32, remark | fields length i32, { name length i16, name, value length i32,
//   value }
// Java: RocketMQSerializable.
Result<void> decode_binary_header(std::string_view header, Command& command,
                                  const CommandLimits& limits) {
  ByteReader in(header);
  command.code = in.read<std::int16_t>();
  command.language = language_of(in.read<std::int8_t>());
  command.version = in.read<std::int16_t>();
  command.opaque = in.read<std::int32_t>();
  command.opaque_place = {.at = 5, .bytes = 4};
  command.flag = in.read<std::int32_t>();
  if (const auto remark = in.read_bytes(in.read<std::int32_t>()); !remark.empty()) {
    command.remark = remark;
  }
  ByteReader fields(in.read_bytes(in.read<std::int32_t>()));
  while (fields.ok() && !fields.rest().empty()) {
    const std::string_view name = fields.read_bytes(fields.read<std::int16_t>());
    const std::string_view value = fields.read_bytes(fields.read<std::int32_t>());
    if (command.fields.size() == limits.fields_max) {
      return Error{Errc::bad_frame, str("header has more than ", limits.fields_max, " fields")};
    }
    command.fields.push_back({name, value});
  }
  if (!in.ok() || !fields.ok()) {
    return Error{Errc::bad_frame, "binary header ends too early"};
  }
  return {};
}

}  // namespace

std::string_view to_string(Language language) {
  return language_names[static_cast<std::size_t>(language)];
}

std::optional<Language> language_from(std::string_view name) {
  for (std::size_t i = 0; i < language_names.size(); ++i) {
    if (language_names[i] == name) return static_cast<Language>(i);
  }
  return std::nullopt;
}

const std::string_view* find_field(std::span<const Field> fields, std::string_view name) {
  for (auto field = fields.rbegin(); field != fields.rend(); ++field) {
    if (field->name == name) return &field->value;
  }
  return nullptr;
}

Result<void> decode_command(std::span<char> content, Command& command,
                            const CommandLimits& limits) {
  command.fields.clear();
  command.has_fields = false;
  command.opaque_place = {};
  command.remark = {};
  command.body = {};
  if (content.size() < 4) return Error{Errc::bad_frame, "frame without a header length"};

  const auto word = load_big<std::uint32_t>(content.data());
  const std::size_t header_bytes = word & 0xFFFFFFu;
  const std::uint32_t codec = word >> 24;
  content = content.subspan(4);
  if (header_bytes > content.size()) {
    return Error{Errc::bad_frame, str("header of ", header_bytes, " bytes in a frame with ",
                                      content.size(), " left")};
  }
  if (header_bytes > limits.header_bytes_max) {
    return Error{Errc::bad_frame, str("header of ", header_bytes, " bytes is over the limit of ",
                                      limits.header_bytes_max)};
  }
  const std::span<char> header = content.first(header_bytes);
  const std::span<char> body = content.subspan(header_bytes);
  command.body = {body.data(), body.size()};

  switch (codec) {
    case static_cast<std::uint32_t>(HeaderCodec::json):
      command.codec = HeaderCodec::json;
      return decode_json_header(header, command, limits);
    case static_cast<std::uint32_t>(HeaderCodec::rocketmq):
      command.codec = HeaderCodec::rocketmq;
      return decode_binary_header({header.data(), header.size()}, command, limits);
    default:
      return Error{Errc::bad_frame, str("unknown header codec ", codec)};
  }
}

}  // namespace rocketmq::protocol
