#include "broker-lite/store/running_mark.h"

#include <unistd.h>

#include "broker-lite/store/commit_log.h"
#include "protocol/str.h"

namespace rocketmq::broker {
namespace {

const std::string path = "abort";
constexpr std::size_t text_size_max = 4096;
constexpr std::size_t digits_size = 20;

std::string our_name() { return " rmq-broker-lite "; }

}  // namespace

Result<LastStop> RunningMark::read() const {
  const auto exists = directory_.exists(path);
  if (!exists) return exists.error();
  if (!*exists) return LastStop{LastStop::Kind::clean, {}};
  const auto text = read_text(directory_, path, text_size_max);
  if (!text) return text.error();
  if (text->find(our_name()) == std::string::npos) {
    return LastStop{LastStop::Kind::crash_of_stock, {}};
  }
  const std::string incarnation = directory_.incarnation();
  const bool is_same =
      !incarnation.empty() && text->find(our_name() + incarnation + ' ') != std::string::npos;
  const auto written_to = is_same && text->size() >= digits_size
                              ? parse_mapped_file_name(text->substr(text->size() - digits_size))
                              : std::nullopt;
  if (!written_to) return LastStop{LastStop::Kind::crash_of_ours, {}};
  return LastStop{LastStop::Kind::killed, written_to};
}

Result<void> RunningMark::set() {
  auto file = directory_.open(path, OpenMode::create);
  if (!file) return std::move(file).error();
  const std::string text = str(::getpid(), our_name(), directory_.incarnation(), ' ');
  if (auto emptied = (*file)->resize(0); !emptied) return emptied;
  if (auto written = (*file)->write(0, text); !written) return written;
  if (auto synced = (*file)->sync(); !synced) return synced;
  file_ = *std::move(file);
  digits_at_ = static_cast<std::int64_t>(text.size());
  return directory_.sync("");
}

void RunningMark::update(std::int64_t queues_written_to) {
  if (file_) (void)file_->write(digits_at_, mapped_file_name(queues_written_to));
}

void RunningMark::distrust() {
  if (file_) (void)file_->write(digits_at_, std::string(digits_size, '?'));
}

Result<void> RunningMark::remove() {
  file_.reset();
  if (auto removed = directory_.remove(path); !removed) return removed;
  return directory_.sync("");
}

}  // namespace rocketmq::broker
