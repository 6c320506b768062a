// Blocks for records that outgrow their buffers, charged to OpenSpanBudget.
#ifndef CERO_CORE_TRACE_RECORD_BLOCK_H_
#define CERO_CORE_TRACE_RECORD_BLOCK_H_

#include "cero/detail/span_buffer.h"
#include "ring/span_ring.h"

namespace cero::core {

using detail::SpanBuffer;

// Moves the record to a block of its own with room for `bytes` more, or says why not.
detail::RecordFailure grow(SpanBuffer& buffer, size_t bytes, uint32_t span_bytes_max) noexcept;
// Takes the block from a span that has ended and has one, to be queued: what its context is stays
// in the buffer. False: too much is queued already, and the span keeps it.
bool try_take_block(SpanBuffer& buffer, RecordBlock* block) noexcept;
// Back to the record in its own buffer, where a larger one is not worth keeping.
void shrink(SpanBuffer& buffer) noexcept;
// The same in any case.
void drop_block(SpanBuffer& buffer) noexcept;

}  // namespace cero::core

#endif  // CERO_CORE_TRACE_RECORD_BLOCK_H_
