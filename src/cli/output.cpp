#include "cli/output.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <ctime>
#include <ostream>

namespace rocketmq::cli {
namespace {

// Code points, not bytes: how wide a cell is on the screen, near enough.
std::size_t width_of(std::string_view text) {
  return static_cast<std::size_t>(
      std::count_if(text.begin(), text.end(), [](char c) { return (c & 0xC0) != 0x80; }));
}

bool is_number(std::string_view text) {
  return !text.empty() && text.find_first_not_of("0123456789.-") == std::string_view::npos;
}

// The length of the UTF-8 character at the front of `bytes`, 0 where there is none.
std::size_t utf8_length(std::string_view bytes) {
  const auto lead = static_cast<unsigned char>(bytes.front());
  const std::size_t length = lead < 0x80                   ? 1
                             : lead >= 0xC2 && lead < 0xE0 ? 2
                             : lead >= 0xE0 && lead < 0xF0 ? 3
                             : lead >= 0xF0 && lead < 0xF5 ? 4
                                                           : 0;
  if (length > bytes.size()) return 0;
  for (std::size_t i = 1; i < length; ++i) {
    if ((bytes[i] & 0xC0) != 0x80) return 0;
  }
  return length;
}

}  // namespace

ExitCode exit_code_of(const Error& error) {
  if (error.code == Errc::timeout) return ExitCode::timed_out;
  if (error.code == Errc::not_connected || error.code == Errc::no_name_server) {
    return ExitCode::not_reachable;
  }
  if (error.code == Errc::invalid_argument) return ExitCode::bad_usage;
  return ExitCode::refused;
}

ExitCode report(std::ostream& err, const Error& error) {
  err << "rmq: " << error << '\n';
  const ExitCode code = exit_code_of(error);
  if (code == ExitCode::not_reachable) {
    err << "     Is a name server running there? Give its address with -n HOST:PORT or "
           "NAMESRV_ADDR.\n";
  } else if (error.code == Errc::no_route) {
    err << "     `rmq topic list` shows what there is; `rmq topic create NAME` makes a topic.\n";
  }
  return code;
}

void Table::print(std::ostream& out) const {
  std::vector<std::size_t> widths;
  std::vector<bool> numeric;
  for (std::size_t column = 0; column < titles_.size(); ++column) {
    std::size_t width = width_of(titles_[column]);
    bool numbers = !rows_.empty();
    for (const auto& row : rows_) {
      width = std::max(width, width_of(row[column]));
      numbers = numbers && is_number(row[column]);
    }
    widths.push_back(width);
    numeric.push_back(numbers);
  }
  const auto line = [&](const std::vector<std::string>& cells) {
    std::string text;
    for (std::size_t column = 0; column < cells.size(); ++column) {
      const std::string gap(widths[column] - width_of(cells[column]), ' ');
      text += numeric[column] ? gap + cells[column] : cells[column] + gap;
      text += "  ";
    }
    text.erase(text.find_last_not_of(' ') + 1);
    out << text << '\n';
  };
  line(titles_);
  for (const auto& row : rows_) line(row);
}

std::string local_time(std::int64_t unix_ms) {
  if (unix_ms <= 0) return "-";
  const auto seconds = static_cast<std::time_t>(unix_ms / 1000);
  std::tm parts{};
  localtime_r(&seconds, &parts);
  std::array<char, 32> text{};
  std::strftime(text.data(), text.size(), "%Y-%m-%d %H:%M:%S", &parts);
  const std::string ms = std::to_string(unix_ms % 1000);
  return std::string(text.data()) + '.' + std::string(3 - ms.size(), '0') + ms;
}

bool is_utf8(std::string_view bytes) {
  while (!bytes.empty()) {
    const std::size_t length = utf8_length(bytes);
    if (length == 0) return false;
    bytes.remove_prefix(length);
  }
  return true;
}

std::string printable(std::string_view bytes) {
  constexpr char digits[] = "0123456789abcdef";
  std::string text;
  while (!bytes.empty()) {
    const auto first = static_cast<unsigned char>(bytes.front());
    const std::size_t length = utf8_length(bytes);
    if (length == 0 || first < 0x20 || first == 0x7F) {
      text += {'\\', 'x', digits[first >> 4], digits[first & 15]};
      bytes.remove_prefix(1);
    } else {
      text += bytes.substr(0, length);
      bytes.remove_prefix(length);
    }
  }
  return text;
}

std::string base64(std::string_view bytes) {
  constexpr char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string text;
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    const std::size_t have = std::min<std::size_t>(3, bytes.size() - i);
    std::uint32_t group = 0;
    for (std::size_t j = 0; j < 3; ++j) {
      group = group << 8 | (j < have ? static_cast<unsigned char>(bytes[i + j]) : 0u);
    }
    for (std::size_t j = 0; j < 4; ++j) {
      text += j <= have ? alphabet[(group >> (18 - 6 * j)) & 63] : '=';
    }
  }
  return text;
}

}  // namespace rocketmq::cli
