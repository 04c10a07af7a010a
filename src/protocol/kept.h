#pragma once

#include <cstddef>
#include <cstring>
#include <memory>
#include <string_view>

#include "protocol/describe.h"

namespace rocketmq::protocol {

namespace detail {
// Calls `visit` with every Text of `header` that is there.
template <Described H, class Visit>
void each_text(H& header, Visit visit) {
  H::fields([&](std::string_view, auto member) {
    auto& value = header.*member;
    using Value = std::remove_cvref_t<decltype(value)>;
    if constexpr (std::is_same_v<Value, Text>) {
      visit(value);
    } else if constexpr (std::is_same_v<Value, std::optional<Text>>) {
      if (value) visit(*value);
    }
  });
}
}  // namespace detail

// True when H has at least one Text, whether it is there or not.
template <Described H>
constexpr bool has_text() {
  bool found = false;
  H::fields([&found](std::string_view, auto member) {
    using Value = std::remove_cvref_t<decltype(std::declval<H&>().*member)>;
    if constexpr (std::is_same_v<Value, Text> || std::is_same_v<Value, std::optional<Text>>) {
      found = true;
    }
  });
  return found;
}

// Copies every Text of `header`, and `body`, into the memory returned, and points them there. That
// memory does not move when its owner does.
template <Described H>
[[nodiscard]] std::unique_ptr<char[]> keep_texts(H& header, std::string_view& body) {
  std::size_t bytes = body.size();
  detail::each_text(header, [&](Text& text) { bytes += text.size(); });
  auto memory = std::make_unique_for_overwrite<char[]>(bytes);
  char* to = memory.get();
  const auto keep = [&to](Text& text) {
    if (!text.empty()) std::memcpy(to, text.data(), text.size());
    text = {to, text.size()};
    to += text.size();
  };
  detail::each_text(header, keep);
  keep(body);
  return memory;
}

// A header, and its body if wanted, that owns the text its Texts point into: what to hold once the
// frame it came in is gone. One allocation.
template <Described H>
class Kept {
 public:
  Kept() = default;
  explicit Kept(const H& header, std::string_view body = {}) : header_(header), body_(body) {
    memory_ = keep_texts(header_, body_);
  }

  const H& operator*() const { return header_; }
  const H* operator->() const { return &header_; }
  std::string_view body() const { return body_; }

 private:
  H header_{};
  std::string_view body_;
  std::unique_ptr<char[]> memory_;
};

}  // namespace rocketmq::protocol
