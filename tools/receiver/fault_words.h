// FaultWords: one line of a fault script, read word by word.
//
// Words are parted by spaces. A ':' or ',' at the end of a word is a word of its own, "quoted text"
// is one word whatever is in it, and '#' begins a comment.
#ifndef CERO_TOOLS_RECEIVER_FAULT_WORDS_H_
#define CERO_TOOLS_RECEIVER_FAULT_WORDS_H_

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace cero::receiver {

// What is wrong with a line, and the fix; the reader of the script adds the line's number.
class FaultScriptError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

class FaultWords {
 public:
  // Throws FaultScriptError, as the methods below do.
  explicit FaultWords(std::string_view line);

  bool at_end() const { return next_ == words_.size(); }
  bool starts_with_digit() const;
  // The next word for a message: quoted, or "the end of the line".
  std::string shown() const;

  // Takes the words of `phrase` when they come next, all or none.
  bool take(std::string_view phrase);
  // How many of the words of `phrase` come next, all or none: 0 when they do not.
  size_t count_ahead(std::string_view phrase) const;
  // As take(), but the words must come.
  void expect(std::string_view phrase);

  // `what` names the number in the error.
  uint64_t number(const char* what, uint64_t min, uint64_t max);
  std::chrono::milliseconds time();  // 250ms, 2s, 1m
  uint64_t bytes();                  // 4096, 64KiB, 1MiB
  std::string word(const char* what);
  std::optional<std::string> quoted();

  // The words from the one with this index up to the next one to be read, as they would be written.
  size_t position() const { return next_; }
  std::string text_from(size_t position) const;

 private:
  struct Word {
    std::string text;
    bool is_quoted = false;
  };

  void split(std::string_view line);
  bool is_plain(size_t index, std::string_view text) const;
  const Word& take_any(const char* what);

  std::vector<Word> words_;
  size_t next_ = 0;
};

}  // namespace cero::receiver

#endif  // CERO_TOOLS_RECEIVER_FAULT_WORDS_H_
