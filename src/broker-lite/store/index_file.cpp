#include "broker-lite/store/index_file.h"

#include <algorithm>
#include <array>
#include <limits>
#include <utility>
#include <vector>

#include "protocol/bytes.h"
#include "protocol/str.h"

namespace rocketmq::broker {
namespace {

using protocol::append_big;
using protocol::load_big;

constexpr std::size_t header_size = 40;
constexpr std::size_t entry_size = 20;
constexpr std::int64_t page_size = 4096;  // of slots that are written at once

Result<void> read_all(const File& file, std::int64_t position, char* to, std::size_t size) {
  const auto count = file.read(position, to, size);
  if (!count) return count.error();
  if (*count < size) return Error{Errc::store_corrupt, "an index file ends too early"};
  return {};
}

std::int32_t seconds_between(std::int64_t begin_ms, std::int64_t end_ms) {
  constexpr std::int64_t max = std::numeric_limits<std::int32_t>::max();
  return static_cast<std::int32_t>(std::clamp<std::int64_t>((end_ms - begin_ms) / 1000, 0, max));
}

}  // namespace

// One of the keys to be written, and where its slot is.
struct IndexFile::Link {
  std::int64_t slot_position;
  std::size_t key;
};

Result<IndexFile> IndexFile::open(Directory& directory, const std::string& path,
                                  const IndexGeometry& geometry) {
  auto file = directory.open(path, OpenMode::create);
  if (!file) return std::move(file).error();
  const auto size = (*file)->size();
  if (!size) return size.error();
  if (*size == 0) {
    if (auto sized = (*file)->resize(geometry.file_size()); !sized) {
      return std::move(sized).error();
    }
  } else if (*size != geometry.file_size()) {
    return Error{Errc::store_corrupt,
                 str(path, " has ", *size, " bytes instead of ", geometry.file_size(),
                     ": maxHashSlotNum and maxIndexNum are others than it was written with")};
  }
  return IndexFile(*std::move(file), geometry);
}

Result<IndexHeader> IndexFile::read_header() const {
  std::array<char, header_size> bytes;
  if (auto read = read_all(*file_, 0, bytes.data(), bytes.size()); !read) {
    return std::move(read).error();
  }
  const IndexHeader header{.begin_timestamp = load_big<std::int64_t>(bytes.data()),
                           .end_timestamp = load_big<std::int64_t>(bytes.data() + 8),
                           .begin_position = load_big<std::int64_t>(bytes.data() + 16),
                           .end_position = load_big<std::int64_t>(bytes.data() + 24),
                           .used_slots = load_big<std::int32_t>(bytes.data() + 32),
                           .count = load_big<std::int32_t>(bytes.data() + 36)};
  if (header == IndexHeader{.count = 0}) return IndexHeader();  // made, and nothing more
  if (header.count < 1 || header.count > geometry_.entries || header.begin_position < 0 ||
      header.end_position < header.begin_position) {
    return Error{Errc::store_corrupt, "an index file's header makes no sense"};
  }
  return header;
}

Result<IndexHeader> IndexFile::write(IndexHeader header, std::span<const IndexedKey> keys) const {
  keys =
      keys.first(std::min(keys.size(), static_cast<std::size_t>(geometry_.entries - header.count)));
  if (keys.empty()) return header;
  if (header.count == 1) {
    header.begin_timestamp = keys.front().store_timestamp;
    header.begin_position = keys.front().position;
  }
  std::vector<Link> links;
  links.reserve(keys.size());
  for (std::size_t i = 0; i < keys.size(); ++i) {
    links.push_back({IndexGeometry::slot_position(keys[i].hash % geometry_.slots), i});
  }
  std::ranges::stable_sort(links, {}, &Link::slot_position);

  if (auto written = write_entries(header, keys, links); !written)
    return std::move(written).error();
  if (auto written = write_slots(header, links); !written) return std::move(written).error();
  header.count += static_cast<std::int32_t>(keys.size());
  header.end_timestamp = keys.back().store_timestamp;
  header.end_position = keys.back().position;
  if (auto written = write_header(header); !written) return std::move(written).error();
  return header;
}

// Calls use(page, position, links of this page) for each page of slots that links are in.
template <class Use>
Result<void> IndexFile::for_each_page(std::span<const Link> links, Use use) const {
  std::array<char, page_size> bytes;
  while (!links.empty()) {
    const std::int64_t position = links.front().slot_position / page_size * page_size;
    const auto end = std::ranges::find_if(
        links, [&](const Link& link) { return link.slot_position >= position + page_size; });
    const auto in_page = links.first(static_cast<std::size_t>(end - links.begin()));
    const auto size =
        static_cast<std::size_t>(std::min(page_size, geometry_.file_size() - position));
    if (auto read = read_all(*file_, position, bytes.data(), size); !read) return read;
    if (auto used = use(std::span(bytes).first(size), position, in_page); !used) return used;
    links = links.subspan(in_page.size());
  }
  return {};
}

// Of each key its entry, with the one that was in its slot before; counts the slots newly used.
Result<void> IndexFile::write_entries(IndexHeader& header, std::span<const IndexedKey> keys,
                                      std::span<const Link> links) const {
  std::vector<std::int32_t> previous(keys.size());
  const auto find_previous = [&](std::span<char> page, std::int64_t position,
                                 std::span<const Link> in_page) -> Result<void> {
    for (std::size_t i = 0; i < in_page.size(); ++i) {
      const Link& link = in_page[i];
      if (i > 0 && in_page[i - 1].slot_position == link.slot_position) {
        previous[link.key] = header.count + static_cast<std::int32_t>(in_page[i - 1].key);
        continue;
      }
      const char* slot = page.data() + (link.slot_position - position);
      const auto newest = newest_entry(load_big<std::int32_t>(slot), header.count);
      if (!newest) return newest.error();
      previous[link.key] = *newest;
      if (*newest == 0) ++header.used_slots;
    }
    return {};
  };
  // The slots at a page's border begin a page: they are 4 bytes each, from position 40 on.
  if (auto found = for_each_page(links, find_previous); !found) return found;

  std::string bytes;
  bytes.reserve(keys.size() * entry_size);
  for (std::size_t i = 0; i < keys.size(); ++i) {
    append_big(bytes, keys[i].hash);
    append_big(bytes, keys[i].position);
    append_big(bytes, seconds_between(header.begin_timestamp, keys[i].store_timestamp));
    append_big(bytes, previous[i]);
  }
  return file_->write(geometry_.entry_position(header.count), bytes);
}

Result<void> IndexFile::write_slots(const IndexHeader& header, std::span<const Link> links) const {
  return for_each_page(
      links, [&](std::span<char> page, std::int64_t position, std::span<const Link> in_page) {
        for (const Link& link : in_page) {
          protocol::store_big(page.data() + (link.slot_position - position),
                              header.count + static_cast<std::int32_t>(link.key));
        }
        return file_->write(position, std::string_view(page.data(), page.size()));
      });
}

Result<void> IndexFile::write_header(const IndexHeader& header) const {
  std::string bytes;
  append_big(bytes, header.begin_timestamp);
  append_big(bytes, header.end_timestamp);
  append_big(bytes, header.begin_position);
  append_big(bytes, header.end_position);
  append_big(bytes, header.used_slots);
  append_big(bytes, header.count);
  return file_->write(0, bytes);
}

Result<IndexFile::Entry> IndexFile::read_entry(std::int32_t number) const {
  std::array<char, entry_size> bytes;
  auto read = read_all(*file_, geometry_.entry_position(number), bytes.data(), bytes.size());
  if (!read) return std::move(read).error();
  return Entry{.hash = load_big<std::int32_t>(bytes.data()),
               .position = load_big<std::int64_t>(bytes.data() + 4),
               .seconds = load_big<std::int32_t>(bytes.data() + 12),
               .previous = load_big<std::int32_t>(bytes.data() + 16)};
}

// A slot may be ahead of the header, while keys are being written or when the process died then.
// The entry it holds tells what was there before. 0: none.
Result<std::int32_t> IndexFile::newest_entry(std::int32_t in_slot, std::int32_t count) const {
  std::int32_t number = in_slot;
  while (number >= count && number < geometry_.entries) {
    const auto entry = read_entry(number);
    if (!entry) return entry.error();
    number = entry->previous < number ? entry->previous : 0;
  }
  return number > 0 && number < count ? number : 0;
}

Result<void> IndexFile::find(const IndexHeader& header, std::int32_t hash,
                             std::int64_t begin_timestamp, std::int64_t end_timestamp,
                             std::int32_t& steps, const Found& found) const {
  std::array<char, 4> slot;
  auto read = read_all(*file_, IndexGeometry::slot_position(hash % geometry_.slots), slot.data(),
                       slot.size());
  if (!read) return read;
  auto number = newest_entry(load_big<std::int32_t>(slot.data()), header.count);
  if (!number) return number.error();
  while (*number > 0 && steps > 0) {
    --steps;
    const auto entry = read_entry(*number);
    if (!entry) return entry.error();
    const std::int64_t time = header.begin_timestamp + std::int64_t{entry->seconds} * 1000;
    constexpr std::int64_t rounded_off_max = 999;
    if (entry->seconds < 0 || time + rounded_off_max < begin_timestamp) return {};
    if (entry->hash == hash && time <= end_timestamp && !found(entry->position)) return {};
    if (entry->previous >= *number) return {};
    number = entry->previous;
  }
  return {};
}

}  // namespace rocketmq::broker
