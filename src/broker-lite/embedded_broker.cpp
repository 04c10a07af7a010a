#include <rocketmq/testing/embedded_broker.h>

#include <algorithm>
#include <chrono>
#include <future>
#include <utility>

#include "broker-lite/command_line.h"
#include "broker-lite/fault_loop.h"
#include "broker-lite/faults.h"
#include "broker-lite/servers.h"
#include "broker-lite/store/mem_file.h"
#include "client/message_view.h"
#include "net/address.h"
#include "net/event_loop.h"
#include "protocol/requests/topic_group_admin.h"
#include "protocol/str.h"

namespace rocketmq::testing {
namespace {

using namespace std::chrono_literals;

// Starting again looks through the newest file of the log, in memory the unwritten end of it too:
// with stock's 1 GiB for seconds.
constexpr std::int64_t log_file_bytes_in_memory = 16 * 1024 * 1024;
constexpr auto start_time_max = 10s;
constexpr auto stop_time_max = 5s;
constexpr std::size_t message_bytes_max = 1024 * 1024 * 1024;  // all that the broker took

Result<broker::CommandLine> command_line(const EmbeddedBrokerOptions& options) {
  broker::CommandLine line;
  line.namesrv_listen = "127.0.0.1:0";
  line.broker.listen_port = 0;
  line.broker.store_path_root_dir = options.store;
  if (options.store.empty()) {
    line.broker.store_path_root_dir = broker::memory_store;
    line.broker.mapped_file_size_commit_log = log_file_bytes_in_memory;
  }
  broker::JavaProperties settings;
  for (const auto& [name, value] : options.settings) settings.push_back({name, value});
  const auto warnings = broker::apply_properties(line.broker, settings);
  if (!warnings) return warnings.error();
  // A test that asks for what is not there would prove nothing.
  if (!warnings->empty()) return Error{Errc::invalid_argument, warnings->front()};
  if (auto good = broker::check(line.broker); !good) return std::move(good).error();
  return line;
}

std::int32_t number_of(RequestCode request) { return static_cast<std::int32_t>(request); }

}  // namespace

// What it owns lives on its loop's thread, and is made, used and destroyed there.
class EmbeddedBroker::Impl {
 public:
  explicit Impl(broker::CommandLine line) : line_(std::move(line)) { loop_.start(); }
  ~Impl() {
    stop();
    loop_.stop();
  }

  Result<void> start();
  void stop();
  Result<void> create_topic(const std::string& topic, int queues);
  std::vector<MessageView> messages(const std::string& topic);

  template <class Function>
  void on_loop(Function function) {
    net::run_in(loop_, function);
  }
  void use_faults(const std::function<void(broker::Faults&)>& change) {
    on_loop([&] { change(faults_); });
  }
  broker::FaultLoop& fault_loop() { return fault_loop_; }
  const std::string& name_server() const { return name_server_; }
  const std::string& address() const { return address_; }

 private:
  Result<void> start_servers(std::shared_ptr<std::promise<void>> ready);
  void keep_addresses();
  void read_queue(const MessageQueue& queue, std::vector<MessageView>& to);

