// SettledTracker: lets any thread wait until all batches up to a number are settled, and learn
// whether spans were lost.
//
// Batches settle out of order. The export thread says after each one how far *all* are settled; a
// Watch notes the lowest batch that lost spans since the watch was made. Make it before the batches
// it is about can settle.
#ifndef CERO_CORE_EXPORT_SETTLED_TRACKER_H_
#define CERO_CORE_EXPORT_SETTLED_TRACKER_H_

#include <condition_variable>
#include <cstdint>
#include <limits>
#include <mutex>

#include "base/clock.h"

namespace cero::core {

enum class FlushOutcome {
  delivered,          // every span of the batches reached the backend, which took it
  lost,               // all are settled; some spans were dropped or rejected
  deadline_exceeded,  // some are not settled yet; work on them goes on
};

class SettledTracker {
 public:
  class Watch {
   public:
    explicit Watch(SettledTracker& tracker);
    ~Watch();
    Watch(const Watch&) = delete;
    Watch& operator=(const Watch&) = delete;

    // Until all batches numbered 1 to `number` are settled.
    FlushOutcome wait(uint64_t number, TimePoint deadline);

   private:
    friend class SettledTracker;

    SettledTracker& tracker_;
    uint64_t lowest_lost_ = std::numeric_limits<uint64_t>::max();
    Watch* next_ = nullptr;
  };

  // The export thread. `number` is settled, and with it all up to settled_through.
  void settled(uint64_t number, bool lost, uint64_t settled_through);
  // Nothing will settle any more; who waits for more has lost it.
  void close();

 private:
  std::mutex mutex_;  // guards all below and the watches' fields
  std::condition_variable changed_;
  uint64_t settled_through_ = 0;
  bool closed_ = false;
  Watch* watches_ = nullptr;
};

}  // namespace cero::core

#endif  // CERO_CORE_EXPORT_SETTLED_TRACKER_H_
