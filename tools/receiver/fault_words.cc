#include "receiver/fault_words.h"

#include <algorithm>
#include <array>
#include <charconv>

namespace cero::receiver {
namespace {

constexpr std::string_view kSpaces = " \t\r";
constexpr std::chrono::milliseconds kTimeMax = std::chrono::hours(1);
constexpr uint64_t kBytesMax = uint64_t{1} << 30;

struct Unit {
  std::string_view name;
  uint64_t factor;
};
constexpr std::array<Unit, 3> kTimes{{{"ms", 1}, {"s", 1'000}, {"m", 60'000}}};
constexpr std::array<Unit, 3> kSizes{{{"", 1}, {"KiB", 1 << 10}, {"MiB", 1 << 20}}};

// The number in front of one of the units, in the smallest of them.
template <size_t kCount>
std::optional<uint64_t> read_amount(std::string_view text, const std::array<Unit, kCount>& units,
                                    uint64_t max) {
  uint64_t amount = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), amount);
  if (error != std::errc()) return std::nullopt;
  const std::string_view rest = text.substr(static_cast<size_t>(end - text.data()));
  for (const Unit& unit : units) {
    if (rest == unit.name && amount <= max / unit.factor) return amount * unit.factor;
  }
  return std::nullopt;
}

// Calls `use` for each word of the phrase until it says false.
template <typename Use>
void for_each_word(std::string_view phrase, Use use) {
  while (!phrase.empty()) {
    const size_t end = std::min(phrase.find(' '), phrase.size());
    if (!use(phrase.substr(0, end))) return;
    phrase.remove_prefix(std::min(end + 1, phrase.size()));
  }
}

}  // namespace

FaultWords::FaultWords(std::string_view line) { split(line); }

void FaultWords::split(std::string_view line) {
  while (true) {
    const size_t begin = line.find_first_not_of(kSpaces);
    if (begin == std::string_view::npos || line[begin] == '#') return;
    line.remove_prefix(begin);
    if (line.front() == '"') {
      const size_t end = line.find('"', 1);
      if (end == std::string_view::npos) {
        throw FaultScriptError("a quoted text has no end: close it with \"");
      }
      words_.push_back({std::string(line.substr(1, end - 1)), true});
      line.remove_prefix(end + 1);
      continue;
    }
    size_t size = std::min(line.find_first_of(kSpaces), line.size());
    if (size > 1 && (line[size - 1] == ':' || line[size - 1] == ',')) --size;
    words_.push_back({std::string(line.substr(0, size)), false});
    line.remove_prefix(size);
  }
}

bool FaultWords::is_plain(size_t index, std::string_view text) const {
  return index < words_.size() && !words_[index].is_quoted && words_[index].text == text;
}

bool FaultWords::starts_with_digit() const {
  if (at_end() || words_[next_].is_quoted) return false;
  const char first = words_[next_].text.front();
  return first >= '0' && first <= '9';
}

std::string FaultWords::shown() const {
  return at_end() ? "the end of the line" : "'" + words_[next_].text + "'";
}

size_t FaultWords::count_ahead(std::string_view phrase) const {
  size_t count = 0;
  bool all = true;
  for_each_word(phrase, [&](std::string_view word) {
    all = is_plain(next_ + count, word);
    ++count;
    return all;
  });
  return all ? count : 0;
}

bool FaultWords::take(std::string_view phrase) {
  const size_t count = count_ahead(phrase);
  next_ += count;
  return count > 0;
}

void FaultWords::expect(std::string_view phrase) {
  if (!take(phrase)) {
    throw FaultScriptError("'" + std::string(phrase) + "' must stand where " + shown() + " is");
  }
}

const FaultWords::Word& FaultWords::take_any(const char* what) {
  if (at_end()) throw FaultScriptError(std::string(what) + " is missing at the end of the line");
  return words_[next_++];
}

uint64_t FaultWords::number(const char* what, uint64_t min, uint64_t max) {
  const std::string given = shown();
  const auto amount = read_amount<1>(take_any(what).text, {{{"", 1}}}, max);
  if (amount && *amount >= min) return *amount;
  throw FaultScriptError(given + " is no " + what + ": write a number from " + std::to_string(min) +
                         " to " + std::to_string(max));
}

std::chrono::milliseconds FaultWords::time() {
  const std::string given = shown();
  const auto amount =
      read_amount(take_any("a time").text, kTimes, static_cast<uint64_t>(kTimeMax.count()));
  if (amount && *amount > 0) return std::chrono::milliseconds(*amount);
  throw FaultScriptError(given + " is no time: write for example 250ms, 2s or 1m, at most 60m");
}

uint64_t FaultWords::bytes() {
  const std::string given = shown();
  const auto amount = read_amount(take_any("a number of bytes").text, kSizes, kBytesMax);
  if (amount) return *amount;
  throw FaultScriptError(given +
                         " is no number of bytes: write for example 4096, 64KiB or 1MiB, at most "
                         "1024MiB");
}

std::string FaultWords::word(const char* what) { return take_any(what).text; }

std::optional<std::string> FaultWords::quoted() {
  if (at_end() || !words_[next_].is_quoted) return std::nullopt;
  return words_[next_++].text;
}

std::string FaultWords::text_from(size_t position) const {
  std::string text;
  for (size_t i = position; i < next_; ++i) {
    const Word& word = words_[i];
    const bool is_mark = !word.is_quoted && (word.text == "," || word.text == ":");
    if (!text.empty() && !is_mark) text += ' ';
    text += word.is_quoted ? '"' + word.text + '"' : word.text;
  }
  return text;
}

}  // namespace cero::receiver
