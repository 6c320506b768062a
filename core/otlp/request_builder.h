// RequestBuilder: drained records to one ExportTraceServiceRequest.
//
// Each record gets its envelope (ids, times, kind, status: what a record keeps in its header)
// around its wire bytes, with the exact size known up front, into the segment of its scope; close()
// gathers the segments into one body: one ResourceSpans, one ScopeSpans per scope. Segments live in
// a protobuf arena whose first block is kept from batch to batch, so that the steady state
// allocates nothing. A batch is closed before it needs another block, which only very many scopes
// make it do.
//
// Threads: for the batch thread alone.
#ifndef CERO_CORE_OTLP_REQUEST_BUILDER_H_
#define CERO_CORE_OTLP_REQUEST_BUILDER_H_

#include <google/protobuf/arena.h>

#include <algorithm>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/scope_info.h"
#include "base/wall_time.h"
#include "otlp/body.h"
#include "otlp/record_reader.h"

namespace cero::core {

class RequestBuilder {
 public:
  struct Limits {
    uint32_t spans_max;
    uint32_t bytes_max;
  };
  // What spans lost or had mended, over all batches.
  struct Counts {
    uint64_t attributes_dropped = 0;
    uint64_t events_dropped = 0;
    uint64_t links_dropped = 0;
    uint64_t negative_durations = 0;
  };

  // `resource` is the content of OTLP's Resource message.
  RequestBuilder(const std::string& resource, const std::string& schema_url, Limits limits);

  // For what is added from now on; never more than the limit given first.
  void set_bytes_max(uint32_t bytes) noexcept { bytes_max_ = std::min(bytes, limits_.bytes_max); }

  // False: close() first. A record that alone is over bytes_max is taken by an empty builder.
  bool has_room_for(const RecordHeader& record) const noexcept;
  // False: the record was overwritten in memory, and is not taken. Precondition:
  // has_room_for(record).
  bool add(const RecordHeader& record, const WallTime& wall_time);
  // Fills body->bytes and span_count, and starts anew. Precondition: not empty.
  void close(Body* body);

  // Starts anew without a request; returns the spans that were in it.
  uint32_t discard();

  bool empty() const noexcept { return span_count_ == 0; }
  bool full() const noexcept { return span_count_ >= limits_.spans_max || bytes_ >= bytes_max_; }
  uint32_t span_count() const noexcept { return span_count_; }
  const Counts& counts() const noexcept { return counts_; }

 private:
  struct Chunk {
    char* begin;
    size_t used;
  };
  struct Segment {
    const ScopeInfo* scope;
    size_t bytes = 0;
    size_t room = 0;  // left in the last chunk
    std::vector<Chunk> chunks;
  };

  bool has_segment_of(const ScopeInfo* scope) const noexcept;
  Segment& segment_of(const ScopeInfo* scope);
  char* reserve(Segment& segment, size_t bytes);
  static size_t scope_spans_size(const Segment& segment) noexcept;
  void append_scope_spans(const Segment& segment, std::string* out) const;
  void start_anew();

  const std::string resource_field_;    // field 1 of ResourceSpans
  const std::string schema_url_field_;  // field 3, or empty
  const Limits limits_;
  uint32_t bytes_max_;
  std::unique_ptr<char[]> first_block_;
  google::protobuf::Arena arena_;

  std::vector<Segment> segments_;  // those in use come first
  size_t segment_count_ = 0;
  size_t chunk_bytes_ = 0;  // of the arena
  uint32_t span_count_ = 0;
  size_t bytes_ = 0;
  Counts counts_;
};

}  // namespace cero::core

#endif  // CERO_CORE_OTLP_REQUEST_BUILDER_H_
