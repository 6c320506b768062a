// The standard OTEL_* variables as Options.
//
// What a variable sets replaces the option, except: resource attributes in code win over those of
// variables [spec 2.8], and headers are replaced one by one. A variable that cannot be read is
// reported and ignored [spec 2.9]. URLs, header names and file names are read as they stand:
// validate() judges them, since to go on without an endpoint that somebody set would lose spans
// silently.
//
//   variable                                             option
//   OTEL_SDK_DISABLED=true                               exporter: NoExporter
//   OTEL_TRACES_EXPORTER          otlp, console, none    exporter
//   OTEL_TRACES_SAMPLER, _ARG                            sampler
//   OTEL_SERVICE_NAME, OTEL_RESOURCE_ATTRIBUTES          resource
//   OTEL_LOG_LEVEL  none, error, warn, info, debug       log_handler, if that is log_to_stderr
//   OTEL_EXPORTER_OTLP_[TRACES_]ENDPOINT                 exporter.endpoint
//   ... HEADERS                                          exporter.headers
//   ... COMPRESSION, TIMEOUT                             exporter.compression, .timeout
//   ... CERTIFICATE, CLIENT_CERTIFICATE, CLIENT_KEY      exporter.*_file
//   ... PROTOCOL                  http/protobuf, grpc    exporter.protocol
//   ... INSECURE                  grpc                   scheme of an endpoint without one
//   OTEL_BSP_SCHEDULE_DELAY                              batch.delay_max
//   OTEL_BSP_MAX_EXPORT_BATCH_SIZE                       batch.spans_max
//   OTEL_BSP_MAX_QUEUE_SIZE                              batch.queue_spans_max
//   OTEL_BSP_EXPORT_TIMEOUT                              exporter.retry_time_max; 0: unset
//   OTEL_SPAN_*_LIMIT, OTEL_ATTRIBUTE_*_LIMIT, ...       limits
//
// OTEL_BSP_EXPORT_TIMEOUT bounds the export of one batch, retries included, which is what
// retry_time_max does; neither a flush nor a shutdown is bounded by it, they have deadlines of
// their own. A batch size above the queue's is lowered to it.
#ifndef CERO_CORE_CONFIG_ENVIRONMENT_H_
#define CERO_CORE_CONFIG_ENVIRONMENT_H_

#include "cero/options.h"
#include "config/variable_reader.h"

namespace cero::core {

Options read_environment(Options defaults, const Environment& environment);

// The variables of this process.
std::optional<std::string> process_variable(std::string_view name);

}  // namespace cero::core

#endif  // CERO_CORE_CONFIG_ENVIRONMENT_H_
