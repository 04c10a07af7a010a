#include "protocol/frame_writer.h"

#include <charconv>

#include "protocol/str.h"

namespace rocketmq::protocol {
namespace {

constexpr std::size_t length_words = 8;  // frame length, header length with the codec on top

template <class I>
char* put_big(char* to, I value) {
  store_big(to, value);
  return to + sizeof value;
}

HeaderCodec codec_of(const CommandHead& head) {
  const bool fits_binary = head.code == static_cast<std::int16_t>(head.code);
  return fits_binary ? head.codec : HeaderCodec::json;
}

}  // namespace

WrittenFields::WrittenFields(std::span<const Field> fields) {
  for (const HeaderCodec codec : {HeaderCodec::json, HeaderCodec::rocketmq}) {
    const CommandHead head{.codec = codec};
    Buffer out;
    FrameWriter frame(out, head);
    const std::size_t before = out.size();
    for (const Field& field : fields) frame.add_foreign(field);
    std::string_view added = out.view().substr(before);
    if (codec == HeaderCodec::rocketmq) {
      binary_ = added;
    } else if (!added.empty()) {
      added.remove_prefix(FrameWriter::fields_opening.size());
      json_ = str(",", added);
    }
  }
}

FrameWriter::FrameWriter(Buffer& out, const CommandHead& head)
    : out_(out), head_(head), start_(out.size()), json_(codec_of(head) == HeaderCodec::json) {
  char* const start = out_.room(length_words + 64 + head.remark.size());
  char* to = start + length_words;
  if (json_) {
    to = put_number(put(to, R"({"code":)"), head.code);
  } else {
    to = put_big(to, static_cast<std::int16_t>(head.code));
    to = put_big(to, static_cast<std::int8_t>(head.language));
    to = put_big(to, static_cast<std::int16_t>(head.version));
    to = put_big(to, head.opaque);
    to = put_big(to, head.flag);
    to = put_big(to, static_cast<std::int32_t>(head.remark.size()));
    to = put(to, head.remark);
    fields_at_ = static_cast<std::size_t>(to - start);
    to = put_big(to, std::int32_t{0});
  }
  out_.commit(static_cast<std::size_t>(to - start));
}

char* FrameWriter::put_digits(char* to, std::int64_t number) {
  return std::to_chars(to, to + digits_max, number).ptr;
}

void FrameWriter::add_binary(std::string_view name, std::int64_t number) {
  char digits[digits_max];
  add_binary(name, {digits, static_cast<std::size_t>(put_number(digits, number) - digits)});
}

void FrameWriter::add_foreign(const Field& field) {
  if (!json_) return add_binary(field.name, field.value);
  char* const start = out_.room(field_overhead);
  out_.commit(static_cast<std::size_t>(open_name(start) - start));
  append_escaped(out_, field.name);
  out_.append(R"(":")");
  append_escaped(out_, field.value);
  out_.append('"');
}

void FrameWriter::add(const WrittenFields& fields) {
  if (!json_) return out_.append(fields.binary_);
  if (fields.json_.empty()) return;
  const bool comes_first = !has_fields_;
  force_fields();
  out_.append(std::string_view(fields.json_).substr(comes_first ? 1 : 0));
}

void FrameWriter::finish_json() {
  char* start = out_.room(128);
  char* to = start;
  if (has_fields_) *to++ = '}';
  to = put_number(put(to, R"(,"flag":)"), head_.flag);
  to = put(put(to, R"(,"language":")"), to_string(head_.language));
  to = put_number(put(to, R"(","opaque":)"), head_.opaque);
  out_.commit(static_cast<std::size_t>(to - start));
  if (head_.remark.data() != nullptr) {
    out_.append(R"(,"remark":")");
    append_escaped(out_, head_.remark);
    out_.append('"');
  }
  start = to = out_.room(128);
  to = put_number(put(to, R"(,"serializeTypeCurrentRPC":"JSON","version":)"), head_.version);
  *to++ = '}';
  out_.commit(static_cast<std::size_t>(to - start));
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
                           static_cast<std::uint32_t>(codec_of(head_)) << 24);
}

void encode_command(Buffer& out, const Command& command) {
  FrameWriter frame(out, command);
  for (const Field& field : command.fields) frame.add_foreign(field);
  if (command.has_fields) frame.force_fields();
  frame.finish(command.body);
}

}  // namespace rocketmq::protocol
