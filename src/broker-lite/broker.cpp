#include "broker-lite/broker.h"

#include <algorithm>
#include <chrono>
#include <optional>
#include <utility>

#include "broker-lite/access_control.h"
#include "broker-lite/auth/users.h"
#include "broker-lite/broker_address.h"
#include "broker-lite/core.h"
#include "broker-lite/every.h"
#include "broker-lite/handlers/admin.h"
#include "broker-lite/handlers/handlers.h"
#include "broker-lite/handlers/pop.h"
#include "broker-lite/handlers/pull.h"
#include "broker-lite/handlers/send_answers.h"
#include "broker-lite/listening.h"
#include "broker-lite/live_options.h"
#include "broker-lite/metrics/broker_metrics.h"
#include "broker-lite/part_options.h"
#include "broker-lite/registration.h"
#include "broker-lite/saved_tables.h"
#include "broker-lite/services/delay_service.h"
#include "broker-lite/services/pop_records.h"
#include "broker-lite/services/pop_reviver.h"
#include "broker-lite/services/timer_service.h"
#include "broker-lite/services/transaction_service.h"
#include "broker-lite/state/names.h"
#include "broker-lite/state/pop_orders.h"
#include "broker-lite/state/request_modes.h"
#include "broker-lite/store/cleaner.h"
#include "broker-lite/tls.h"
#include "net/address.h"
#include "net/router.h"
#include "net/server.h"
#include "protocol/access/policies.h"
#include "protocol/str.h"

namespace rocketmq::broker {
namespace {

using namespace std::chrono_literals;
using std::chrono::milliseconds;

// Lets those who still send hear that they should go elsewhere.
constexpr net::Duration stop_grace = 200ms;

bool is_counting(const BrokerOptions& options) {
  return options.metrics_exporter_type == MetricsExporterType::prom;
}

// Read before anything is made of it.
struct BrokerTls {
  net::ListenOptions listen = net::ServerOptions().listen;
  std::shared_ptr<const net::TlsContext> to_namesrv;
};

net::ServerOptions server_options(const BrokerOptions& options, net::ListenOptions listen,
                                  net::LogLine log) {
  net::ServerOptions server;
  server.listen = std::move(listen);
  server.idle_timeout = std::chrono::seconds(options.server_channel_max_idle_time_seconds);
  server.log = std::move(log);
  return server;
}

}  // namespace

// Members are destroyed from the last to the first: timers and server go before what they use.
class Broker::Impl {
 public:
  Impl(net::Loop& loop, BrokerOptions options, BrokerDisk disk, std::unique_ptr<MessageStore> store,
       DelayLevels levels, BrokerTls tls, net::LogLine log)
      : loop_(loop),
        disk_(disk),
        log_(std::move(log)),
        store_(std::move(store)),
        topics_(topics_options(options), loop.wall_ms()),
        groups_({.auto_create_subscription_group = options.auto_create_subscription_group},
                loop.wall_ms()),
        clients_({.channel_expired_timeout = milliseconds(options.channel_expired_timeout_ms)}),
        sql_filters_(sql_limits(options)),
        saved_(disk.directory, disk.flusher,
               {topics_, groups_, offsets_, orders_, request_modes_, users_, policies_, live_,
                delays_}),
        levels_(std::move(levels)),
        detours_(options, levels_),
        core_{.loop = loop,
              .options = std::move(options),
              .store = *store_,
              .topics = topics_,
              .groups = groups_,
              .offsets = offsets_,
              .clients = clients_,
              .queue_locks = queue_locks_,
              .detours = detours_,
              .sql_filters = sql_filters_},
        requests_(loop,
                  {.counts = is_counting(core_.options),
                   .slow_from = milliseconds(core_.options.slow_request_threshold_ms)},
                  log_),
        delays_(core_, levels_, log_),
        timers_(core_, disk.directory, disk.flusher, log_),
        transactions_(core_, log_),
        cleaner_(*store_, disk.directory, retention_options(core_.options), log_,
                 [this] { return timers_.needed_from(); }),
        pop_records_(core_),
        reviver_(
            core_, pop_records_.revive_queue_nums(), [this] { return timers_.next_due_ms(); },
            log_),
        namesrv_tls_(std::move(tls.to_namesrv)),
        server_(loop, router_, server_options(core_.options, std::move(tls.listen), log_)) {}

  Result<void> load();
  Result<void> listen(const std::string& built_in_namesrv);
  void serve(std::vector<std::string> name_servers, std::function<void()> on_ready);
  void stop(std::function<void(const Result<void>&)> on_stopped);

  const std::string& listen_address() const { return listen_address_; }
  void set_tls(const std::shared_ptr<const net::TlsContext>& tls) { server_.set_tls(tls); }
  Core& core() { return core_; }
  std::string metrics() {
    return broker_metrics({core_, requests_, timers_, transactions_, reviver_, disk_.directory});
  }
  Result<void> readiness() const;

