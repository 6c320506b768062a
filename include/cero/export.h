// CERO_API marks what libcero exports; all else is hidden.
#ifndef CERO_EXPORT_H_
#define CERO_EXPORT_H_

#define CERO_API [[gnu::visibility("default")]]

#endif  // CERO_EXPORT_H_
