#pragma once

#include <cstdint>
#include <cstring>
#include <span>
#include <string>
#include <string_view>

#include "protocol/buffer.h"
#include "protocol/bytes.h"
#include "protocol/command.h"
#include "protocol/json_text.h"

namespace rocketmq::protocol {

// Fields that go with many frames, written once and for all.
class WrittenFields {
 public:
  explicit WrittenFields(std::span<const Field> fields);

 private:
  friend class FrameWriter;
  std::string json_;  // ,"name":"value",…
  std::string binary_;
};

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
// Names given to add() are wire names: literals of plain ASCII, written as they are. add_foreign()
// is for a field that came from somebody else. This is the hot half of every send and every answer,
// so the small functions are inline and each makes room once.
class FrameWriter {
 public:
  FrameWriter(Buffer& out, const CommandHead& head);
  FrameWriter(const FrameWriter&) = delete;
  FrameWriter& operator=(const FrameWriter&) = delete;

  template <std::size_t N>
  void add(const char (&name)[N], std::string_view text) {
    if (!json_) return add_binary({name, N - 1}, text);
    begin_text(name);
    append_escaped(out_, text);
    out_.append('"');
  }

  // A literal would rather be a bool than a string_view.
  template <std::size_t N>
  void add(const char (&name)[N], const char* text) {
    add(name, std::string_view(text));
  }

  template <std::size_t N>
  void add(const char (&name)[N], std::int64_t number) {
    if (!json_) return add_binary({name, N - 1}, number);
    char* const start = out_.room(N + field_overhead + digits_max);
    char* to = put_number(open_field(start, name), number);
    *to++ = '"';
    out_.commit(static_cast<std::size_t>(to - start));
  }
  template <std::size_t N>
  void add(const char (&name)[N], std::int32_t number) {
    add(name, static_cast<std::int64_t>(number));
  }

  template <std::size_t N>
  void add(const char (&name)[N], bool value) {
    const std::string_view text = value ? "true" : "false";
    if (!json_) return add_binary({name, N - 1}, text);
    char* const start = out_.room(N + field_overhead + text.size());
    char* to = put(open_field(start, name), text);
    *to++ = '"';
    out_.commit(static_cast<std::size_t>(to - start));
  }

  void add_foreign(const Field& field);
  void add(const WrittenFields& fields);

  // An empty extFields object where there would be none; some Java readers of an answer need it.
  void force_fields() {
    if (json_ && !has_fields_) out_.append(fields_opening);
    has_fields_ = true;
  }

  void finish(std::string_view body = {});

 private:
  friend class WrittenFields;

  static constexpr std::string_view fields_opening = R"(,"extFields":{)";
  static constexpr std::size_t field_overhead = fields_opening.size() + 8;

  static constexpr std::size_t digits_max = 20;

  static char* put(char* to, std::string_view text) {
    if (text.empty()) return to;  // memcpy wants a pointer even for nothing
    std::memcpy(to, text.data(), text.size());
    return to + text.size();
  }
  static char* put_number(char* to, std::int64_t number) {
    if (number < 0 || number > 9) return put_digits(to, number);
    *to = static_cast<char>('0' + number);  // most are
    return to + 1;
  }
  static char* put_digits(char* to, std::int64_t number);

  // …," and returns where the name goes.
  char* open_name(char* to) {
    if (has_fields_) {
      *to++ = ',';
    } else {
      to = put(to, fields_opening);
      has_fields_ = true;
    }
    *to++ = '"';
    return to;
  }
  // …,"name":" and returns where the value goes. How long the name is, is known when this is
  // compiled: that makes it a few stores.
  template <std::size_t N>
  char* open_field(char* to, const char (&name)[N]) {
    to = open_name(to);
    std::memcpy(to, name, N - 1);
    return put(to + N - 1, R"(":")");
  }

  template <std::size_t N>
  void begin_text(const char (&name)[N]) {
    char* const start = out_.room(N + field_overhead);  // may move what is there
    out_.commit(static_cast<std::size_t>(open_field(start, name) - start));
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

  void add_binary(std::string_view name, std::int64_t number);

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
