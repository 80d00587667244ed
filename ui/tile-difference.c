/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Two tiles of the same place in two traces, one less the other. What one of them has no pair for
 * has no difference either. Beyond the sequence stays beyond it. */
#include "ui/tile.h"
#include "ui/trace-source.h"

/* Nothing below float32's exponents of weights is a value. */
static gboolean
is_mark (float value)
{
    return value <= FOVEA_TILE_FUTURE;
}

gboolean
fovea_tile_read_difference (FoveaTraceSource *source,
                            FoveaTraceSource *other,
                            const FoveaTileSpec *spec,
                            float *values,
                            GCancellable *cancellable,
                            GError **error)
{
    gsize n = (gsize) spec->width * spec->height;
    g_autofree float *theirs = g_new (float, n);
    FoveaTileSpec weights = *spec;
    weights.color = FOVEA_COLOR_LINEAR; /* weights, not scores */
    weights.difference = FALSE;
    if (!fovea_tile_read (source, &weights, values, cancellable, error) ||
        !fovea_tile_read (other, &weights, theirs, cancellable, error))
        return FALSE;
    for (gsize i = 0; i < n; i++)
        if (!is_mark (values[i]))
            values[i] = is_mark (theirs[i]) ? theirs[i] : values[i] - theirs[i];
    return TRUE;
}