 private:
  void connect_core();
  void note_overrides();
  void spread_options();
  void options_changed(SavedTable::Done done);
  void tick();
  void scan_clients();
  void arrived(const Arrival& arrival);
  void wait_for_flusher();
  void finish_stop();

  net::Loop& loop_;
  BrokerDisk disk_;
  const net::LogLine log_;
  const std::unique_ptr<MessageStore> store_;
  Topics topics_;
  Groups groups_;
  Offsets offsets_;
  Clients clients_;
  QueueLocks queue_locks_;
  PopOrders orders_;
  RequestModes request_modes_;
  Users users_;
  protocol::Policies policies_;
  SqlFilters sql_filters_;
  SavedTables saved_;
  const DelayLevels levels_;
  const Detours detours_;
  Core core_;
  net::RequestMetrics requests_;
  LiveSettings<BrokerOptions> live_{core_.options, live_options};
  DelayService delays_;
  TimerService timers_;
  TransactionService transactions_;
  Cleaner cleaner_;
  PopRecords pop_records_;
  PopReviver reviver_;
  AccessControl access_{core_, users_, policies_, saved_, log_};
  std::optional<SendAnswers> answers_;
  std::optional<PullHandler> pulls_;
  std::optional<PopHandler> pops_;
  net::Router router_;
  const std::shared_ptr<const net::TlsContext> namesrv_tls_;
  net::Server server_;
  std::string listen_address_;
  std::optional<Registration> registration_;
  std::unique_ptr<TlsReload> namesrv_tls_reload_;
  bool is_registered_ = false;
  std::function<void(const Result<void>&)> on_stopped_;
  bool was_writable_ = true;  // as told in the log
  std::int32_t registered_permission_ = 0;
  std::optional<Every> tick_;
  std::optional<Every> offsets_timer_;
  std::optional<Every> delays_timer_;
  std::optional<Every> check_timer_;
  std::optional<Every> revive_timer_;
  std::optional<Every> scan_timer_;
  std::optional<Every> locks_timer_;
};

Result<void> Broker::Impl::load() {
  if (auto loaded = saved_.load_overrides(); !loaded) return loaded;
  note_overrides();
  if (auto loaded = saved_.load(); !loaded) return loaded;
  if (auto loaded = access_.load(router_); !loaded) return loaded;
  if (auto loaded = timers_.load(); !loaded) return loaded;
  saved_.topics.changed();  // with the system topics of this version
  saved_.groups.changed();
  return {};
}

Result<void> Broker::Impl::listen(const std::string& built_in_namesrv) {
  const BrokerOptions& options = core_.options;
  net::Address address{options.bind_address, static_cast<std::uint16_t>(options.listen_port)};
  auto listening = server_.listen(to_string(address));
  if (!listening) return std::move(listening).error();
  listen_address_ = *std::move(listening);
  if (const auto real = net::parse_address(listen_address_)) address = *real;
  core_.options.listen_port = address.port;  // as tools are to see it

  const net::Address advertised = advertised_address(
      options, address, !built_in_namesrv.empty() && options.namesrv_addr.empty());
  const auto store_host = store_host_of(advertised);
  if (!store_host) return store_host.error();
  core_.store_host = *store_host;
  core_.address = to_string(advertised);
  return {};
}

void Broker::Impl::serve(std::vector<std::string> name_servers, std::function<void()> on_ready) {
  const BrokerOptions& options = core_.options;
  answers_.emplace(loop_, *store_, core_.store_times, saved_.topics,
                   SendAnswersOptions{
                       .flush_mode = store_options(options, levels_).flush_mode,
                       .sync_flush_timeout = milliseconds(options.sync_flush_timeout_ms),
                       .region_id = options.region_id,
                       .trace_on = options.trace_on,
                       .store_host = core_.store_host,
                   });
  pulls_.emplace(core_);
  pops_.emplace(core_, pop_records_, orders_);
  if (is_counting(options)) {
    core_.message_metrics.switch_on();
    core_.pop_metrics.switch_on();
  }
  if (requests_.is_on()) router_.set_observer(requests_);
  store_->set_arrived([this](const Arrival& arrival) { arrived(arrival); });
  registration_.emplace(loop_, core_, std::move(name_servers), namesrv_tls_, log_);
  namesrv_tls_reload_ = watch_client_tls(loop_, options, log_,
                                         [this](const auto& tls) { registration_->set_tls(tls); });
  registered_permission_ = options.broker_permission;
  connect_core();

  add_send_handlers(router_, core_, *answers_);
  add_send_back_handlers(router_, core_, *answers_);
  add_transaction_handlers(router_, transactions_, *answers_);
  add_reply_handlers(router_, core_);
  add_recall_handlers(router_, core_, *answers_);
  add_pull_handlers(router_, *pulls_);
  add_pop_handlers(router_, *pops_);
  add_ack_handlers(router_, core_, pop_records_, orders_, *pops_, *answers_);
  add_offset_handlers(router_, core_);
  add_query_handlers(router_, core_);
  add_client_session_handlers(router_, core_);
  add_admin_handlers(router_, core_, {delays_, timers_, transactions_, live_});
  add_cleaning_handlers(router_, core_, cleaner_);
  add_assignment_handlers(router_, core_, request_modes_, [this](SavedTable::Done done) {
    saved_.request_modes.changed();
    saved_.request_modes.when_saved(std::move(done));
  });

  tick_.emplace(loop_,
                std::min<net::Duration>(1s, milliseconds(options.flush_interval_commit_log_ms)),
                [this] { tick(); });
  offsets_timer_.emplace(loop_, milliseconds(options.flush_consumer_offset_interval_ms),
                         [this] { saved_.save_offsets_if_changed(); });
  delays_timer_.emplace(loop_, milliseconds(options.flush_delay_offset_interval_ms),
                        [this] { saved_.save_delays_if_changed(); });
  check_timer_.emplace(loop_, milliseconds(options.transaction_check_interval_ms),
                       [this] { transactions_.check(); });
  revive_timer_.emplace(loop_, milliseconds(options.revive_interval_ms), [this] {
    reviver_.run();
    pops_->tick();
  });
  scan_timer_.emplace(loop_, 10s, [this] { scan_clients(); });
  locks_timer_.emplace(loop_, 60s, [this] { queue_locks_.expire(loop_.now()); });
  delays_.start();
  timers_.start();
  transactions_.start();
  reviver_.start();
  registration_->start();
  registration_->when_settled([this, on_ready = std::move(on_ready)] {
    is_registered_ = true;
    on_ready();
  });
}

Result<void> Broker::Impl::readiness() const {
  if (on_stopped_) return Error{Errc::client_closed, "the broker is stopping"};
  if (!is_registered_) return Error{Errc::not_connected, "not registered yet"};
  return store_->is_writable() ? Result<void>() : store_->failure();
}

void Broker::Impl::connect_core() {
  core_.topic_changed = [this](std::string_view topic) {
    saved_.topics.changed();
    registration_->topic_changed(topic);
  };
  core_.topic_removed = [this](std::string_view) {
    saved_.topics.changed();
    registration_->all_changed();
  };
  core_.groups_changed = [this] { saved_.groups.changed(); };
  core_.options_changed = [this](SavedTable::Done done) { options_changed(std::move(done)); };
  core_.find_route = [this](std::string topic, Registration::RouteFound done) {
    registration_->find_route(std::move(topic), std::move(done));
  };
  core_.commit_messages = [this] { return answers_->commit(); };
  core_.when_settled = [this](std::function<void(const Result<void>&)> done) {
    saved_.topics.when_saved([this, done](const Result<void>& topics) {
      if (!topics) return done(topics);
      saved_.groups.when_saved([this, done](const Result<void>& groups) {
        if (!groups) return done(groups);
        registration_->when_settled([done] { done({}); });
      });
    });
  };
}

// What a tool has changed wins over broker.conf and flags, which nobody would expect.
void Broker::Impl::note_overrides() {
  std::string text;
  for (const auto& [name, value] : live_.changed()) {
    text += str(text.empty() ? "" : ", ", name, '=', value);
  }
  if (text.empty()) return;
  log_(str("settings changed by a tool, kept in config/brokerOverrides.properties: ", text));
  spread_options();
}

// To those who do not ask core_.options.
void Broker::Impl::spread_options() {
  const BrokerOptions& options = core_.options;
  groups_.set_auto_create(options.auto_create_subscription_group);
  cleaner_.set_options(retention_options(options));
  if (topics_.set_auto_create(options.auto_create_topic_enable, loop_.wall_ms()) && registration_) {
    core_.topic_changed(auto_create_topic);
  }
  if (answers_) answers_->set_trace_on(options.trace_on);
}

void Broker::Impl::options_changed(SavedTable::Done done) {
  spread_options();
  if (std::exchange(registered_permission_, core_.options.broker_permission) !=
      core_.options.broker_permission) {
    topics_.touch(loop_.wall_ms());
    saved_.topics.changed();
    registration_->all_changed();
  }
  saved_.overrides.changed();
  saved_.overrides.when_saved([this, done = std::move(done)](const Result<void>& saved) {
    if (!saved) return done(saved);
    core_.when_settled(done);
  });
}

void Broker::Impl::arrived(const Arrival& arrival) {
  pulls_->arrived(arrival);
  pops_->arrived(arrival);
  if (arrival.topic == schedule_topic) delays_.arrived(arrival.queue_id, arrival.tags_code);
  if (arrival.topic == timer_topic) timers_.arrived();
  if (arrival.topic == reviver_.topic()) reviver_.arrived(arrival.queue_id);
  if (arrival.topic == half_topic || arrival.topic == op_half_topic) transactions_.arrived();
}

void Broker::Impl::tick() {
  store_->tick(loop_.wall_ms());
  cleaner_.tick(loop_.now(), loop_.wall_ms());
  timers_.save_if_moved();
  answers_->tick(loop_.now());
  saved_.try_again();
  const bool is_writable = store_->is_writable();
  if (std::exchange(was_writable_, is_writable) == is_writable) return;
  log_(is_writable ? "messages are taken again"
                   : str("no more messages are taken: ", to_string(store_->failure())));
}

void Broker::Impl::scan_clients() {
  const Clients::Expired expired = clients_.expire(loop_.now());
  for (const net::ChannelHandle& channel : expired.channels) {
    if (channel) channel->close();
  }
  notify_members(core_, expired.changed);
  pulls_->drop_closed();
  pops_->drop_closed();
}

void Broker::Impl::stop(std::function<void(const Result<void>&)> on_stopped) {
  on_stopped_ = std::move(on_stopped);
  registration_->stop([this] {
    pulls_->release_all();
    pops_->release_all();
    server_.stop(stop_grace, [this] { wait_for_flusher(); });
  });
}

// The flusher's jobs are done in order: when the last of ours is, those before it are. What one of
// them set off is waited for as well.
void Broker::Impl::wait_for_flusher() {
  tick_.reset();
  offsets_timer_.reset();
  delays_timer_.reset();
  check_timer_.reset();
  revive_timer_.reset();
  scan_timer_.reset();
  locks_timer_.reset();
  transactions_.save_progress();
  saved_.save_offsets_if_changed();
  saved_.save_delays_if_changed();
  disk_.flusher.run([] { return Result<void>(); },
                    [this](const Result<void>&) {
                      const bool is_idle =
                          saved_.is_idle() && timers_.is_idle() && !answers_->is_holding();
                      is_idle ? finish_stop() : wait_for_flusher();
                    });
}

void Broker::Impl::finish_stop() {
  Result<void> result = saved_.save_now();
  if (auto saved = timers_.save_now(); !saved && result) result = saved;
  // The store takes away the mark of an unclean end: only when there is nothing unclean.
  if (result) result = store_->close(loop_.wall_ms());
  on_stopped_(result);
}

Broker::Broker(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Broker::~Broker() = default;

Result<std::unique_ptr<Broker>> Broker::start(net::Loop& loop, BrokerOptions options,
                                              BrokerDisk disk, std::string built_in_namesrv,
                                              net::LogLine log, std::function<void()> on_ready) {
  std::vector<std::string> name_servers;
  if (!options.namesrv_addr.empty()) {
    const auto list = net::parse_address_list(options.namesrv_addr);
    if (!list) return list.error();
    for (const net::Address& address : *list) name_servers.push_back(to_string(address));
  }
  if (!built_in_namesrv.empty()) name_servers.push_back(built_in_namesrv);

  auto levels = DelayLevels::parse(options.message_delay_level);
  if (!levels) return std::move(levels).error();
  BrokerTls tls;
  if (auto used = listen_as(options, tls.listen); !used) return std::move(used).error();
  auto to_namesrv = client_tls(options);
  if (!to_namesrv) return std::move(to_namesrv).error();
  tls.to_namesrv = *std::move(to_namesrv);
  auto store = MessageStore::open(store_options(options, *levels), disk.directory, disk.flusher,
                                  loop.wall_ms());
  if (!store) return std::move(store).error();
  auto impl = std::make_unique<Impl>(
      loop, std::move(options), disk, *std::move(store), *std::move(levels), std::move(tls),
      log ? std::move(log) : [](std::string_view) {});
  if (auto loaded = impl->load(); !loaded) return std::move(loaded).error();
  if (auto listening = impl->listen(built_in_namesrv); !listening) {
    return std::move(listening).error();
  }
  impl->serve(std::move(name_servers), std::move(on_ready));
  return std::unique_ptr<Broker>(new Broker(std::move(impl)));
}

Core& Broker::core() { return impl_->core(); }
void Broker::set_tls(const std::shared_ptr<const net::TlsContext>& tls) { impl_->set_tls(tls); }
std::string Broker::metrics() { return impl_->metrics(); }
Result<void> Broker::readiness() const { return impl_->readiness(); }
const std::string& Broker::listen_address() const { return impl_->listen_address(); }

void Broker::stop(std::function<void(const Result<void>&)> on_stopped) {
  impl_->stop(std::move(on_stopped));
}

}  // namespace rocketmq::broker
