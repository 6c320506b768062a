// All of cero's API.
#ifndef CERO_CERO_H_
#define CERO_CERO_H_

#include "cero/attribute.h"
#include "cero/context.h"
#include "cero/options.h"
#include "cero/prepared_span.h"
#include "cero/propagation.h"
#include "cero/result.h"
#include "cero/sampler.h"
#include "cero/span.h"
#include "cero/span_context.h"
#include "cero/stats.h"
#include "cero/tracer.h"
#include "cero/tracer_provider.h"
#include "cero/version.h"

#endif  // CERO_CERO_H_
