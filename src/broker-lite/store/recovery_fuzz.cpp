#include <cstddef>
#include <cstdlib>
#include <deque>

#include "broker-lite/store/mem_file.h"
#include "broker-lite/store/message_store.h"
#include "broker-lite/store/recovery.h"

using namespace rocketmq;
using namespace rocketmq::broker;

namespace {

constexpr std::size_t log_file_size = 1024;
constexpr std::size_t queue_file_size = 200;

void write(MemDirectory& directory, const std::string& path, std::string_view bytes) {
  directory.create_directories(path.substr(0, path.rfind('/'))).value();
  directory.open(path, OpenMode::create).value()->write(0, bytes).value();
}

StoreOptions options() {
  StoreOptions small;
  small.mapped_file_size_commit_log = log_file_size;
  small.mapped_file_size_consume_queue = queue_file_size;
  return small;
}

// A store that was killed: a dozen messages in two queues, two log files.
void fill(MemDirectory& directory) {
  InlineFlusher flusher([](const std::function<void()>&) {});
  auto store = MessageStore::open(options(), directory, flusher, 1).value();
  for (std::int32_t i = 0; i < 12; ++i) {
    const protocol::RecordView message{
        .queue_id = i % 2, .body = "some text", .topic = "T", .properties = "TAGS\1a\2"};
    store->put(message, i).value();
    store->commit().value();
    if (i == 5) store->tick(i);
  }
}

// Changes single bytes of the log and the first queue: triples of place (2 bytes) and new value.
void damage(MemDirectory& directory, std::string_view changes) {
  const char* paths[] = {"commitlog/00000000000000000000", "commitlog/00000000000000001024",
                         "consumequeue/T/0/00000000000000000000", "abort"};
  const std::size_t sizes[] = {log_file_size, log_file_size, queue_file_size, 60};
  for (; changes.size() >= 3; changes.remove_prefix(3)) {
    const auto high = static_cast<unsigned char>(changes[0]);
    const auto place =
        static_cast<std::size_t>((high & 15) * 256 + static_cast<unsigned char>(changes[1]));
    const std::size_t file = high >> 6;
    directory.open(paths[file], OpenMode::existing)
        .value()
        ->write(static_cast<std::int64_t>(place % sizes[file]), changes.substr(2, 1))
        .value();
  }
}

// Opens a store of any bytes, and uses it. It must come up, and what was put must be there again.
void open_and_use(MemDirectory& directory) {
  std::deque<std::function<void()>> posted;
  InlineFlusher flusher([&](std::function<void()> f) { posted.push_back(std::move(f)); });
  const protocol::RecordView message{.queue_id = 7, .body = "new", .topic = "Fuzz"};
  std::int64_t offset = 0;
  {
    auto store = MessageStore::open(options(), directory, flusher, 1).value();
    offset = store->put(message, 2).value().queue_offset;
    store->commit().value();
    GetResult result;
    for (std::int32_t queue = 0; queue < 3; ++queue) {
      store->get({.topic = "T", .queue_id = queue, .offset = store->min_offset("T", queue)},
                 result);
    }
    (void)store->offset_by_time("T", 0, 5, TimeBoundary::upper);
    store->tick(10'000);
  }
  auto store = MessageStore::open(options(), directory, flusher, 1).value();
  GetResult result;
  store->get({.topic = "Fuzz", .queue_id = 7, .offset = offset}, result);
  if (result.status != GetStatus::found) std::abort();
}

}  // namespace

// Either a good store with some bytes changed, or files of any bytes: two of the log, one of a
// queue, and a mark of how the store was left.
extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  if (size < 1) return 0;
  const unsigned char choice = data[0];
  if (choice & 32) {
    MemDirectory directory;
    fill(directory);
    damage(directory, std::string_view(reinterpret_cast<const char*>(data) + 1, size - 1));
    open_and_use(directory);
    return 0;
  }
  std::string bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
  bytes.resize(2 * log_file_size + queue_file_size);
  const std::string_view all(bytes);

  MemDirectory directory;
  write(directory, "commitlog/00000000000000000000", all.substr(0, log_file_size));
  if (choice & 1) {
    write(directory, "commitlog/00000000000000001024", all.substr(log_file_size, log_file_size));
  }
  if (choice & 2) {
    write(directory, "consumequeue/T/0/00000000000000000000", all.substr(2 * log_file_size));
  }
  if (choice & 4) directory.open("abort", OpenMode::create).value()->write(0, "4711").value();
  if (choice & 8) {
    directory.open("abort", OpenMode::create)
        .value()
        ->write(0, "4711 rmq-broker-lite memory 00000000000000000300")
        .value();
  }
  if (choice & 16)
    directory.open("checkpoint", OpenMode::create).value()->write(0, all.substr(0, 40)).value();
  open_and_use(directory);
  return 0;
}
