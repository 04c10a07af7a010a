#pragma once

#include <rocketmq/result.h>

#include <array>
#include <charconv>
#include <concepts>
#include <cstdint>
#include <cstring>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

#include "protocol/command.h"
#include "protocol/frame_writer.h"
#include "protocol/str.h"

// A type is Described when it lists its members once, by the name each has on the wire:
//
//   struct QueryConsumerOffset {
//     Text consumer_group;                              // must be there
//     std::optional<bool> set_zero_if_not_found;        // may be absent
//     template <class V> static constexpr void fields(V&& v) {
//       v("consumerGroup", &QueryConsumerOffset::consumer_group);
//       v("setZeroIfNotFound", &QueryConsumerOffset::set_zero_if_not_found);
//     }
//   };
//
// From that one list follow, here, a header's text form in both directions; in json_body.h the JSON
// form of a body; and in tests comparison, random values and the check that no member was
// forgotten.
//
// (No std::tuple of members: visiting a plain function costs a quarter of the compile time.)

namespace rocketmq::protocol {

// Text inside a header struct is a view: into the frame it was decoded from, or into what the
// sender keeps alive until the frame is written. Whoever keeps a header longer takes a Kept<H>
// (kept.h).
using Text = std::string_view;

struct AnyVisitor {
  constexpr void operator()(std::string_view, auto) const {}
};
template <class T>
concept Described = requires { T::fields(AnyVisitor{}); };

template <Described T>
constexpr std::size_t field_count() {
  std::size_t count = 0;
  T::fields([&count](std::string_view, auto) { ++count; });
  return count;
}

template <class T>
inline constexpr bool is_optional = false;
template <class T>
inline constexpr bool is_optional<std::optional<T>> = true;

// ---- text <-> value, in the spelling of Java's toString() and parseXxx()

inline bool from_text(std::string_view text, Text& value) {
  value = text;
  return true;
}
inline bool from_text(std::string_view text, bool& value) {
  constexpr auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : +c; };
  constexpr std::string_view yes = "true";  // Java: Boolean.parseBoolean; anything else is false
  value = text.size() == yes.size();
  for (std::size_t i = 0; value && i < yes.size(); ++i) value = lower(text[i]) == yes[i];
  return true;
}
template <std::signed_integral I>
bool from_text(std::string_view text, I& value) {
  if (text.size() == 1 && text[0] >= '0' && text[0] <= '9') {  // most are
    value = static_cast<I>(text[0] - '0');
    return true;
  }
  if (text.size() > 1 && text[0] == '+') text.remove_prefix(1);  // Java: Long.parseLong takes "+8"
  const char* const end = text.data() + text.size();
  const auto [at, problem] = std::from_chars(text.data(), end, value);
  return problem == std::errc() && at == end && !text.empty();
}

namespace detail {

// One member of H as a header field: its name, and where the value goes.
template <class H>
struct FieldSlot {
  enum class Kind : std::uint8_t { text, i32, i64, boolean };
  std::string_view name;
  Kind kind{};
  bool optional = false;
  union {
    Text H::* text;
    std::int32_t H::* i32;
    std::int64_t H::* i64;
    bool H::* boolean;
    std::optional<Text> H::* optional_text;
    std::optional<std::int32_t> H::* optional_i32;
    std::optional<std::int64_t> H::* optional_i64;
    std::optional<bool> H::* optional_boolean;
  };

  constexpr FieldSlot() : text(nullptr) {}
  constexpr FieldSlot(std::string_view n, Text H::* m) : name(n), kind(Kind::text), text(m) {}
  constexpr FieldSlot(std::string_view n, std::int32_t H::* m) : name(n), kind(Kind::i32), i32(m) {}
  constexpr FieldSlot(std::string_view n, std::int64_t H::* m) : name(n), kind(Kind::i64), i64(m) {}
  constexpr FieldSlot(std::string_view n, bool H::* m) : name(n), kind(Kind::boolean), boolean(m) {}
  constexpr FieldSlot(std::string_view n, std::optional<Text> H::* m)
      : name(n), kind(Kind::text), optional(true), optional_text(m) {}
  constexpr FieldSlot(std::string_view n, std::optional<std::int32_t> H::* m)
      : name(n), kind(Kind::i32), optional(true), optional_i32(m) {}
  constexpr FieldSlot(std::string_view n, std::optional<std::int64_t> H::* m)
      : name(n), kind(Kind::i64), optional(true), optional_i64(m) {}
  constexpr FieldSlot(std::string_view n, std::optional<bool> H::* m)
      : name(n), kind(Kind::boolean), optional(true), optional_boolean(m) {}

  bool set(H& header, std::string_view value) const {
    switch (kind) {
      case Kind::text:
        return optional ? from_text(value, (header.*optional_text).emplace())
                        : from_text(value, header.*text);
      case Kind::i32:
        return optional ? from_text(value, (header.*optional_i32).emplace())
                        : from_text(value, header.*i32);
      case Kind::i64:
        return optional ? from_text(value, (header.*optional_i64).emplace())
                        : from_text(value, header.*i64);
      case Kind::boolean:
        return optional ? from_text(value, (header.*optional_boolean).emplace())
                        : from_text(value, header.*boolean);
    }
    return false;
  }
};

// The slots of H in the order of fields(), and a hash over their names, all at compile time.
template <Described H>
struct FieldTable {
  static constexpr std::size_t count = field_count<H>();
  static constexpr std::size_t bucket_count = 64;
  static_assert(count < bucket_count / 2 + 1, "enlarge bucket_count");
  static constexpr std::uint8_t none = 0xFF;

