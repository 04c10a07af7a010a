#include <benchmark/benchmark.h>

#include "broker-lite/store/message_store.h"
#include "broker-lite/store/posix_file.h"
#include "protocol/properties.h"
#include "protocol/testing/temporary_folder.h"

namespace rocketmq::broker {
namespace {

// A store in the folder for temporary files (TMPDIR; best one in memory), gone afterwards.
struct BenchStore {
  TemporaryFolder folder;
  std::unique_ptr<Directory> directory;
  InlineFlusher flusher{[](const std::function<void()>&) {}};
  std::unique_ptr<MessageStore> store;
  std::string properties = protocol::encode_properties(
      {{protocol::property::unique_key, "0A00000120A430946E096A1AF6430000"},
       {protocol::property::cluster, "DefaultCluster"},
       {protocol::property::tags, "TagA"},
       {protocol::property::wait_store_msg_ok, "true"}});
  std::int64_t now = 1'700'000'000'000;

  BenchStore() {
    directory = open_posix_directory(folder.path).value();
    StoreOptions options;
    options.flush_interval_commit_log_ms = 1LL << 40;  // the disk is not what is measured
    store = MessageStore::open(options, *directory, flusher, now).value();
  }

  void put(std::string_view body, std::int32_t queue_id) {
    const protocol::RecordView message{
        .queue_id = queue_id,
        .born_timestamp = now,
        .born_host = protocol::make_host({"\x0a\0\0\x09", 4}, 5555),
        .store_host = protocol::make_host({"\x0a\0\0\x01", 4}, 10911),
        .body = body,
        .topic = "benchmark-topic",
        .properties = properties};
    store->put(message, now).value();
  }
};

// Arguments: body size, messages a commit (what one loop turn brings).
void put(benchmark::State& state) {
  BenchStore bench;
  const std::string body(static_cast<std::size_t>(state.range(0)), 'b');
  std::int64_t count = 0;
  for (auto _ : state) {
    bench.put(body, static_cast<std::int32_t>(count % 8));
    if (++count % state.range(1) == 0) bench.store->commit().value();
  }
  state.SetItemsProcessed(count);
}
BENCHMARK(put)->Args({128, 1})->Args({128, 64})->Args({1024, 1})->Args({1024, 64});

// 32 messages a get, from one queue of eight.
void get(benchmark::State& state) {
  BenchStore bench;
  const std::string body(static_cast<std::size_t>(state.range(0)), 'b');
  constexpr std::int64_t messages_a_queue = 32 * 1024;
  for (std::int64_t i = 0; i < messages_a_queue * 8; ++i) {
    bench.put(body, static_cast<std::int32_t>(i % 8));
    if (i % 64 == 0) bench.store->commit().value();
  }
  bench.store->commit().value();
  bench.store->tick(bench.now + 1000);

  GetResult result;
  std::int64_t offset = 0;
  std::string copy;
  for (auto _ : state) {
    bench.store->get({.topic = "benchmark-topic", .queue_id = 3, .offset = offset}, result);
    copy.clear();
    for (const std::string_view record : result.records) copy += record;  // into the answer
    benchmark::DoNotOptimize(copy.data());
    offset = result.next_begin_offset % messages_a_queue;
  }
  state.SetItemsProcessed(static_cast<std::int64_t>(state.iterations()) * 32);
}
BENCHMARK(get)->Arg(128)->Arg(1024);

}  // namespace
}  // namespace rocketmq::broker
