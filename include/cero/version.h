// The version of these headers. CERO_VERSION stands in telemetry.sdk.version and the User-Agent.
#ifndef CERO_VERSION_H_
#define CERO_VERSION_H_

#define CERO_VERSION_MAJOR 0
#define CERO_VERSION_MINOR 1
#define CERO_VERSION_PATCH 0
#define CERO_VERSION "0.1.0"

#endif  // CERO_VERSION_H_