  broker::CommandLine line_;
  std::string name_server_;  // set by the first start
  std::string address_;
  net::EventLoop loop_;
  broker::Faults faults_;
  broker::FaultLoop fault_loop_{loop_, faults_};
  broker::MemDirectory memory_;
  std::unique_ptr<broker::Servers> servers_;
};

Result<void> EmbeddedBroker::Impl::start() {
  const auto ready = std::make_shared<std::promise<void>>();
  Result<void> started;
  on_loop([&] {
    if (servers_ != nullptr) {
      ready->set_value();
    } else {
      started = start_servers(ready);
    }
  });
  if (!started) return started;
  if (ready->get_future().wait_for(start_time_max) == std::future_status::ready) return {};
  return Error{Errc::timeout, "the broker is not ready in time"};
}

Result<void> EmbeddedBroker::Impl::start_servers(std::shared_ptr<std::promise<void>> ready) {
  auto servers = broker::Servers::start(
      fault_loop_, line_, [](std::string_view) {}, [ready] { ready->set_value(); }, &memory_);
  if (!servers) return std::move(servers).error();
  servers_ = *std::move(servers);
  if (address_.empty()) keep_addresses();
  return {};
}

// From now on it comes back where its clients know it.
void EmbeddedBroker::Impl::keep_addresses() {
  name_server_ = servers_->namesrv_address();
  address_ = servers_->broker_address();
  line_.namesrv_listen = name_server_;
  if (const auto parsed = net::parse_address(address_)) line_.broker.listen_port = parsed->port;
}

void EmbeddedBroker::Impl::stop() {
  const auto stopped = std::make_shared<std::promise<void>>();
  on_loop([&] {
    if (servers_ == nullptr) return stopped->set_value();
    servers_->stop([stopped](const Result<void>&) { stopped->set_value(); });
  });
  stopped->get_future().wait_for(stop_time_max);
  on_loop([this] { servers_.reset(); });
}

Result<void> EmbeddedBroker::Impl::create_topic(const std::string& topic, int queues) {
  const auto done = std::make_shared<std::promise<Result<void>>>();
  on_loop([&] {
    broker::Core* const core = servers_ == nullptr ? nullptr : servers_->broker_core();
    if (core == nullptr) {
      return done->set_value(Error{Errc::not_connected, "the broker is stopped"});
    }
    protocol::UpdateAndCreateTopic request;
    request.topic = topic;
    request.default_topic = "TBW102";
    request.read_queue_nums = request.write_queue_nums = queues;
    request.perm = broker::perm_read | broker::perm_write;
    request.topic_filter_type = "SINGLE_TAG";
    const auto changed = core->topics.update(request, loop_.wall_ms());
    if (!changed) return done->set_value(changed.error());
    if (!*changed) return done->set_value({});
    core->topic_changed(topic);
    core->when_settled([done](const Result<void>& settled) { done->set_value(settled); });
  });
  auto result = done->get_future();
  if (result.wait_for(start_time_max) == std::future_status::ready) return result.get();
  return Error{Errc::timeout, str("topic ", topic, " is not known everywhere in time")};
}

std::vector<MessageView> EmbeddedBroker::Impl::messages(const std::string& topic) {
  std::vector<MessageView> all;
  on_loop([&] {
    broker::Core* const core = servers_ == nullptr ? nullptr : servers_->broker_core();
    const auto* const config = core == nullptr ? nullptr : core->topics.find(topic);
    if (config == nullptr) return;
    const int queues = std::max(config->read_queue_nums, config->write_queue_nums);
    for (std::int32_t id = 0; id < queues; ++id) {
      read_queue({topic, core->options.broker_name, id}, all);
    }
  });
  return all;
}

void EmbeddedBroker::Impl::read_queue(const MessageQueue& queue, std::vector<MessageView>& to) {
  const broker::MessageStore& store = servers_->broker_core()->store;
  broker::GetRequest request{.topic = queue.topic, .queue_id = queue.queue_id};
  request.offset = store.min_offset(queue.topic, queue.queue_id);
  broker::GetResult found;
  for (;;) {
    store.get(request, found);
    if (found.records.empty()) return;
    // The store's memory is the broker's; the messages outlive that.
    auto bytes = std::make_shared<std::string>();
    for (const std::string_view record : found.records) *bytes += record;
    const auto source =
        std::make_shared<const client::PullSource>(client::PullSource{bytes, queue});
    auto decoded = client::decode_messages(*bytes, source, message_bytes_max);
    std::move(decoded.messages.begin(), decoded.messages.end(), std::back_inserter(to));
    if (found.next_begin_offset <= request.offset) return;
    request.offset = found.next_begin_offset;
  }
}

// ---- the handle

EmbeddedBroker::EmbeddedBroker(EmbeddedBrokerOptions options) {
  auto line = command_line(options);
  if (!line) throw Exception(std::move(line).error());
  impl_ = std::make_unique<Impl>(*std::move(line));
  if (auto started = impl_->start(); !started) throw Exception(std::move(started).error());
}
EmbeddedBroker::EmbeddedBroker(EmbeddedBroker&&) noexcept = default;
EmbeddedBroker& EmbeddedBroker::operator=(EmbeddedBroker&&) noexcept = default;
EmbeddedBroker::~EmbeddedBroker() = default;

const std::string& EmbeddedBroker::name_server() const { return impl_->name_server(); }
const std::string& EmbeddedBroker::address() const { return impl_->address(); }
void EmbeddedBroker::stop() { impl_->stop(); }
Result<void> EmbeddedBroker::start() { return impl_->start(); }

Result<void> EmbeddedBroker::create_topic(const std::string& topic, int queues) {
  return impl_->create_topic(topic, queues);
}
std::vector<MessageView> EmbeddedBroker::messages(const std::string& topic) const {
  return impl_->messages(topic);
}

void EmbeddedBroker::fail_next(RequestCode request, int times, ResponseCode code,
                               std::string remark) {
  impl_->use_faults([&](broker::Faults& faults) {
    faults.fail_next(number_of(request), times, static_cast<std::int32_t>(code), remark);
  });
}
void EmbeddedBroker::lose_next_answers(RequestCode request, int times) {
  impl_->use_faults(
      [&](broker::Faults& faults) { faults.lose_next_answers(number_of(request), times); });
}
void EmbeddedBroker::delay(RequestCode request, std::chrono::milliseconds time) {
  impl_->use_faults([&](broker::Faults& faults) { faults.delay(number_of(request), time); });
}
void EmbeddedBroker::drop_connection_at_next(RequestCode request, int times) {
  impl_->use_faults(
      [&](broker::Faults& faults) { faults.drop_connection_at_next(number_of(request), times); });
}
void EmbeddedBroker::fill_disk(bool full) {
  impl_->use_faults([&](broker::Faults& faults) { faults.fill_disk(full); });
}

void EmbeddedBroker::drop_connections() {
  impl_->on_loop([this] { impl_->fault_loop().drop_connections(); });
}
void EmbeddedBroker::accept_connections(bool yes) {
  Result<void> result;
  impl_->on_loop([&] { result = impl_->fault_loop().accept_connections(yes); });
  result.value();
}
void EmbeddedBroker::clear_faults() {
  impl_->use_faults([](broker::Faults& faults) { faults.clear(); });
  accept_connections(true);
}

std::size_t EmbeddedBroker::requests(RequestCode request) const {
  std::size_t count = 0;
  impl_->use_faults([&](broker::Faults& faults) { count = faults.requests(number_of(request)); });
  return count;
}

}  // namespace rocketmq::testing
