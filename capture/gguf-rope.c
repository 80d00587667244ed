/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Wave lengths up to context / high are left alone, those from context / low on are stretched by the
 * factor, and between them the share of the unstretched frequency falls as
 * s = (context / length - low) / (high - low). The largest divisor is the factor, and any divisor
 * between 1 and it gives s and so the context; then all of them must come out. */
#include "capture/gguf-rope.h"

#include <math.h>

#define LOW            1.0
#define HIGH           4.0
#define USUAL_CONTEXT  8192
#define TOLERANCE      1e-3
#define LARGEST_FACTOR 4096.0

static double
wave_length (double base, gint64 i, gint64 n)
{
    return 2 * G_PI * pow (base, (double) i / (double) n);
}

static double
divisor_of (const FoveaLlama3Scaling *scaling, double length)
{
    double s = ((double) scaling->context / length - LOW) / (HIGH - LOW);
    if (s >= 1)
        return 1;
    return s <= 0 ? scaling->factor : 1 / ((1 - s) / scaling->factor + s);
}

/* The context that a divisor between the two ends tells; 0 if it stands at an end. */
static gint64
context_of (double divisor, double factor, double length)
{
    if (divisor < 1 + TOLERANCE || divisor > factor * (1 - TOLERANCE))
        return 0;
    double s = (1 / divisor - 1 / factor) / (1 - 1 / factor);
    return (gint64) llround (length * (LOW + s * (HIGH - LOW)));
}

gboolean
fovea_gguf_infer_llama3 (const float *divisors, gint64 n, double base, FoveaLlama3Scaling *scaling)
{
    *scaling = (FoveaLlama3Scaling){.factor = 1, .low = LOW, .high = HIGH};
    if (!(base > 1) || !(base < 1e12))
        return FALSE;
    for (gint64 i = 0; i < n; i++) {
        if (!(divisors[i] >= 1) || (double) divisors[i] > LARGEST_FACTOR)
            return FALSE;
        scaling->factor = MAX (scaling->factor, (double) divisors[i]);
    }
    for (gint64 i = 0; i < n && scaling->context == 0; i++)
        scaling->context =
            context_of ((double) divisors[i], scaling->factor, wave_length (base, i, n));
    if (scaling->context == 0)
        scaling->context = USUAL_CONTEXT;
    for (gint64 i = 0; i < n; i++) {
        double want = divisor_of (scaling, wave_length (base, i, n));
        if (!(fabs (want - (double) divisors[i]) <= TOLERANCE * want))
            return FALSE;
    }
    return n > 0 && scaling->factor > 1;
}
