// Bytes made by the classes of stock Java RocketMQ (generator/): each file is decoded, compared
// with what Java itself says is in it (data/MANIFEST.json), and written again to the same bytes.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>
#include <map>
#include <nlohmann/json.hpp>
#include <set>

#include "protocol/ack_bits.h"
#include "protocol/catalog.h"
#include "protocol/consistent_hash.h"
#include "protocol/frame.h"
#include "protocol/message_codec.h"
#include "protocol/message_id.h"
#include "protocol/namespaces.h"
#include "protocol/pop_info.h"
#include "protocol/properties.h"
#include "protocol/recall_handle.h"
#include "protocol/signature.h"
#include "protocol/str.h"
#include "protocol/trace.h"

namespace rocketmq::protocol {
namespace {

using Json = nlohmann::json;

std::string read_file(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in) throw std::runtime_error("cannot read " + path.string());
  return {std::istreambuf_iterator<char>(in), {}};
}

std::string from_hex(const std::string& hex) {
  std::string bytes;
  for (std::size_t i = 0; i + 1 < hex.size(); i += 2) {
    bytes += static_cast<char>(std::stoi(hex.substr(i, 2), nullptr, 16));
  }
  return bytes;
}

struct Golden {
  std::filesystem::path folder;
  Json manifest;

  explicit Golden(std::filesystem::path where)
      : folder(std::move(where)), manifest(Json::parse(read_file(folder / "MANIFEST.json"))) {}

  // Calls check(entry, bytes) for every file of that kind and expects that there are some.
  void each(std::string_view kind,
            const std::function<void(const Json&, std::string)>& check) const {
    int count = 0;
    for (const Json& entry : manifest.at("files")) {
      if (entry.at("kind") != kind) continue;
      const std::string file = entry.at("file");
      SCOPED_TRACE(file);
      check(entry, read_file(folder / file));
      ++count;
    }
    EXPECT_GT(count, 0) << kind;
  }
};

class GoldenTest : public testing::TestWithParam<const char*> {
 protected:
  const Golden golden{std::filesystem::path(ROCKETMQ_GOLDEN_DATA) / GetParam()};
};
// The classes of 5.5.0, and those of 4.9.7 where they know the request.
INSTANTIATE_TEST_SUITE_P(Stock, GoldenTest, testing::Values(".", "4.9.7"), [](const auto& version) {
  return std::string(version.param) == "." ? "v5_5_0" : "v4_9_7";
});

// ---- frames

using Texts = std::map<std::string, std::string>;

// Java takes an empty value of the binary header for null; the manifest has it so.
Texts texts_of(const Json& fields) {
  Texts texts;
  if (fields.is_null()) return texts;
  for (const auto& [name, value] : fields.items()) {
    if (!value.is_null() && !value.get<std::string>().empty()) texts[name] = value;
  }
  return texts;
}
Texts texts_of(const Fields& fields) {
  Texts texts;
  for (const Field& field : fields) {
    if (!field.value.empty()) texts[std::string(field.name)] = field.value;
  }
  return texts;
}

// The typed header of a frame, if its code is in the catalog: what it writes is what it read.
struct TypedCheck {
  const Command& command;
  const std::string& direction;
  bool found = false;

