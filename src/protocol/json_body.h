#pragma once

#include <rocketmq/result.h>

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "protocol/describe.h"
#include "protocol/json.h"

// The JSON form of Described types: bodies of requests and answers, and the files under config/.
// Members of bodies own their text (std::string); they are listed in alphabetical order of their
// wire names, because that is how Java writes them. An absent optional is left out.

namespace rocketmq::protocol {

// A table whose keys are objects: {{"brokerName":"b","queueId":0,"topic":"T"}:{…}}. Java up to 5.3
// may write a reference to an earlier one instead, {"$ref":"$.mqPopTable.null"}: such an entry,
// which says of nobody what it says, is passed over.
template <class Key, class Value>
using ObjectMap = std::vector<std::pair<Key, Value>>;

// An enum that Java writes by name: EnumNames<E>::names, in the order of E's values from 0.
template <class E>
struct EnumNames;
template <class E>
concept NamedEnum = std::is_enum_v<E> && requires { EnumNames<E>::names; };

template <NamedEnum E>
constexpr std::string_view name_of(E value) {
  return EnumNames<E>::names[static_cast<std::size_t>(value)];
}
template <NamedEnum E>
constexpr std::optional<E> enum_from_name(std::string_view name) {
  for (std::size_t i = 0; i < EnumNames<E>::names.size(); ++i) {
    if (EnumNames<E>::names[i] == name) return static_cast<E>(i);
  }
  return std::nullopt;
}

namespace detail {

template <class T>
inline constexpr bool is_list = false;
template <class T>
inline constexpr bool is_list<std::vector<T>> = true;
template <class T>
inline constexpr bool is_list<std::set<T>> = true;
template <class T>
inline constexpr bool is_map = false;
template <class K, class V>
inline constexpr bool is_map<std::map<K, V>> = true;
template <class T>
inline constexpr bool is_object_map = false;
template <class K, class V>
inline constexpr bool is_object_map<std::vector<std::pair<K, V>>> = true;

// One function a direction, one chain of cases: short compile errors, one place to read.
template <class T>
void write_json(JsonWriter& out, const T& value) {
  if constexpr (std::same_as<T, bool>) {
    out.boolean(value);
  } else if constexpr (std::integral<T>) {
    out.integer(static_cast<std::int64_t>(value));
  } else if constexpr (std::floating_point<T>) {
    out.number(value);
  } else if constexpr (std::same_as<T, std::string>) {
    out.string(value);
  } else if constexpr (NamedEnum<T>) {
    out.string(name_of(value));
  } else if constexpr (is_object_map<T>) {
    out.begin_object();
    for (const auto& [key, element] : value) {
      out.begin_entry();
      write_json(out, key);
      out.colon();
      write_json(out, element);
    }
    out.end_object();
  } else if constexpr (is_list<T>) {
    out.begin_array();
    for (const auto& element : value) write_json(out, element);
    out.end_array();
  } else if constexpr (is_map<T>) {
    out.begin_object();
    for (const auto& [key, element] : value) {
      out.key(key);
      write_json(out, element);
    }
    out.end_object();
  } else {
    static_assert(Described<T>);
    out.begin_object();
    T::fields([&](std::string_view name, auto member) {
      const auto& field = value.*member;
      if constexpr (is_optional<std::remove_cvref_t<decltype(field)>>) {
        if (!field) return;
        out.key(name);
        write_json(out, *field);
      } else {
        out.key(name);
        write_json(out, field);
      }
    });
    out.end_object();
  }
}

template <class T>
void read_json(JsonReader& in, T& value) {
  if constexpr (is_optional<T>) {
    if (in.take_null()) return;
    if constexpr (NamedEnum<typename T::value_type>) {
      value = enum_from_name<typename T::value_type>(in.read_string());
    } else {
      read_json(in, value.emplace());
    }
  } else if (in.take_null()) {
    return;  // Java: a null member keeps its default
  } else if constexpr (std::same_as<T, bool>) {
    value = in.read_bool();
  } else if constexpr (std::integral<T>) {
    const std::int64_t number = in.read_integer();
    value = static_cast<T>(number);
    if (value != number) in.fail("a number is out of range");
  } else if constexpr (std::floating_point<T>) {
    value = static_cast<T>(in.read_double());
  } else if constexpr (std::same_as<T, std::string>) {
    value = in.read_string();
  } else if constexpr (NamedEnum<T>) {
    if (const auto named = enum_from_name<T>(in.read_string())) value = *named;
  } else if constexpr (is_object_map<T>) {
    if (!in.begin_object()) return;
    while (in.next_entry()) {
      typename T::value_type entry;
      read_json(in, entry.first);
      in.expect_colon();
      read_json(in, entry.second);
      if (entry.first == typename T::value_type::first_type{}) continue;
      value.push_back(std::move(entry));
    }
  } else if constexpr (is_list<T>) {
    if (!in.begin_array()) return;
    while (in.next_element()) {
      typename T::value_type element{};
      read_json(in, element);
      value.insert(value.end(), std::move(element));
    }
  } else if constexpr (is_map<T>) {
    if (!in.begin_object()) return;
    while (in.next_entry()) {
      typename T::key_type key{};
      read_json(in, key);
      in.expect_colon();
      read_json(in, value[key]);
    }
  } else {
    static_assert(Described<T>);
    if (!in.begin_object()) return;
    std::string key;
    while (in.next_key(key)) {
      bool known = false;
      T::fields([&](std::string_view name, auto member) {
        if (known || name != key) return;
        known = true;
        read_json(in, value.*member);
      });
      if (!known) in.skip_value();
    }
  }
}

}  // namespace detail

template <class T>
std::string to_json(const T& value, const JsonStyle& style = {}) {
  std::string text;
  JsonWriter out(text, style);
  detail::write_json(out, value);
  return text;
}

// `what` names the text in an error: "heartbeat body: a comma … is missing".
template <class T>
Result<T> from_json(std::string_view text, std::string_view what, const JsonLimits& limits = {}) {
  JsonReader in(text, limits);
  T value{};
  detail::read_json(in, value);
  if (in.ok() && !in.at_end()) in.fail("text behind the value");
  if (!in.ok()) return in.error(what);
  return value;
}

}  // namespace rocketmq::protocol