  std::array<FieldSlot<H>, count> slots{};
  std::array<std::uint8_t, bucket_count> buckets{};
  std::uint64_t required = 0;  // a bit a slot

  static constexpr std::size_t hash(std::string_view name) {
    if (name.empty()) return 0;
    const auto first = static_cast<unsigned char>(name.front());
    const auto last = static_cast<unsigned char>(name.back());
    return (first + name.size() * 7u + last * 31u) % bucket_count;
  }

  constexpr FieldTable() {
    buckets.fill(none);
    std::size_t next = 0;
    H::fields([&](std::string_view name, auto member) {
      slots[next] = FieldSlot<H>(name, member);
      if (!slots[next].optional) required |= std::uint64_t{1} << next;
      std::size_t bucket = hash(name);
      while (buckets[bucket] != none) bucket = (bucket + 1) % bucket_count;
      buckets[bucket] = static_cast<std::uint8_t>(next++);
    });
  }

  // `guess` is tried first: senders mostly write fields in one fixed order.
  std::size_t find(std::string_view name, std::size_t guess) const {
    if (guess < count && slots[guess].name == name) return guess;
    for (std::size_t bucket = hash(name); buckets[bucket] != none;
         bucket = (bucket + 1) % bucket_count) {
      if (slots[buckets[bucket]].name == name) return buckets[bucket];
    }
    return count;
  }
};

template <Described H>
inline constexpr FieldTable<H> field_table{};

}  // namespace detail

namespace detail {

template <class T>
bool set_from_text(std::string_view text, T& value) {
  if constexpr (is_optional<T>) {
    return from_text(text, value.emplace());
  } else {
    return from_text(text, value);
  }
}

// The fields from the first on that stand in the order of H's own list, as senders mostly write
// them: without a search. Says how many it took, and adds them to `seen`. Leaves a bad value to
// who reads on.
template <Described H>
std::size_t decode_in_order(std::span<const Field> fields, H& header, std::uint64_t& seen) {
  std::size_t taken = 0;
  std::uint64_t slot = 1;
  H::fields([&]<std::size_t N>(const char(&name)[N], auto member) {
    const std::uint64_t bit = std::exchange(slot, slot << 1);
    if (taken == fields.size()) return;
    const Field& field = fields[taken];
    if (field.name.size() != N - 1 || std::memcmp(field.name.data(), name, N - 1) != 0) return;
    if (!set_from_text(field.value, header.*member)) return;
    seen |= bit;
    ++taken;
  });
  return taken;
}

}  // namespace detail

// Fills a typed header from a command's fields. Unknown fields are passed over. A field of the
// wrong form, or a required one that is missing, is an error in the words a Java broker would use.
template <Described H>
Result<void> decode_header(std::span<const Field> fields, H& header) {
  if constexpr (field_count<H>() > 0) {
    constexpr const detail::FieldTable<H>& table = detail::field_table<H>;
    std::uint64_t seen = 0;
    std::size_t guess = 0;
    for (const Field& field : fields.subspan(detail::decode_in_order(fields, header, seen))) {
      const std::size_t slot = table.find(field.name, guess);
      if (slot == table.count) continue;
      if (!table.slots[slot].set(header, field.value)) {
        return Error{ResponseCode::system_error,
                     str("the custom field <", field.name, "> has a bad value")};
      }
      seen |= std::uint64_t{1} << slot;
      guess = slot + 1;
    }
    if (const std::uint64_t missing = table.required & ~seen; missing != 0) {
      const auto slot = static_cast<std::size_t>(__builtin_ctzll(missing));
      return Error{ResponseCode::system_error,
                   str("the custom field <", table.slots[slot].name, "> is null")};
    }
  }
  return {};
}

template <Described H>
Result<H> decode_header(std::span<const Field> fields) {
  H header{};
  if (auto decoded = decode_header(fields, header); !decoded) return std::move(decoded).error();
  return header;
}

// Adds every field that is there.
template <Described H>
void encode_header(FrameWriter& frame, const H& header) {
  H::fields([&]<std::size_t N>(const char(&name)[N], auto member) {
    const auto& value = header.*member;
    if constexpr (is_optional<std::remove_cvref_t<decltype(value)>>) {
      if (value) frame.add(name, *value);
    } else {
      frame.add(name, value);
    }
  });
}

// A whole frame from a typed header. `extra` and `written` are fields beside those of the header (a
// signature, …).
template <Described H>
void encode_frame(Buffer& out, const CommandHead& head, const H& header, std::string_view body = {},
                  std::span<const Field> extra = {}, const WrittenFields* written = nullptr) {
  FrameWriter frame(out, head);
  encode_header(frame, header);
  for (const Field& field : extra) frame.add_foreign(field);
  if (written != nullptr) frame.add(*written);
  frame.finish(body);
}

// A header without fields.
struct NoFields {
  template <class V>
  static constexpr void fields(V&&) {}
  bool operator==(const NoFields&) const = default;
};

}  // namespace rocketmq::protocol
