// InFlight: whether spans pile up while a run goes on.
//
// The number goes up and down with each batch, so a moment tells little: the middle one of many
// readings is taken around a fifth of the run (second 2 of 10), and another at its end.
#ifndef CERO_BENCH_DRIVER_IN_FLIGHT_H_
#define CERO_BENCH_DRIVER_IN_FLIGHT_H_

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <thread>
#include <vector>

namespace cero::bench {

class InFlight {
 public:
  explicit InFlight(double seconds) : seconds_(seconds) {}

  // Calls read() until the run's time is over.
  template <typename Read>
  void watch(Read read) {
    using Clock = std::chrono::steady_clock;
    constexpr std::chrono::milliseconds kInterval{20};
    const auto start = Clock::now();
    for (auto next = start;; next += kInterval) {
      std::this_thread::sleep_until(next);
      const std::chrono::duration<double> elapsed = Clock::now() - start;
      if (elapsed.count() >= seconds_) return;
      const double part = elapsed.count() / seconds_;
      if (part >= 0.15 && part < 0.25) early_.push_back(read());
      if (part >= 0.9) late_.push_back(read());
    }
  }

  uint64_t early() const { return middle(early_); }
  uint64_t late() const { return middle(late_); }

 private:
  static uint64_t middle(std::vector<uint64_t> readings) {
    if (readings.empty()) return 0;
    std::nth_element(readings.begin(), readings.begin() + readings.size() / 2, readings.end());
    return readings[readings.size() / 2];
  }

  const double seconds_;
  std::vector<uint64_t> early_;
  std::vector<uint64_t> late_;
};

}  // namespace cero::bench

#endif  // CERO_BENCH_DRIVER_IN_FLIGHT_H_
