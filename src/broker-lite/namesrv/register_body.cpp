#include "broker-lite/namesrv/register_body.h"

#include <charconv>
#include <string>
#include <utility>

#include "protocol/bytes.h"
#include "protocol/command.h"
#include "protocol/compression.h"
#include "protocol/json_body.h"

namespace rocketmq::namesrv {

using protocol::RegisterBrokerBody;
using protocol::TopicConfig;

namespace {

constexpr char zlib_first_byte = 0x78;
constexpr std::int32_t has_mappings_version = protocol::version_ordinal(5, 0, 0);

// Both forms of the JSON at once: a member that is not there is not missed.
struct AnyJsonBody {
  protocol::DataVersion data_version;
  std::vector<std::string> filter_server_list;
  std::map<std::string, TopicConfig> topic_config_table;
  std::optional<protocol::TopicConfigAndMappingSerializeWrapper> wrapper;

  template <class V>
  static constexpr void fields(V&& v) {
    v("dataVersion", &AnyJsonBody::data_version);
    v("filterServerList", &AnyJsonBody::filter_server_list);
    v("topicConfigTable", &AnyJsonBody::topic_config_table);
    v("topicConfigSerializeWrapper", &AnyJsonBody::wrapper);
  }
};

Error broken(std::string_view what) {
  return Error{ResponseCode::system_error, std::string("register broker body: ").append(what)};
}

Result<RegisterBrokerBody> decode_json(std::string_view text) {
  auto any = protocol::from_json<AnyJsonBody>(text, "register broker body");
  if (!any) return std::move(any).error();
  RegisterBrokerBody body;
  body.filter_server_list = std::move(any->filter_server_list);
  if (any->wrapper) {
    body.topics = *std::move(any->wrapper);
  } else {
    body.topics.data_version = any->data_version;
    body.topics.topic_config_table = std::move(any->topic_config_table);
  }
  return body;
}

// Takes what stands in front of the next blank; the last part may have none behind it.
std::string_view take_word(std::string_view& text) {
  const std::size_t blank = text.find(' ');
  const std::string_view word = text.substr(0, blank);
  text.remove_prefix(blank == std::string_view::npos ? text.size() : blank + 1);
  return word;
}

bool take_number(std::string_view& text, std::int32_t& number) {
  const std::string_view word = take_word(text);
  const auto [at, problem] = std::from_chars(word.data(), word.data() + word.size(), number);
  return problem == std::errc() && at == word.data() + word.size() && !word.empty();
}

// "name readQueueNums writeQueueNums perm topicFilterType [attributes]". Java: TopicConfig.decode.
Result<TopicConfig> decode_topic(std::string_view text) {
  TopicConfig topic;
  topic.topic_name = take_word(text);
  if (topic.topic_name.empty() || !take_number(text, topic.read_queue_nums) ||
      !take_number(text, topic.write_queue_nums) || !take_number(text, topic.perm)) {
    return broken("a topic is not name, read and write queues, perm");
  }
  if (const std::string_view type = take_word(text); !type.empty()) topic.topic_filter_type = type;
  if (text.empty()) return topic;
  auto attributes = protocol::from_json<std::map<std::string, std::string>>(text, "attributes");
  if (!attributes) return std::move(attributes).error();
  topic.attributes = *std::move(attributes);
  return topic;
}

std::string_view read_text(protocol::ByteReader& in) {
  return in.read_bytes(in.read<std::int32_t>());
}

Result<RegisterBrokerBody> decode_parts(std::string_view bytes, std::int32_t version) {
  protocol::ByteReader in(bytes);
  RegisterBrokerBody body;

  auto data_version = protocol::from_json<protocol::DataVersion>(read_text(in), "data version");
  if (!data_version) return std::move(data_version).error();
  body.topics.data_version = *data_version;

  const auto topic_count = in.read<std::int32_t>();
  for (std::int32_t i = 0; i < topic_count && in.ok(); ++i) {
    Result<TopicConfig> topic = decode_topic(read_text(in));
    if (!topic) return std::move(topic).error();
    std::string name = topic->topic_name;
    body.topics.topic_config_table.insert_or_assign(std::move(name), *std::move(topic));
  }

  auto servers = protocol::from_json<std::vector<std::string>>(read_text(in), "filter servers");
  if (!servers) return std::move(servers).error();
  body.filter_server_list = *std::move(servers);

  // Static topics follow, which we do not serve; that they are whole is checked all the same.
  const auto mapping_count = version < has_mappings_version ? 0 : in.read<std::int32_t>();
  for (std::int32_t i = 0; i < mapping_count && in.ok(); ++i) read_text(in);
  if (!in.ok()) return broken("it is cut short");
  return body;
}

}  // namespace

Result<RegisterBrokerBody> decode_register_body(std::string_view body, std::int32_t version,
                                                const RegisterBodyLimits& limits) {
  if (body.empty()) return RegisterBrokerBody{};
  if (body.front() != zlib_first_byte) return decode_json(body);
  auto inflated =
      protocol::decompress(protocol::Compression::zlib, body, limits.inflated_bytes_max);
  if (!inflated) return std::move(inflated).error();
  return decode_parts(*inflated, version);
}

}  // namespace rocketmq::namesrv
