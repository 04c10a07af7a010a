#include "broker-lite/servers.h"

#include <utility>

#include "broker-lite/broker.h"
#include "broker-lite/listening.h"
#include "broker-lite/namesrv/name_server.h"
#include "broker-lite/saved_table.h"
#include "broker-lite/store/mem_file.h"
#include "broker-lite/store/posix_file.h"
#include "broker-lite/tls.h"
#include "net/process_metrics.h"
#include "protocol/str.h"

namespace rocketmq::broker {

// Members are destroyed from the last to the first.
class Servers::Impl {
 public:
  Impl(net::Loop& loop, net::LogLine log) : loop_(loop), log_(std::move(log)) {}

  Result<void> open_disk(const std::string& folder, Directory* memory);
  Result<void> start_namesrv(const CommandLine& line);
  Result<void> start_broker(const BrokerOptions& options, std::function<void()> on_ready);
  void watch_certificates(const BrokerOptions& options);
  void stop(Done on_stopped);
  std::string metrics();
  Result<void> readiness() const {
    return broker_ == nullptr ? Result<void>() : broker_->readiness();
  }
  Core* broker_core() { return broker_ == nullptr ? nullptr : &broker_->core(); }

  std::string namesrv_address_;
  std::string broker_address_;

 private:
  void stop_namesrv(const Result<void>& broker_stopped);
  void set_tls(const std::shared_ptr<const net::TlsContext>& tls);

  net::Loop& loop_;
  const net::LogLine log_;
  std::unique_ptr<Directory> own_directory_;
  Directory* directory_ = nullptr;
  std::unique_ptr<Flusher> flusher_;
  std::unique_ptr<SavedTable> kv_file_;
  std::unique_ptr<SavedTable> namesrv_overrides_file_;
  std::unique_ptr<namesrv::NameServer> namesrv_;
  std::unique_ptr<Broker> broker_;
  std::unique_ptr<TlsReload> tls_reload_;
  Done on_stopped_;
};

Result<void> Servers::Impl::open_disk(const std::string& folder, Directory* memory) {
  const Post post = [&loop = loop_](std::function<void()> function) {
    loop.post(std::move(function));
  };
  if (folder == memory_store) {
    if (memory == nullptr) own_directory_ = std::make_unique<MemDirectory>();
    directory_ = memory == nullptr ? own_directory_.get() : memory;
    flusher_ = std::make_unique<InlineFlusher>(post);
    return {};
  }
  auto directory = open_posix_directory(folder);
  if (!directory) return std::move(directory).error();
  own_directory_ = *std::move(directory);
  directory_ = own_directory_.get();
  flusher_ = std::make_unique<ThreadFlusher>(post);
  return {};
}

Result<void> Servers::Impl::start_namesrv(const CommandLine& line) {
  namesrv::NameServerOptions options;
  if (auto used = listen_as(line.broker, options.server.listen); !used) return used;
  options.server.log = log_;
  options.save_kv = [this](SavedTable::Done done) {
    kv_file_->changed();
    kv_file_->when_saved(std::move(done));
  };
  options.save_settings = [this](SavedTable::Done done) {
    namesrv_overrides_file_->changed();
    namesrv_overrides_file_->when_saved(std::move(done));
  };
  namesrv_ = std::make_unique<namesrv::NameServer>(loop_, std::move(options));
  namesrv::KvConfig& kv = namesrv_->kv();
  kv_file_ = std::make_unique<SavedTable>(*directory_, *flusher_, "kvConfig.json",
                                          [&kv] { return kv.to_json(); });
  if (auto loaded = kv_file_->load([&kv](std::string_view text) { return kv.load(text); });
      !loaded) {
    return loaded;
  }
  namesrv_overrides_file_ =
      std::make_unique<SavedTable>(*directory_, *flusher_, "namesrvOverrides.properties",
                                   [this] { return namesrv_->changed_settings(); });
  if (auto loaded = namesrv_overrides_file_->load(
          [this](std::string_view text) { return namesrv_->load_settings(text); });
      !loaded) {
    return loaded;
  }
  auto address = namesrv_->listen(line.namesrv_listen);
  if (!address) return std::move(address).error();
  namesrv_address_ = *std::move(address);
  return {};
}

Result<void> Servers::Impl::start_broker(const BrokerOptions& options,
                                         std::function<void()> on_ready) {
  auto broker = Broker::start(loop_, options, {*directory_, *flusher_}, namesrv_address_, log_,
                              std::move(on_ready));
  if (!broker) return std::move(broker).error();
  broker_ = *std::move(broker);
  broker_address_ = broker_->listen_address();
  return {};
}

void Servers::Impl::watch_certificates(const BrokerOptions& options) {
  tls_reload_ =
      watch_server_tls(loop_, options, log_,
                       [this](const std::shared_ptr<const net::TlsContext>& tls) { set_tls(tls); });
}

void Servers::Impl::set_tls(const std::shared_ptr<const net::TlsContext>& tls) {
  if (namesrv_) namesrv_->set_tls(tls);
  if (broker_) broker_->set_tls(tls);
}

std::string Servers::Impl::metrics() {
  std::string text = broker_ == nullptr ? std::string() : broker_->metrics();
  protocol::PrometheusText process(text);
  net::write_process(process);
  return text;
}

void Servers::Impl::stop(Done on_stopped) {
  on_stopped_ = std::move(on_stopped);
  if (!broker_) return stop_namesrv({});
  broker_->stop([this](const Result<void>& result) { stop_namesrv(result); });
}

void Servers::Impl::stop_namesrv(const Result<void>& broker_stopped) {
  if (!namesrv_) return on_stopped_(broker_stopped);
  namesrv_->stop(net::Duration::zero(), [this, broker_stopped] {
    kv_file_->when_saved([this, broker_stopped](const Result<void>& kv_saved) {
      const Result<void> so_far = broker_stopped ? kv_saved : broker_stopped;
      namesrv_overrides_file_->when_saved(
          [this, so_far](const Result<void>& saved) { on_stopped_(so_far ? saved : so_far); });
    });
  });
}

Servers::Servers(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Servers::~Servers() = default;

Result<std::unique_ptr<Servers>> Servers::start(net::Loop& loop, const CommandLine& line,
                                                net::LogLine log, std::function<void()> on_ready,
                                                Directory* memory) {
  auto impl = std::make_unique<Impl>(loop, std::move(log));
  const std::string& folder = line.broker.store_path_root_dir;
  if (auto opened = impl->open_disk(folder, memory); !opened) {
    return Error{opened.error().code, str("store ", folder, ": ", opened.error().message)};
  }
  if (line.runs_namesrv) {
    if (auto started = impl->start_namesrv(line); !started) {
      return Error{started.error().code, str("name server: ", started.error().message)};
    }
  }
  if (line.runs_broker) {
    if (auto started = impl->start_broker(line.broker, std::move(on_ready)); !started) {
      return Error{started.error().code, str("broker: ", started.error().message)};
    }
  } else {
    loop.post(std::move(on_ready));
  }
  impl->watch_certificates(line.broker);
  return std::unique_ptr<Servers>(new Servers(std::move(impl)));
}

std::string Servers::metrics() { return impl_->metrics(); }
Result<void> Servers::readiness() const { return impl_->readiness(); }
Core* Servers::broker_core() { return impl_->broker_core(); }
const std::string& Servers::namesrv_address() const { return impl_->namesrv_address_; }
const std::string& Servers::broker_address() const { return impl_->broker_address_; }
void Servers::stop(Done on_stopped) { impl_->stop(std::move(on_stopped)); }

}  // namespace rocketmq::broker
