// A provider that sends nothing before it ends, and then to nobody.
#ifndef CERO_TESTS_TRACE_PROVIDER_TO_NOBODY_H_
#define CERO_TESTS_TRACE_PROVIDER_TO_NOBODY_H_

#include <gtest/gtest.h>

#include <chrono>
#include <utility>

#include "cero/tracer_provider.h"

namespace cero::test {

inline Options options_to_nobody() {
  Options options;
  options.exporter.endpoint = "http://127.0.0.1:9/v1/traces";
  options.exporter.retry_time_max = std::chrono::milliseconds(0);
  options.batch.delay_max = std::chrono::hours(1);
  options.log_handler = nullptr;
  return options;
}

inline TracerProvider make_provider_to_nobody() {
  auto made = TracerProvider::create(options_to_nobody());
  EXPECT_TRUE(made);
  return std::move(made).value();
}

}  // namespace cero::test

#endif  // CERO_TESTS_TRACE_PROVIDER_TO_NOBODY_H_
