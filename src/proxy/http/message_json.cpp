#include "proxy/http/message_json.h"

#include <nlohmann/json.hpp>
#include <utility>

#include "client/message_check.h"
#include "protocol/base64.h"
#include "protocol/properties.h"
#include "protocol/str.h"
#include "proxy/http/parameters.h"
#include "proxy/http/percent.h"
#include "proxy/http/problem.h"

namespace rocketmq::gateway {
namespace {

using namespace std::chrono_literals;

constexpr milliseconds delay_max = std::chrono::hours(24 * 365);
constexpr std::int64_t time_ms_max = 253'402'300'799'000;  // the year 9999

Result<std::string> body_of(const Members& members, const std::string& encoding) {
  const Json* const body = members.find("body");
  if (encoding == "json") {
    return body == nullptr ? std::string("null") : to_text(*body);
  }
  auto text = members.text("body", "");
  if (!text) return text;
  if (encoding == "utf8") return text;
  if (encoding != "base64") {
    return members.invalid_member("bodyEncoding", "is none of utf8, base64 and json");
  }
  auto bytes = protocol::from_base64(*text);
  if (!bytes) return members.invalid_member("body", "is no base64");
  return *std::move(bytes);
}

Result<std::vector<std::string>> keys_of(const Members& members) {
  std::vector<std::string> keys;
  const Json* const given = members.find("keys");
  if (given == nullptr) return keys;
  if (!given->is_array()) return members.invalid_member("keys", "is not a list of texts");
  for (const Json& key : *given) {
    if (!key.is_string()) return members.invalid_member("keys", "is not a list of texts");
    keys.push_back(key.get<std::string>());
  }
  return keys;
}

Result<std::map<std::string, std::string>> properties_of(const Members& members) {
  std::map<std::string, std::string> properties;
  const Json* const given = members.find("properties");
  if (given == nullptr) return properties;
  if (!given->is_object()) return members.invalid_member("properties", "is no object of texts");
  for (const auto& [name, value] : given->items()) {
    if (!value.is_string()) return members.invalid_member("properties", "is no object of texts");
    properties.emplace(name, value.get<std::string>());
  }
  return properties;
}

Result<void> set_time(Message& message, const Members& members) {
  const auto at = members.number("deliverAtMs", {0, 1, time_ms_max});
  if (!at) return at.error();
  const auto delay = members.duration("delayMs", {0ms, 0ms, delay_max});
  if (!delay) return delay.error();
  message.deliver_at = Timestamp(milliseconds(*at));
  message.deliver_after = *delay;
  return {};
}

struct Body {
  Json json;
  std::string_view encoding;
};

Body body_json(const MessageView& message, BodyForm form) {
  const std::string_view bytes = message.body();
  const bool wants_json =
      form == BodyForm::json ||
      (form == BodyForm::automatic && is_json_type(message.property(content_type_property)));
  if (wants_json) {
    if (auto json = parse_json(bytes)) return {*std::move(json), "json"};
  }
  if (form != BodyForm::base64 && is_utf8(bytes)) return {Json(bytes), "utf8"};
  return {Json(protocol::to_base64(bytes)), "base64"};
}

std::int64_t to_ms(Timestamp time) { return time.time_since_epoch().count(); }

}  // namespace

std::optional<BodyForm> parse_body_form(std::string_view name) {
  if (name == "auto") return BodyForm::automatic;
  if (name == "base64") return BodyForm::base64;
  if (name == "utf8") return BodyForm::utf8;
  if (name == "json") return BodyForm::json;
  return std::nullopt;
}

bool is_json_type(std::string_view content_type) {
  const std::string_view type = content_type.substr(0, content_type.find(';'));
  return type == "application/json" || type.ends_with("+json");
}

Result<Message> message_of(const Json& json, std::string_view topic, const std::string& pointer) {
  const auto members = Members::of(json, pointer,
                                   {"topic", "body", "bodyEncoding", "tag", "keys", "group",
                                    "properties", "deliverAtMs", "delayMs"});
  if (!members) return members.error();
  const auto own_topic = members->text("topic", topic);
  if (!own_topic) return own_topic.error();
  if (*own_topic != topic) return members->invalid_member("topic", "is not that of the path");

  const auto encoding = members->text("bodyEncoding", "utf8");
  if (!encoding) return encoding.error();
  auto body = body_of(*members, *encoding);
  if (!body) return std::move(body).error();
  auto tag = members->text("tag", "");
  if (!tag) return std::move(tag).error();
  auto group = members->text("group", "");
  if (!group) return std::move(group).error();
  auto keys = keys_of(*members);
  if (!keys) return std::move(keys).error();
  auto properties = properties_of(*members);
  if (!properties) return std::move(properties).error();
  if (*encoding == "json") {
    properties->emplace(content_type_property, "application/json");
  }

  Message message{.topic = std::string(topic),
                  .body = *std::move(body),
                  .tag = *std::move(tag),
                  .keys = *std::move(keys),
                  .properties = *std::move(properties),
                  .sharding_key = *std::move(group)};
  if (auto set = set_time(message, *members); !set) return std::move(set).error();
  return message;
}

Json json_of(const MessageView& message, BodyForm form) {
  Json json = {{"id", message.message_id()}, {"topic", message.topic()}};
  if (!message.tag().empty()) json["tag"] = message.tag();
  if (const auto keys = message.keys(); !keys.empty()) json["keys"] = keys;
  if (!message.sharding_key().empty()) json["group"] = message.sharding_key();
  Json properties = Json::object();
  for (const auto& [name, value] : message.properties()) {
    if (name == protocol::property::sharding_key || client::is_reserved_property(name)) continue;
    properties[std::string(name)] = value;
  }
  json["properties"] = std::move(properties);
  Body body = body_json(message, form);
  json["body"] = std::move(body.json);
  json["bodyEncoding"] = body.encoding;
  json["queue"] = {{"broker", message.queue().broker_name}, {"id", message.queue().queue_id}};
  json["offset"] = message.queue_offset();
  json["bornMs"] = to_ms(message.born_time());
  json["storeMs"] = to_ms(message.store_time());
  json["bornHost"] = message.born_host();
  json["deliveryAttempt"] = message.reconsume_times() + 1;
  return json;
}

}  // namespace rocketmq::gateway