  template <class Request>
  void operator()() {
    if (direction == "request") {
      if (command.code == static_cast<std::int32_t>(Request::code)) check<Request>();
    }
  }
  template <class Header>
  void check() {
    found = true;
    std::set<std::string> names;
    Header::fields([&names](std::string_view name, auto) { names.emplace(name); });
    Buffer out;
    Header header{};
    const auto decoded = decode_header(command.fields, header);
    encode_frame(out, command, header, command.body);
    expect_same(decoded, out, names);
  }
  void expect_same(const Result<void>& decoded, Buffer& out,
                   const std::set<std::string>& names) const {
    ASSERT_TRUE(decoded) << decoded.error();
    auto frame = next_frame({out.data(), out.size()});
    ASSERT_TRUE(frame && *frame);
    Command again;
    ASSERT_TRUE(decode_command((*frame)->content, again));
    Texts expected = texts_of(command.fields);
    std::erase_if(expected, [&](const auto& field) { return !names.contains(field.first); });
    EXPECT_EQ(texts_of(again.fields), expected);
    EXPECT_EQ(again.body, command.body);
  }
};

void check_head(const Command& command, const Json& entry) {
  const Json& header = entry.at("header");
  EXPECT_EQ(command.code, header.at("code"));
  EXPECT_EQ(command.opaque, header.at("opaque"));
  EXPECT_EQ(command.flag, header.at("flag"));
  EXPECT_EQ(command.version, header.at("version"));
  EXPECT_EQ(to_string(command.language), header.at("language").get<std::string>());
  EXPECT_EQ(command.remark,
            header.at("remark").is_null() ? "" : header.at("remark").get<std::string>());
  EXPECT_EQ(texts_of(command.fields), texts_of(header.at("fields")));
  EXPECT_EQ(command.body.size(), entry.at("body_length").get<std::size_t>());
}

// 4.9.7 escapes more characters, and in capitals; we write as 5.5.0 does, so there the bytes differ
// and what they say is compared.
bool is_spelled_as_fastjson_1(const std::string& frame) {
  return frame.find("\\u001F") != std::string::npos || frame.find("\\u007F") != std::string::npos ||
         frame.find("\\u2028") != std::string::npos;
}

void check_frame(const Json& entry, std::string bytes, Command& command) {
  const std::string original = bytes;
  auto frame = next_frame(bytes);
  ASSERT_TRUE(frame && *frame);
  EXPECT_EQ((*frame)->bytes, bytes.size());
  ASSERT_TRUE(decode_command((*frame)->content, command));
  check_head(command, entry);

  Buffer out;
  encode_command(out, command);
  if (is_spelled_as_fastjson_1(original)) {
    Command again;
    auto ours = next_frame({out.data(), out.size()});
    ASSERT_TRUE(ours && *ours && decode_command((*ours)->content, again));
    check_head(again, entry);
  } else {
    EXPECT_EQ(out.view(), original);
  }
}

TEST_P(GoldenTest, frames_are_read_and_written_byte_for_byte) {
  std::set<std::int32_t> requests;
  golden.each("frame", [&](const Json& entry, std::string bytes) {
    Command command;
    // The views of `command` are into the bytes that check_frame() decodes.
    std::string kept = bytes;
    check_frame(entry, bytes, command);
    auto frame = next_frame(kept);
    ASSERT_TRUE(decode_command((*frame)->content, command));

    const std::string direction = entry.at("direction");
    if (direction == "request") {
      TypedCheck check{command, direction};
      for_each_request(check);
      EXPECT_TRUE(check.found) << "not in the catalog: " << command.code;
      requests.insert(command.code);
      EXPECT_EQ(to_string(static_cast<RequestCode>(command.code)),
                entry.at("name").get<std::string>());
    } else if (entry.at("name") != "ERROR") {
      for_each_request([&]<class Request>() {
        if (to_string(Request::code) != entry.at("name").get<std::string>()) return;
        TypedCheck{command, direction}.template check<typename Request::Response>();
      });
    }
  });
  EXPECT_GE(requests.size(), 30u);
}

TEST_P(GoldenTest, frames_of_every_catalog_request_are_there) {
  if (std::string_view(GetParam()) != ".") return;
  std::set<std::int32_t> requests;
  golden.each("frame", [&](const Json& entry, const std::string&) {
    if (entry.at("direction") == "request") requests.insert(entry.at("code").get<std::int32_t>());
  });
  std::string missing;
  for_each_request([&]<class Request>() {
    if (!requests.contains(static_cast<std::int32_t>(Request::code))) {
      missing += std::string(to_string(Request::code)) + ' ';
    }
  });
  EXPECT_EQ(missing, "");
}

// ---- bodies

// Is `ours` the same value as Java's? Members that only Java has are those of static topics and of
// POP retry policies, which no slice has yet; members that only we have say "nothing" (a null or an
// absent member on the Java side).
bool same_value(const Json& ours, const Json& java) {
  static const std::set<std::string> not_modelled{
      "topicQueueMappingByBroker", "mappingDetail",          "topicQueueMappingDetailMap",
      "topicQueueMappingInfoMap",  "exponentialRetryPolicy", "customizedRetryPolicy"};
  static const std::set<Json> nothing{0,
                                      15,
                                      false,
                                      "",
                                      Json::object(),
                                      0.0,
                                      Json::array(),
                                      nullptr,
                                      "CLUSTERING",
                                      "CONSUME_PASSIVELY",
                                      "CONSUME_FROM_LAST_OFFSET",
                                      Json{{"type", "CUSTOMIZED"}}};
  if (ours.is_object() && java.is_object()) {
    for (const auto& [name, value] : ours.items()) {
      if (not_modelled.contains(name)) continue;
      if (java.contains(name) ? !same_value(value, java.at(name)) : !nothing.contains(value)) {
        return false;
      }
    }
    for (const auto& [name, value] : java.items()) {
      if (!ours.contains(name) && !not_modelled.contains(name) && !value.is_null()) return false;
    }
    return true;
  }
  if (ours.is_array() && java.is_array()) {
    return std::equal(ours.begin(), ours.end(), java.begin(), java.end(), same_value);
  }
  return ours == java || (java.is_null() && nothing.contains(ours));
}

// Java writes the members of a HashMap in the order of their hashes, and leaves out what is null.
// Where that decides, and for 4.9.7, which writes fewer members, the values are compared; every
// other body is written back to the same bytes.
bool must_be_same_bytes(const Golden& golden, const Json& entry) {
  static const std::set<std::string> decided_by_hashes_or_nulls{
      "BatchAckMessageRequestBody.min",
      "QueryAssignmentRequestBody.min",
      "QueryConsumeQueueResponseBody.min",
      "SetMessageRequestModeRequestBody.min",
      "TopicRouteData.full",
      "CheckClientRequestBody.min",
      "CreateTopicListRequestBody.full",
      "ConsumerConnection.min",
      "LockBatchRequestBody.min",
      "UnlockBatchRequestBody.min",
      "RegisterBrokerBody.full",
      "KVTable.full",
      "TopicConfigSerializeWrapper.full",
      "SubscriptionGroupConfig.full",
      "SubscriptionGroupWrapper.full",
      "TopicConfigAndQueueMapping.full",
      "TopicConfigAndQueueMapping.min",
      "TopicConfigAndMappingSerializeWrapper.full"};
  return golden.folder.filename() != "4.9.7" &&
         !decided_by_hashes_or_nulls.contains(entry.at("name").get<std::string>() + '.' +
                                              entry.at("variant").get<std::string>());
}

// Keys that are objects are no standard JSON: of these bodies the bytes alone are compared.
template <class Body>
constexpr bool has_object_keys =
    std::is_same_v<Body, TopicStatsTable> || std::is_same_v<Body, ConsumeStats> ||
    std::is_same_v<Body, ConsumerRunningInfo> || std::is_same_v<Body, GetConsumerStatusBody> ||
    std::is_same_v<Body, ResetOffsetBody> || std::is_same_v<Body, ConsumeStatsList>;

// What a type makes of a body, for check_body().
struct BodyTexts {
  Result<void> read;
  std::string as_java;      // written again
  std::string standard;     // with integer keys in quotes
  bool survives_ourselves;  // what we write we read as the same
  bool has_object_keys;
};

template <class Body>
BodyTexts texts_of_body(const std::string& text, const JsonStyle& style) {
  const auto body = from_json<Body>(text, "body");
  if (!body) return {body.error(), "", "", false, false};
  const auto again = from_json<Body>(to_json(*body), "our own body");
  return {{},
          to_json(*body, style),
          to_json(*body, {.quote_integer_keys = true}),
          again && *again == *body,
          has_object_keys<Body>};
}

using BodyReader = BodyTexts (*)(const std::string&, const JsonStyle&);
void check_body(const Golden& golden, const Json& entry, const std::string& text,
                BodyReader reader) {
  const BodyTexts ours =
      reader(text, {.quote_integer_keys = entry.value("form", "") == "standard"});
  ASSERT_TRUE(ours.read) << ours.read.error();
  if (must_be_same_bytes(golden, entry)) {
    EXPECT_EQ(ours.as_java, text);
  }
  if (!ours.has_object_keys) {
    EXPECT_TRUE(same_value(Json::parse(ours.standard), entry.at("value"))) << ours.standard << "\n"
                                                                           << entry.at("value");
  }
  EXPECT_TRUE(ours.survives_ourselves);
}

const std::map<std::string, BodyReader> body_readers{
    {"AclInfo", texts_of_body<AclInfo>},
    {"BatchAckMessageRequestBody", texts_of_body<BatchAckMessageRequestBody>},
    {"BrokerStatsData", texts_of_body<BrokerStatsData>},
    {"CheckClientRequestBody", texts_of_body<CheckClientRequestBody>},
    {"ClusterInfo", texts_of_body<ClusterInfo>},
    {"ConsumeMessageDirectlyResult", texts_of_body<ConsumeMessageDirectlyResult>},
    {"ConsumeStats", texts_of_body<ConsumeStats>},
    {"ConsumeStatsList", texts_of_body<ConsumeStatsList>},
    {"ConsumerConnection", texts_of_body<ConsumerConnection>},
    {"ConsumerOffsetSerializeWrapper", texts_of_body<ConsumerOffsetSerializeWrapper>},
    {"ConsumerRunningInfo", texts_of_body<ConsumerRunningInfo>},
    {"CreateTopicListRequestBody", texts_of_body<CreateTopicListRequestBody>},
    {"DataVersion", texts_of_body<DataVersion>},
    {"GetBrokerMemberGroupResponseBody", texts_of_body<BrokerMemberGroupBody>},
    {"GetConsumerListByGroupResponseBody", texts_of_body<ConsumerIdList>},
    {"GetConsumerStatusBody", texts_of_body<GetConsumerStatusBody>},
    {"GroupForbidden", texts_of_body<GroupForbidden>},
    {"GroupList", texts_of_body<GroupList>},
    {"HARuntimeInfo", texts_of_body<HARuntimeInfo>},
    {"HeartbeatData", texts_of_body<HeartbeatData>},
    {"KVTable", texts_of_body<KVTable>},
    {"LockBatchRequestBody", texts_of_body<LockBatchRequestBody>},
    {"LockBatchResponseBody", texts_of_body<LockBatchResponseBody>},
    {"MessageRequestModeSerializeWrapper", texts_of_body<MessageRequestModeSerializeWrapper>},
    {"ProducerConnection", texts_of_body<ProducerConnection>},
    {"ProducerTableInfo", texts_of_body<ProducerTableInfo>},
    {"QueryAssignmentRequestBody", texts_of_body<QueryAssignmentRequestBody>},
    {"QueryAssignmentResponseBody", texts_of_body<QueryAssignmentResponseBody>},
    {"QueryConsumeQueueResponseBody", texts_of_body<QueryConsumeQueueResponseBody>},
    {"QueryConsumeTimeSpanBody", texts_of_body<QueryConsumeTimeSpanBody>},
    {"QueryCorrectionOffsetBody", texts_of_body<QueryCorrectionOffsetBody>},
    {"QuerySubscriptionResponseBody", texts_of_body<QuerySubscriptionResponseBody>},
    {"RegisterBrokerBody", texts_of_body<RegisterBrokerBody>},
    {"ResetOffsetBody", texts_of_body<ResetOffsetBody>},
    {"ResetOffsetBodyForC", texts_of_body<ResetOffsetBodyForC>},
    {"SetMessageRequestModeRequestBody", texts_of_body<SetMessageRequestModeRequestBody>},
    {"SubscriptionGroupConfig", texts_of_body<SubscriptionGroupConfig>},
    {"SubscriptionGroupList", texts_of_body<SubscriptionGroupList>},
    {"SubscriptionGroupWrapper", texts_of_body<SubscriptionGroupWrapper>},
    {"TopicConfigAndMappingSerializeWrapper", texts_of_body<TopicConfigAndMappingSerializeWrapper>},
    {"TopicConfigAndQueueMapping", texts_of_body<TopicConfigAndQueueMapping>},
    {"TopicConfigSerializeWrapper", texts_of_body<TopicConfigAndMappingSerializeWrapper>},
    {"TopicList", texts_of_body<TopicList>},
    {"TopicRouteData", texts_of_body<TopicRouteData>},
    {"TopicStatsTable", texts_of_body<TopicStatsTable>},
    {"UnlockBatchRequestBody", texts_of_body<LockBatchRequestBody>},
    {"UserInfo", texts_of_body<UserInfo>},
};

TEST_P(GoldenTest, bodies_are_read_and_written) {
  golden.each("body", [&](const Json& entry, const std::string& text) {
    if (entry.value("form", "") == "compressed") return;  // route_registry_test reads these
    const auto reader = body_readers.find(entry.at("name"));
    ASSERT_NE(reader, body_readers.end());
    check_body(golden, entry, text, reader->second);
  });
}

// ---- records

Host host_of(const Json& host) {
  return make_host(from_hex(host.at("ip")), host.at("port").get<std::int32_t>());
}

void check_record(const RecordView& record, const Json& message) {
  EXPECT_EQ(record.bytes.size(), message.at("storeSize").get<std::size_t>());
  EXPECT_EQ(record.body_crc, message.at("bodyCRC").get<std::uint32_t>());
  EXPECT_EQ(record.queue_id, message.at("queueId"));
  EXPECT_EQ(record.flag, message.at("flag"));
  EXPECT_EQ(record.queue_offset, message.at("queueOffset"));
  EXPECT_EQ(record.physical_offset, message.at("physicalOffset"));
  EXPECT_EQ(record.sys_flag, message.at("sysFlag"));
  EXPECT_EQ(record.born_timestamp, message.at("bornTimestamp"));
  EXPECT_EQ(record.born_host, host_of(message.at("bornHost")));
  EXPECT_EQ(record.store_timestamp, message.at("storeTimestamp"));
  EXPECT_EQ(record.store_host, host_of(message.at("storeHost")));
  EXPECT_EQ(record.reconsume_times, message.at("reconsumeTimes"));
  EXPECT_EQ(record.prepared_transaction_offset, message.at("preparedTransactionOffset"));
  EXPECT_EQ(record.topic, message.at("topic").get<std::string>());
  EXPECT_EQ(record.properties, message.at("propertiesText").get<std::string>());
  EXPECT_EQ(record.body, from_hex(message.at("storedBodyHex")));
  EXPECT_EQ(to_string(OffsetMessageId{record.store_host, record.physical_offset}),
            message.at("offsetMsgId").get<std::string>());
  Texts properties;
  for (const auto& [name, value] : PropertyRange(record.properties)) {
    properties[std::string(name)] = value;
  }
  EXPECT_EQ(properties, texts_of(message.at("properties")));

  std::string again(record_size(record), '\0');
  EXPECT_EQ(encode_record(record, again.data()), again.size());
  EXPECT_EQ(again, record.bytes);
}

TEST_P(GoldenTest, records_are_read_and_written_byte_for_byte) {
  golden.each("record", [](const Json& entry, const std::string& bytes) {
    RecordReader reader(bytes);
    for (const Json& message : entry.at("messages")) {
      const auto record = reader.next();
      ASSERT_TRUE(record) << (reader.ok() ? "ends too early" : to_string(reader.error()));
      check_record(*record, message);
    }
    EXPECT_FALSE(reader.next());
    EXPECT_TRUE(reader.ok());
  });
}

TEST_P(GoldenTest, batches_are_read_and_written_byte_for_byte) {
  golden.each("batch", [](const Json& entry, const std::string& bytes) {
    BatchReader reader(bytes);
    std::string again;
    for (const Json& message : entry.at("entries")) {
      const auto found = reader.next();
      ASSERT_TRUE(found);
      EXPECT_EQ(found->flag, message.at("flag"));
      EXPECT_EQ(found->body, from_hex(message.at("bodyHex")));
      append_batch_entry(again, *found);
    }
    EXPECT_FALSE(reader.next());
    EXPECT_TRUE(reader.ok());
    EXPECT_EQ(again, bytes);
  });
}

// ---- small vectors and the frames of the specification

TEST_P(GoldenTest, frames_of_the_specification_are_read_and_written) {
  if (std::string_view(GetParam()) != ".") return;
  golden.each("section9", [](const Json& entry, const std::string& bytes) {
    if (!entry.contains("codec")) return;
    Command command;
    check_frame(entry, bytes, command);
  });
}

TEST_P(GoldenTest, small_texts_of_the_specification_are_read_and_written) {
  if (std::string_view(GetParam()) != ".") return;
  int count = 0;
  golden.each("section9", [&](const Json& entry, const std::string& text) {
    const std::string name = entry.at("name");
    ++count;
    if (name == "recall_handle") {
      const auto handle = parse_recall_handle(text);
      ASSERT_TRUE(handle) << handle.error();
      EXPECT_EQ(handle->topic, entry.at("topic").get<std::string>());
      EXPECT_EQ(handle->broker_name, entry.at("broker").get<std::string>());
      EXPECT_EQ(std::to_string(handle->timestamp), entry.at("timestamp").get<std::string>());
      EXPECT_EQ(handle->message_id, entry.at("messageId").get<std::string>());
      EXPECT_EQ(to_string(*handle), text);
    } else if (name == "pop_ck") {
      const auto checkpoint = parse_pop_checkpoint(text);
      ASSERT_TRUE(checkpoint) << checkpoint.error();
      EXPECT_EQ(checkpoint->start_offset, entry.at("ckQueueOffset"));
      EXPECT_EQ(checkpoint->kind, pop_topic_kind(entry.at("topic").get<std::string>()));
      EXPECT_EQ(to_string(*checkpoint), text);
    } else if (name == "trace_record") {
      const auto records = decode_traces(text);
      ASSERT_EQ(records.size(), 1u);
      std::string again;
      append_trace(again, records[0]);
      EXPECT_EQ(again, text);
    } else if (name == "batch_ack_bits") {
      const auto bits = decode_ack_bits(text.substr(1, text.size() - 2));
      ASSERT_TRUE(bits);
      EXPECT_EQ(Json(*bits), entry.at("bits"));
      EXPECT_EQ('"' + encode_ack_bits(*bits) + '"', text);
    } else if (name == "namespace_v1") {
      const std::string ns = entry.at("namespace");
      for (const auto& [plain, wrapped] : entry.at("wrapped").items()) {
        EXPECT_EQ(wrap_namespace(ns, plain), wrapped.get<std::string>());
        EXPECT_EQ(without_namespace(ns, wrapped.get<std::string>()), plain);
      }
    } else {
      --count;
    }
  });
  EXPECT_EQ(count, 5);
}

// UTF-8 of UTF-16 units; a lone surrogate is what Java's encoder makes of it.
std::string utf8_of(const Json& units) {
  std::string json = "\"";
  for (const Json& unit : units) {
    char escape[8];
    std::snprintf(escape, sizeof escape, "\\u%04x", unit.get<unsigned>());
    json += escape;
  }
  return Json::parse(json + '"').get<std::string>();
}

bool has_lone_surrogate(const Json& units) {
  for (std::size_t i = 0; i < units.size(); ++i) {
    const unsigned unit = units[i];
    if (unit < 0xD800 || unit > 0xDFFF) continue;
    if (unit < 0xDC00 && i + 1 < units.size() && units[i + 1] >= 0xDC00 && units[i + 1] <= 0xDFFF) {
      ++i;
      continue;
    }
    return true;
  }
  return false;
}

TEST_P(GoldenTest, tags_hash_as_in_java) {
  if (std::string_view(GetParam()) != ".") return;
  for (const Json& vector : golden.manifest.at("vectors").at("tag_hash")) {
    if (has_lone_surrogate(vector.at("utf16"))) continue;  // has no UTF-8, so never comes by wire
    EXPECT_EQ(java_hash(utf8_of(vector.at("utf16"))), vector.at("hash")) << vector;
  }
}

TEST_P(GoldenTest, ids_crcs_and_signatures_are_those_of_java) {
  if (std::string_view(GetParam()) != ".") return;
  const Json& vectors = golden.manifest.at("vectors");
  for (const Json& vector : vectors.at("crc32")) {
    EXPECT_EQ(body_crc(from_hex(vector.at("hex"))), vector.at("crc32")) << vector;
  }
  for (const Json& vector : vectors.at("offset_msg_id")) {
    const auto id = parse_offset_message_id(vector.at("id").get<std::string>());
    ASSERT_TRUE(id);
    EXPECT_EQ(id->store_host, host_of(vector));
    EXPECT_EQ(id->physical_offset, vector.at("offset"));
    EXPECT_EQ(to_string(*id), vector.at("id").get<std::string>());
  }
  for (const Json& vector : vectors.at("properties_parse")) {
    const std::string text = vector.at("text");
    Texts properties;
    for (const auto& [name, value] : PropertyRange(text)) properties[std::string(name)] = value;
    EXPECT_EQ(properties, texts_of(vector.at("properties"))) << vector;
  }
  for (const Json& vector : vectors.at("signature")) {
    if (!vector.contains("content_hex")) continue;
    Signer signer(vector.at("secret_key").get<std::string>());
    EXPECT_EQ(signer.sign({}, from_hex(vector.at("content_hex"))),
              vector.at("signature").get<std::string>())
        << vector;
  }
}

TEST_P(GoldenTest, consistent_hashes_are_those_of_java) {
  if (std::string_view(GetParam()) != ".") return;
  int count = 0;
  for (const Json& vector : golden.manifest.at("vectors").at("allocation")) {
    if (vector.at("strategy") != "CONSISTENT_HASH") continue;
    const int clients = vector.at("clients");
    std::map<std::uint32_t, int> ring;  // to the owner
    for (int client = 1; client <= clients; ++client) {
      const std::string id = str("10.0.0.", client, "@", client, "#", client);
      for (int i = 0; i < 10; ++i) ring[consistent_hash(str(id, "-", i))] = client - 1;
    }
    std::vector<std::vector<int>> owned(static_cast<std::size_t>(clients));
    for (int queue = 0; queue < vector.at("queues"); ++queue) {
      auto next = ring.lower_bound(
          consistent_hash(str("MessageQueue [topic=T, brokerName=b-a, queueId=", queue, "]")));
      if (next == ring.end()) next = ring.begin();
      owned[static_cast<std::size_t>(next->second)].push_back(queue);
    }
    EXPECT_EQ(Json(owned), vector.at("owned")) << vector;
    ++count;
  }
  EXPECT_GT(count, 0);
}

TEST_P(GoldenTest, codes_have_the_names_and_numbers_of_java) {
  if (std::string_view(GetParam()) != ".") return;
  const Json& vectors = golden.manifest.at("vectors");
  for (const auto& [name, number] : vectors.at("request_codes").items()) {
    EXPECT_EQ(to_string(static_cast<RequestCode>(number.get<int>())), name);
  }
  for (const auto& [name, number] : vectors.at("language_codes").items()) {
    EXPECT_EQ(to_string(static_cast<Language>(number.get<int>())), name);
  }
  EXPECT_EQ(vectors.at("versions").at("V5_3_3"), our_version);
  EXPECT_EQ(vectors.at("versions").at("V4_9_4"), version_ordinal(4, 9, 4));
}

}  // namespace
}  // namespace rocketmq::protocol
