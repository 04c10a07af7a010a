#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <span>
#include <string>
#include <string_view>

#include "protocol/describe.h"

namespace rocketmq::net {

// A request about to be written, all of it as text, for a hook that adds fields: a signature, a
// namespace, a zone. Java: RPCHook.doBeforeRequest.
class OutgoingRequest {
 public:
  OutgoingRequest(std::int32_t code, std::string_view body,
                  std::int32_t version = protocol::our_version)
      : code_(code), version_(version), body_(body) {}

  std::int32_t code() const { return code_; }
  std::int32_t version() const { return version_; }  // of who sent it first
  std::string_view body() const { return body_; }
  // Those of the header, then those added so far.
  std::span<const protocol::Field> fields() const { return fields_; }

  // `name` must outlive the request; `value` is copied.
  void add(std::string_view name, std::string_view value) {
    fields_.push_back({name, texts_.emplace_back(value)});
  }
  void remove(std::string_view name) {
    std::erase_if(fields_, [name](const protocol::Field& field) { return field.name == name; });
  }
  template <protocol::Described H>
  void add_header(const H& header) {
    H::fields([&](std::string_view name, auto member) { add_value(name, header.*member); });
  }

 private:
  template <class T>
  void add_value(std::string_view name, const std::optional<T>& value) {
    if (value) add_value(name, *value);
  }
  void add_value(std::string_view name, std::string_view value) {
    fields_.push_back({name, value});
  }
  void add_value(std::string_view name, bool value) {
    add_value(name, value ? std::string_view("true") : std::string_view("false"));
  }
  void add_value(std::string_view name, std::int32_t value) { add(name, std::to_string(value)); }
  void add_value(std::string_view name, std::int64_t value) { add(name, std::to_string(value)); }

  const std::int32_t code_;
  const std::int32_t version_;
  const std::string_view body_;
  protocol::Fields fields_;
  std::deque<std::string> texts_;  // a deque: its strings do not move
};

using RequestHook = std::function<void(OutgoingRequest&)>;

}  // namespace rocketmq::net
