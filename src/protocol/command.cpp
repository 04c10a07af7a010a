#include "protocol/command.h"

#include <array>
#include <charconv>

#include "protocol/bytes.h"
#include "protocol/command_json.h"
#include "protocol/json_text.h"
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
  command.flag = in.read<std::int32_t>();
  command.remark = in.read_bytes(in.read<std::int32_t>());
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

// ---- writing

namespace {

void append_number(Buffer& out, std::int64_t number) {
  char* const to = out.room(20);
  out.commit(static_cast<std::size_t>(std::to_chars(to, to + 20, number).ptr - to));
}

template <class I>
void append_big(Buffer& out, I value) {
  store_big(out.room(sizeof value), value);
  out.commit(sizeof value);
}

constexpr std::size_t length_words = 8;  // frame length, header length with the codec on top

}  // namespace

FrameWriter::FrameWriter(Buffer& out, const CommandHead& head)
    : out_(out), head_(head), start_(out.size()), json_(head.codec == HeaderCodec::json) {
  out_.room(512);
  out_.commit(length_words);
  if (json_) {
    out_.append(R"({"code":)");
    append_number(out_, head.code);
  } else {
    append_big(out_, static_cast<std::int16_t>(head.code));
    append_big(out_, static_cast<std::int8_t>(head.language));
    append_big(out_, static_cast<std::int16_t>(head.version));
    append_big(out_, head.opaque);
    append_big(out_, head.flag);
    append_big(out_, static_cast<std::int32_t>(head.remark.size()));
    out_.append(head.remark);
    fields_at_ = out_.size() - start_;
    append_big(out_, std::int32_t{0});
  }
}

void FrameWriter::open_fields() {
  if (has_fields_) return;
  has_fields_ = true;
  if (json_) out_.append(R"(,"extFields":{)");
}

void FrameWriter::add(std::string_view name, std::int64_t number) {
  char text[20];
  const char* const end = std::to_chars(text, text + sizeof text, number).ptr;
  const std::string_view digits(text, static_cast<std::size_t>(end - text));
  if (!json_) return add_binary(name, digits);
  // Digits need no escaping.
  has_fields_ ? out_.append(',') : open_fields();
  const std::size_t bytes = name.size() + digits.size() + 5;
  char* to = out_.room(bytes);
  *to++ = '"';
  std::memcpy(to, name.data(), name.size());
  to += name.size();
  std::memcpy(to, "\":\"", 3);
  to += 3;
  std::memcpy(to, digits.data(), digits.size());
  to[digits.size()] = '"';
  out_.commit(bytes);
}

void FrameWriter::add_json(std::string_view name, std::string_view text) {
  has_fields_ ? out_.append(',') : open_fields();
  out_.append('"');
  append_escaped(out_, name);
  out_.append(R"(":")");
  append_escaped(out_, text);
  out_.append('"');
}

void FrameWriter::add_binary(std::string_view name, std::string_view text) {
  has_fields_ = true;
  const std::size_t bytes = 2 + name.size() + 4 + text.size();
  char* to = out_.room(bytes);
  store_big(to, static_cast<std::int16_t>(name.size()));
  std::memcpy(to + 2, name.data(), name.size());
  to += 2 + name.size();
  store_big(to, static_cast<std::int32_t>(text.size()));
  if (!text.empty()) std::memcpy(to + 4, text.data(), text.size());
  out_.commit(bytes);
}

void FrameWriter::finish_json() {
  if (has_fields_) out_.append('}');
  out_.append(R"(,"flag":)");
  append_number(out_, head_.flag);
  out_.append(R"(,"language":")");
  out_.append(to_string(head_.language));
  out_.append(R"(","opaque":)");
  append_number(out_, head_.opaque);
  if (!head_.remark.empty()) {
    out_.append(R"(,"remark":")");
    append_escaped(out_, head_.remark);
    out_.append('"');
  }
  out_.append(R"(,"serializeTypeCurrentRPC":"JSON","version":)");
  append_number(out_, head_.version);
  out_.append('}');
}

void FrameWriter::finish_binary() {
  const std::size_t at = start_ + fields_at_;
  store_big(out_.data() + at, static_cast<std::int32_t>(out_.size() - at - 4));
}

void FrameWriter::finish(std::string_view body) {
  json_ ? finish_json() : finish_binary();
  const std::size_t header_bytes = out_.size() - start_ - length_words;
  out_.append(body);
  char* const words = out_.data() + start_;
  store_big(words, static_cast<std::int32_t>(out_.size() - start_ - 4));
  store_big(words + 4, static_cast<std::uint32_t>(header_bytes) |
                           static_cast<std::uint32_t>(head_.codec) << 24);
}

void encode_command(Buffer& out, const Command& command) {
  FrameWriter frame(out, command);
  for (const Field& field : command.fields) frame.add(field.name, field.value);
  frame.finish(command.body);
}

}  // namespace rocketmq::protocol
