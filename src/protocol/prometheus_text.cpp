#include "protocol/prometheus_text.h"

#include "protocol/str.h"

namespace rocketmq::protocol {

std::string prometheus_label(std::string_view name, std::string_view value) {
  std::string text = str(name, "=\"");
  for (const char c : value) {
    if (c == '\n') {
      text += "\\n";
      continue;
    }
    if (c == '\\' || c == '"') text += '\\';
    text += c;
  }
  text += '"';
  return text;
}

std::string lower_case(std::string_view text) {
  std::string lower(text);
  for (char& c : lower) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + 32);
  }
  return lower;
}

std::string prometheus_labels(
    std::initializer_list<std::pair<std::string_view, std::string_view>> labels) {
  std::string text;
  for (const auto& [name, value] : labels) {
    if (!text.empty()) text += ',';
    text += prometheus_label(name, value);
  }
  return text;
}

void PrometheusText::metric(std::string_view name, std::string_view type, std::string_view help) {
  name_ = name;
  out_ += str("# HELP ", name_, ' ', help, "\n# TYPE ", name_, ' ', type, '\n');
}

void PrometheusText::line(std::string_view value, std::string_view labels,
                          std::string_view suffix) {
  out_ += name_;
  out_ += suffix;
  const bool have_both = !labels_.empty() && !labels.empty();
  const bool have_any = !labels_.empty() || !labels.empty();
  if (have_any) out_ += str('{', labels_, have_both ? "," : "", labels, '}');
  out_ += str(' ', value, '\n');
}

}  // namespace rocketmq::protocol
