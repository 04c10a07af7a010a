#include <benchmark/benchmark.h>

#include "protocol/message_codec.h"
#include "protocol/properties.h"

namespace rocketmq::protocol {
namespace {

const std::string properties =
    encode_properties({{property::unique_key, "0A00000120A430946E096A1AF6430000"},
                       {property::cluster, "DefaultCluster"},
                       {property::tags, "TagA"},
                       {property::keys, "order-17"},
                       {property::wait_store_msg_ok, "true"}});

RecordView record_with(std::string_view body) {
  return {.queue_id = 3,
          .queue_offset = 7,
          .physical_offset = 1024,
          .born_timestamp = 1700000000000,
          .born_host = make_host({"\x0a\0\0\x09", 4}, 5555),
          .store_timestamp = 1700000000001,
          .store_host = make_host({"\x0a\0\0\x01", 4}, 10911),
          .body = body,
          .topic = "benchmark-topic",
          .properties = properties};
}

void encode(benchmark::State& state) {
  const std::string body(static_cast<std::size_t>(state.range(0)), 'b');
  const RecordView record = record_with(body);
  std::string bytes(record_size(record), '\0');
  for (auto _ : state) {
    encode_record(record, bytes.data());
    benchmark::DoNotOptimize(bytes.data());
  }
  state.SetBytesProcessed(static_cast<std::int64_t>(state.iterations() * bytes.size()));
}
BENCHMARK(encode)->Arg(128)->Arg(1024)->Arg(4096);

void decode(benchmark::State& state) {
  const std::string body(static_cast<std::size_t>(state.range(0)), 'b');
  const RecordView record = record_with(body);
  std::string bytes(record_size(record), '\0');
  encode_record(record, bytes.data());
  for (auto _ : state) {
    auto decoded = decode_record(bytes);
    benchmark::DoNotOptimize(decoded);
  }
  state.SetBytesProcessed(static_cast<std::int64_t>(state.iterations() * bytes.size()));
}
BENCHMARK(decode)->Arg(128)->Arg(1024)->Arg(4096);

void find_last_property(benchmark::State& state) {
  for (auto _ : state) {
    benchmark::DoNotOptimize(find_property(properties, property::wait_store_msg_ok));
  }
}
BENCHMARK(find_last_property);

void hash_tag(benchmark::State& state) {
  for (auto _ : state) benchmark::DoNotOptimize(tags_code(properties));
}
BENCHMARK(hash_tag);

}  // namespace
}  // namespace rocketmq::protocol
