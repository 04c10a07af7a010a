#pragma once

#include <charconv>
#include <cstdint>
#include <cstring>
#include <span>
#include <string_view>

#include "protocol/buffer.h"
#include "protocol/bytes.h"
#include "protocol/command.h"
#include "protocol/json_text.h"

namespace rocketmq::protocol {

// Writes the length words and the head of a frame into `out`, lets the caller add fields one by
// one, and closes it. One FrameWriter at a time a buffer.
//
//   FrameWriter frame(out, head);
//   frame.add("topic", "T");
//   frame.finish(body);
//
// A code beyond 16 bits, as those of POP are, does not fit the binary header: such a frame is JSON
// whatever the head asks for. Java sends it with a wrong code.
//
// Names given to add() are wire names: plain ASCII, written as they are. add_foreign() is for a
// field that came from somebody else. This is the hot half of every send and every answer, so the
// small functions are inline and each makes room once.
class FrameWriter {
 public:
  FrameWriter(Buffer& out, const CommandHead& head);
  FrameWriter(const FrameWriter&) = delete;
  FrameWriter& operator=(const FrameWriter&) = delete;

  void add(std::string_view name, std::string_view text) {
    if (!json_) return add_binary(name, text);
    char* const start = out_.room(name.size() + field_overhead);  // may move what is there
    out_.commit(static_cast<std::size_t>(open_field(start, name) - start));
    append_escaped(out_, text);
    out_.append('"');
  }

  // A literal would rather be a bool than a string_view.
  void add(std::string_view name, const char* text) { add(name, std::string_view(text)); }

  void add(std::string_view name, std::int64_t number) {
    char digits[20];
    char* const end = std::to_chars(digits, digits + sizeof digits, number).ptr;
    add_plain(name, {digits, static_cast<std::size_t>(end - digits)});
  }
  void add(std::string_view name, std::int32_t number) {
    add(name, static_cast<std::int64_t>(number));
  }
  void add(std::string_view name, bool value) {
    add_plain(name, value ? std::string_view("true") : std::string_view("false"));
  }

  void add_foreign(const Field& field);

  // An empty extFields object where there would be none; some Java readers of an answer need it.
  void force_fields() {
    if (json_ && !has_fields_) out_.append(fields_opening);
    has_fields_ = true;
  }

  void finish(std::string_view body = {});

 private:
  static constexpr std::string_view fields_opening = R"(,"extFields":{)";
  static constexpr std::size_t field_overhead = fields_opening.size() + 8;

  static char* put(char* to, std::string_view text) {
    if (text.empty()) return to;  // memcpy wants a pointer even for nothing
    std::memcpy(to, text.data(), text.size());
    return to + text.size();
  }

  // …,"name":" and returns where the value goes.
  char* open_field(char* to, std::string_view name) {
    if (has_fields_) {
      *to++ = ',';
    } else {
      to = put(to, fields_opening);
      has_fields_ = true;
    }
    *to++ = '"';
    to = put(to, name);
    return put(to, R"(":")");
  }

  // A value that needs no escaping.
  void add_plain(std::string_view name, std::string_view text) {
    if (!json_) return add_binary(name, text);
    char* const start = out_.room(name.size() + text.size() + field_overhead);
    char* to = put(open_field(start, name), text);
    *to++ = '"';
    out_.commit(static_cast<std::size_t>(to - start));
  }

  void add_binary(std::string_view name, std::string_view text) {
    char* to = out_.room(2 + name.size() + 4 + text.size());
    char* const start = to;
    store_big(to, static_cast<std::int16_t>(name.size()));
    to = put(to + 2, name);
    store_big(to, static_cast<std::int32_t>(text.size()));
    to += 4;
    to = put(to, text);
    out_.commit(static_cast<std::size_t>(to - start));
  }

  void finish_json();
  void finish_binary();

  Buffer& out_;
  const CommandHead& head_;
  const std::size_t start_;  // of this frame in out_
  const bool json_;
  bool has_fields_ = false;
  std::size_t fields_at_ = 0;  // binary: where the length of the field block stands
};

}  // namespace rocketmq::protocol
