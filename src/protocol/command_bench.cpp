// SEND_MESSAGE_V2 with a JSON header of about 440 bytes, the request a broker sees most. Marks, as
// ratios of one run: decoding at least 8x as fast as nlohmann-json parses the same header, encoding
// at least 8x as fast as it dumps it, and the binary form at least 2x as fast as our JSON form.
#include <benchmark/benchmark.h>

#include <nlohmann/json.hpp>
#include <string>

#include "protocol/catalog.h"
#include "protocol/frame.h"

namespace rocketmq::protocol {
namespace {

constexpr std::string_view properties =
    "UNIQ_KEY\x01"
    "0A0000090001B8D4C5A1E1F60B6A0000\x02WAIT\x01true\x02TAGS\x01created\x02"
    "KEYS\x01order-1234567 invoice-7654321\x02region\x01"
    "eu-central\x02";

SendMessageV2 request() {
  return {.producer_group = "orders-service",
          .topic = "orders",
          .default_topic = "TBW102",
          .default_topic_queue_nums = 4,
          .queue_id = 3,
          .sys_flag = 0,
          .born_timestamp = 1795271338252,
          .flag = 0,
          .properties = properties,
          .reconsume_times = 0,
          .unit_mode = false,
          .batch = false,
          .broker_name = "broker-a"};
}

std::string frame(HeaderCodec codec) {
  Buffer out;
  encode_frame(out, {.code = 310, .opaque = 4711, .codec = codec}, request());
  return std::string(out.view());
}

std::string json_header() { return frame(HeaderCodec::json).substr(8); }

void decode_ours(benchmark::State& state, HeaderCodec codec) {
  const std::string bytes = frame(codec);
  std::string copy = bytes;  // decoding resolves escapes in place, so each round starts afresh
  Command command;
  for (auto round : state) {
    copy.assign(bytes);
    auto found = next_frame(copy);
    auto decoded = decode_command((*found)->content, command);
    SendMessageV2 header;
    decoded = decode_header(command.fields, header);
    if (!decoded) state.SkipWithError("does not decode");
    benchmark::DoNotOptimize(header);
  }
  state.SetLabel(std::to_string(bytes.size() - 8) + " byte header");
}

void encode_ours(benchmark::State& state, HeaderCodec codec) {
  Buffer out;
  const SendMessageV2 header = request();
  for (auto round : state) {
    out.clear();
    encode_frame(out, {.code = 310, .opaque = 4711, .codec = codec}, header);
    benchmark::DoNotOptimize(out.data());
  }
}

void send_v2_decode_json(benchmark::State& state) { decode_ours(state, HeaderCodec::json); }
void send_v2_decode_binary(benchmark::State& state) { decode_ours(state, HeaderCodec::rocketmq); }
void send_v2_encode_json(benchmark::State& state) { encode_ours(state, HeaderCodec::json); }
void send_v2_encode_binary(benchmark::State& state) { encode_ours(state, HeaderCodec::rocketmq); }

void send_v2_decode_nlohmann(benchmark::State& state) {
  const std::string text = json_header();
  for (auto round : state) {
    auto parsed = nlohmann::json::parse(text);
    benchmark::DoNotOptimize(parsed);
  }
}

void send_v2_encode_nlohmann(benchmark::State& state) {
  const auto parsed = nlohmann::json::parse(json_header());
  for (auto round : state) {
    auto text = parsed.dump();
    benchmark::DoNotOptimize(text);
  }
}

BENCHMARK(send_v2_decode_nlohmann);
BENCHMARK(send_v2_decode_json);
BENCHMARK(send_v2_decode_binary);
BENCHMARK(send_v2_encode_nlohmann);
BENCHMARK(send_v2_encode_json);
BENCHMARK(send_v2_encode_binary);

}  // namespace
}  // namespace rocketmq::protocol
