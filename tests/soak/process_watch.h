// What a process holds that may not grow: memory, file descriptors, threads.
#ifndef CERO_TESTS_SOAK_PROCESS_WATCH_H_
#define CERO_TESTS_SOAK_PROCESS_WATCH_H_

#include <cstdint>
#include <string>

namespace cero::soak {

struct ProcessUse {
  uint64_t heap_bytes = 0;  // allocated and not freed
  uint64_t rss_bytes = 0;   // that, what the allocator keeps, and rings, up to rings_bytes_max each
  uint64_t descriptors = 0;
  uint64_t threads = 0;
};

// To be called when nothing of an episode lives any more. What the allocator keeps for later is
// given back first.
ProcessUse measure_process_use();

std::string to_text(const ProcessUse& use);

// Holds the most that was used in the second half of a run against the most in its first half: by
// then everything has been as large as it gets, if it does not grow for ever.
class ProcessWatch {
 public:
  void add(const ProcessUse& use, bool is_second_half);
  // "" when nothing has grown beyond what an allocator's moods explain.
  std::string growth() const;
  std::string summary() const;

 private:
  struct Half {
    ProcessUse most;
    uint64_t samples = 0;
  };

  // With less there is nothing to compare.
  static constexpr uint64_t kSamplesMin = 10;
  bool can_tell() const { return first_.samples >= kSamplesMin && second_.samples >= kSamplesMin; }

  Half first_;
  Half second_;
};

}  // namespace cero::soak

#endif  // CERO_TESTS_SOAK_PROCESS_WATCH_H_
