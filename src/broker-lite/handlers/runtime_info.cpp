#include "broker-lite/handlers/runtime_info.h"

#include <array>
#include <cmath>
#include <cstdio>
#include <filesystem>
#include <string>
#include <utility>

#include "broker-lite/options.h"
#include "broker-lite/services/delay_service.h"
#include "broker-lite/services/timer_service.h"
#include "protocol/str.h"
#include "protocol/version_name.h"

namespace rocketmq::broker {
namespace {

using Table = std::map<std::string, std::string>;
using Totals = Traffic::Totals;

std::string decimal(double number, int digits = 2) {
  std::array<char, 64> text{};
  const int size = std::snprintf(text.data(), text.size(), "%.*f", digits, number);
  return {text.data(), static_cast<std::size_t>(size)};
}

// "Always three": the dashboard parses each of them.
std::string joined(const Traffic::Rates& rates) {
  return str(decimal(rates[0]), ' ', decimal(rates[1]), ' ', decimal(rates[2]));
}

// Java: MixAll.humanReadableByteCount, binary units.
std::string human_bytes(std::uint64_t bytes) {
  static constexpr std::array<std::string_view, 6> units{"KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};
  if (bytes < 1024) return str(bytes, " B");
  double value = static_cast<double>(bytes) / 1024;
  std::size_t unit = 0;
  for (; value >= 1024 && unit + 1 < units.size(); ++unit) value /= 1024;
  return str(decimal(value, 1), ' ', units[unit]);
}

void add_identity(const Core& core, std::int64_t boot_ms, Table& table) {
  const std::int64_t seconds = (core.loop.wall_ms() - boot_ms) / 1000;
  table["brokerVersionDesc"] = protocol::version_name(protocol::our_version);
  table["brokerActive"] = "true";
  table["bootTimestamp"] = str(boot_ms);
  table["runtime"] = str("[ ", seconds / 86'400, " days, ", seconds / 3'600 % 24, " hours, ",
                         seconds / 60 % 60, " minutes, ", seconds % 60, " seconds ]");
  table["startAcceptSendRequestTimeStamp"] = str(core.options.start_accept_send_request_time_stamp);
}

void add_traffic(Core& core, Table& table) {
  Traffic& traffic = core.traffic;
  const auto now = core.loop.now();
  const auto rates = [&](std::int64_t Totals::* counter) { return traffic.rates(counter, now); };
  const auto found = rates(&Totals::found_reads);
  const auto missed = rates(&Totals::missed_reads);
  table["putTps"] = joined(rates(&Totals::put_messages));
  table["getFoundTps"] = joined(found);
  table["getMissTps"] = joined(missed);
  table["getTotalTps"] = joined({found[0] + missed[0], found[1] + missed[1], found[2] + missed[2]});
  table["getTransferredTps"] = joined(rates(&Totals::got_messages));
  table["getTransferedTps"] = table["getTransferredTps"];  // what mqadmin up to 4.9 asks for

  const Totals& totals = traffic.totals();
  const auto days = traffic.days(core.loop.wall_ms());
  table["putMessageTimesTotal"] = str(totals.put_messages);
  table["putMessageFailedTimes"] = str(totals.put_failures);
  table["putMessageSizeTotal"] = str(totals.put_bytes);
  table["putMessageAverageSize"] =
      decimal(totals.put_messages == 0 ? 0
                                       : static_cast<double>(totals.put_bytes) /
                                             static_cast<double>(totals.put_messages));
  table["msgPutTotalYesterdayMorning"] = str(days.yesterday_morning.put_messages);
  table["msgPutTotalTodayMorning"] = str(days.today_morning.put_messages);
  table["msgPutTotalTodayNow"] = str(totals.put_messages);
  table["msgGetTotalYesterdayMorning"] = str(days.yesterday_morning.got_messages);
  table["msgGetTotalTodayMorning"] = str(days.today_morning.got_messages);
  table["msgGetTotalTodayNow"] = str(totals.got_messages);
}

void add_store(const Core& core, Table& table) {
  const MessageStore& store = core.store;
  const bool is_empty = store.max_position() == store.min_position();
  std::int64_t earliest = -1;
  if (!is_empty) {
    const auto first = store.record_at(store.min_position());
    if (first) earliest = first->record.store_timestamp;
  }
  table["earliestMessageTimeStamp"] = str(earliest);
  table["commitLogMinOffset"] = str(is_empty ? -1 : store.min_position());
  table["commitLogMaxOffset"] = str(store.max_position());
  table["dispatchBehindBytes"] = "0";  // what is committed can be read
  table["dispatchMaxBuffer"] = "0";
  table["remainHowManyDataToFlush"] =
      human_bytes(static_cast<std::uint64_t>(store.max_position() - store.flushed_position()));
  table["remainTransientStoreBufferNumbs"] = "2147483647";  // as stock says without such buffers
}

// A store in memory has no disk: -1, as stock says of a path that is not there.
void add_disk(const Core& core, Table& table) {
  const std::string& path = core.options.store_path_root_dir;
  std::string ratio = "-1.0";
  std::string capacity = "Total : 0 B, Free : 0 B.";
  std::error_code problem;
  if (path != memory_store) {
    const auto space = std::filesystem::space(path, problem);
    if (!problem && space.capacity > 0) {
      ratio = decimal(static_cast<double>(space.capacity - space.available) /
                      static_cast<double>(space.capacity));
      capacity = str("Total : ", human_bytes(space.capacity),
                     ", Free : ", human_bytes(space.available), ".");
    }
  }
  table["commitLogDirCapacity"] = capacity;
  table["commitLogDiskRatio"] = ratio;
  table[str("commitLogDiskRatio_", path, "/commitlog")] = ratio;
  table["consumeQueueDiskRatio"] = ratio;
}

// One loop does everything at once, so no request ever stands in a queue; tools want the keys.
void add_queues(Table& table) {
  static constexpr std::array<std::pair<std::string_view, std::string_view>, 5> pools{{
      {"send", "10000"},
      {"pull", "100000"},
      {"litePull", "100000"},
      {"query", "20000"},
      {"ack", "100000"},
  }};
  for (const auto& [name, capacity] : pools) {
    table[str(name, "ThreadPoolQueueSize")] = "0";
    table[str(name, "ThreadPoolQueueCapacity")] = capacity;
    table[str(name, "ThreadPoolQueueHeadWaitTimeMills")] = "0";
  }
  table["EndTransactionQueueSize"] = "0";
  table["EndTransactionThreadPoolQueueCapacity"] = "100000";
  table["pageCacheLockTimeMills"] = "0";
}

void add_times(Core& core, Table& table) {
  StoreTimes& times = core.store_times;
  const auto now = core.loop.now();
  const auto percentile = [&](double share) {
    return decimal(static_cast<double>(times.put_percentile_ms(share, now)));
  };
  table["putMessageEntireTimeMax"] = str(times.put_max_ms());
  table["getMessageEntireTimeMax"] = str(times.get_max_ms());
  table["putLatency99"] = percentile(0.99);
  table["putLatency999"] = percentile(0.999);
  table["putMessageDistributeTime"] = times.put_distribution(now);
}

// What waits is known as soon as it is stored.
void add_timers(const Core& core, const TimerService& timers, Table& table) {
  table["timerReadBehind"] = "0";
  table["timerOffsetBehind"] = "0";
  table["timerCongestNum"] = str(timers.waiting());
  table["timerEnqueueTps"] = decimal(timers.enqueue_rate(core.loop.now()));
  table["timerDequeueTps"] = decimal(timers.dequeue_rate(core.loop.now()));
}

void add_delays(const DelayService& delays, Table& table) {
  for (const auto& [level, progress] : delays.progress()) {
    table[str("scheduleMessageOffset_", level)] = str(progress.delivered, ',', progress.max_offset);
  }
}

}  // namespace

protocol::KVTable runtime_info(Core& core, const AdminServices& services, std::int64_t boot_ms) {
  protocol::KVTable info;
  add_identity(core, boot_ms, info.table);
  add_traffic(core, info.table);
  add_store(core, info.table);
  add_disk(core, info.table);
  add_queues(info.table);
  add_times(core, info.table);
  add_timers(core, services.timers, info.table);
  add_delays(services.delays, info.table);
  return info;
}

}  // namespace rocketmq::broker
