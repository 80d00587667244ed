/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* What all sinks share. */
#include "capture/sink.h"

void
fovea_sink_free (FoveaSink *sink)
{
    if (sink != NULL)
        sink->free (sink);
}
