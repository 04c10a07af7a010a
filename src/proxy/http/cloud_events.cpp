#include "proxy/http/cloud_events.h"

#include <strings.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <map>
#include <nlohmann/json.hpp>
#include <utility>

#include "protocol/base64.h"
#include "protocol/str.h"
#include "proxy/http/message_json.h"
#include "proxy/http/percent.h"
#include "proxy/http/problem.h"

namespace rocketmq::gateway {
namespace {

using Attributes = std::map<std::string, std::string>;

constexpr std::string_view header_prefix = "ce-";
constexpr std::string_view property_prefix = "ce_";
constexpr std::array<std::string_view, 4> required{"specversion", "id", "source", "type"};

bool is_attribute_name(std::string_view name) {
  return !name.empty() && std::ranges::all_of(name, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
  });
}

// "||" divides tags in a filter, and blanks end them.
bool may_be_tag(std::string_view text) {
  return !text.empty() && text.size() <= 128 && std::ranges::all_of(text, [](char c) {
    return c > ' ' && c < 0x7F && c != '|' && c != '*';
  });
}

bool may_be_key(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, [](char c) { return c > ' ' && c != 0x7F; });
}

Result<Message> make(std::string_view topic, const Attributes& attributes, std::string body,
                     const std::string& pointer) {
  Message message{.topic = std::string(topic), .body = std::move(body)};
  for (const std::string_view name : required) {
    const auto found = attributes.find(std::string(name));
    if (found == attributes.end() || found->second.empty()) {
      return invalid(str(pointer, "/", name), "is missing, and a CloudEvent has one");
    }
  }
  if (attributes.at("specversion") != "1.0") {
    return invalid(str(pointer, "/specversion"), "is not 1.0");
  }
  for (const auto& [name, value] : attributes) {
    if (value.empty()) continue;
    message.properties.emplace(str(property_prefix, name), value);
  }
  if (may_be_tag(attributes.at("type"))) message.tag = attributes.at("type");
  const auto subject = attributes.find("subject");
  if (subject != attributes.end() && may_be_key(subject->second)) {
    message.keys.push_back(subject->second);
  }
  return message;
}

struct Data {
  std::string bytes;
  std::string type;
};

// The JSON format's rule: `data` is JSON where the type says so, or nothing says what it is.
Result<Data> data_of(const Json& event, const std::string& pointer) {
  Data data;
  if (const auto type = event.find("datacontenttype"); type != event.end()) {
    if (!type->is_string()) return invalid(str(pointer, "/datacontenttype"), "is not a text");
    data.type = type->get<std::string>();
  }
  if (const auto packed = event.find("data_base64"); packed != event.end()) {
    auto bytes = packed->is_string() ? protocol::from_base64(packed->get_ref<const std::string&>())
                                     : std::nullopt;
    if (!bytes) return invalid(str(pointer, "/data_base64"), "is no base64");
    data.bytes = *std::move(bytes);
    return data;
  }
  const auto plain = event.find("data");
  if (plain == event.end())
    return invalid(str(pointer, "/data"), "is missing: a message has a body");
  const bool is_json = data.type.empty() || is_json_type(data.type);
  data.bytes = !is_json && plain->is_string() ? plain->get<std::string>() : to_text(*plain);
  if (data.type.empty()) data.type = "application/json";
  return data;
}

std::string text_of(const Json& value) {
  return value.is_string() ? value.get<std::string>() : to_text(value);
}

}  // namespace

bool is_binary_event(const net::HttpRequest& request) {
  return request.header("ce-specversion") != nullptr;
}

Result<Message> message_of_event(const net::HttpRequest& request, std::string_view topic,
                                 std::string body) {
  Attributes attributes;
  for (const net::HttpHeader& header : request.headers) {
    if (strncasecmp(header.name.data(), header_prefix.data(), header_prefix.size()) != 0) continue;
    std::string name = header.name.substr(header_prefix.size());
    std::ranges::transform(name, name.begin(),
                           [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    const auto value = percent_decoded(header.value);
    if (!is_attribute_name(name) || !value) {
      return Error{Slug::bad_request, str("header ", header.name, " is no CloudEvents attribute")};
    }
    attributes.insert_or_assign(std::move(name), *value);
  }
  auto message = make(topic, attributes, std::move(body), "");
  if (!message) return message;
  if (const std::string* const type = request.header("Content-Type")) {
    message->properties.emplace(content_type_property, *type);
  }
  return message;
}

Result<Message> message_of_event(const Json& event, std::string_view topic,
                                 const std::string& pointer) {
  if (!event.is_object()) return invalid(pointer, "is no CloudEvent");
  auto data = data_of(event, pointer);
  if (!data) return std::move(data).error();
  Attributes attributes;
  for (const auto& [name, value] : event.items()) {
    if (name == "data" || name == "data_base64" || name == "datacontenttype") continue;
    if (!is_attribute_name(name) || value.is_structured()) {
      return invalid(str(pointer, "/", name), "is no CloudEvents attribute");
    }
    if (!value.is_null()) attributes.emplace(name, text_of(value));
  }
  auto message = make(topic, attributes, std::move(data->bytes), pointer);
  if (message && !data->type.empty()) {
    message->properties.emplace(content_type_property, std::move(data->type));
  }
  return message;
}

}  // namespace rocketmq::gateway
