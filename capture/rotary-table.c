/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Rotary angles. At 131,072 tokens an angle reaches 1e5 radians, where a float has only two digits
 * left after the point; hence doubles until the last step. About 30 ns an entry. */
#include "capture/rotary-table.h"

#include <math.h>

/* The pair that turns @turns times over the context of training, as a fraction of pairs. */
static double
pair_of_turns (const FoveaArchitecture *a, double turns)
{
    return (double) a->rotary_width * log ((double) a->rotary_context / (turns * 2 * M_PI)) /
           (2 * log (a->rotary_base));
}

/* Fast pairs keep their frequency, slow ones are stretched, with a ramp between. */
static double
stretch_yarn (const FoveaArchitecture *a, gint64 pair, double frequency)
{
    double first = pair_of_turns (a, a->rotary_high), last = pair_of_turns (a, a->rotary_low);
    double low = MAX (a->rotary_exact ? first : floor (first), 0);
    double high = MIN (a->rotary_exact ? last : ceil (last), (double) a->rotary_width - 1);
    double ramp = ((double) pair - low) / (high > low ? high - low : 0.001);
    double slow = CLAMP (ramp, 0, 1);
    return frequency * (slow / a->rotary_factor + 1 - slow);
}

/* The same idea by wavelength, with a blend that is linear in frequency. */
static double
stretch_llama3 (const FoveaArchitecture *a, double frequency)
{
    double turns = (double) a->rotary_context * frequency / (2 * M_PI);
    double fast = (turns - a->rotary_low) / (a->rotary_high - a->rotary_low);
    fast = CLAMP (fast, 0, 1);
    return frequency * ((1 - fast) / a->rotary_factor + fast);
}

static double
find_base (const FoveaArchitecture *a, FoveaRotaryAngles angles, gint64 length)
{
    if (angles == FOVEA_ANGLES_LOCAL)
        return a->rotary_local_base;
    if (a->rotary_scaling != FOVEA_ROTARY_DYNAMIC || length <= a->rotary_context)
        return a->rotary_base;
    double ratio = (double) length / (double) a->rotary_context;
    double R = (double) a->rotary_width;
    return a->rotary_base * pow (a->rotary_factor * ratio - (a->rotary_factor - 1), R / (R - 2));
}

static double
stretch (const FoveaArchitecture *a, gint64 pair, double frequency, gint64 length)
{
    switch (a->rotary_scaling) {
    case FOVEA_ROTARY_LINEAR:
        return frequency / a->rotary_factor;
    case FOVEA_ROTARY_YARN:
        return stretch_yarn (a, pair, frequency);
    case FOVEA_ROTARY_LLAMA3:
        return stretch_llama3 (a, frequency);
    case FOVEA_ROTARY_LONGROPE:
        return frequency /
               (length > a->rotary_context ? a->rotary_long[pair] : a->rotary_short[pair]);
    case FOVEA_ROTARY_PLAIN:
    case FOVEA_ROTARY_DYNAMIC:
    default:
        return frequency;
    }
}

FoveaRotaryTable *
fovea_rotary_table_new (const FoveaArchitecture *architecture,
                        FoveaRotaryAngles angles,
                        gint64 n_positions,
                        gint64 length)
{
    const FoveaArchitecture *a = architecture;
    FoveaRotaryTable *table = g_new0 (FoveaRotaryTable, 1);
    table->n_positions = n_positions;
    table->n_pairs = a->rotary_width / 2;
    gsize n = (gsize) n_positions * (gsize) table->n_pairs;
    table->cos = g_new (float, n);
    table->sin = g_new (float, n);
    double base = find_base (a, angles, length);
    double amplitude =
        a->rotary_amplitude > 0 && angles == FOVEA_ANGLES_FULL ? a->rotary_amplitude : 1;
    for (gint64 i = 0; i < table->n_pairs; i++) {
        double frequency = pow (base, -2.0 * (double) i / (double) a->rotary_width);
        if (angles == FOVEA_ANGLES_STILL)
            frequency = 0;
        else if (angles == FOVEA_ANGLES_FULL)
            frequency = stretch (a, i, frequency, length);
        for (gint64 t = 0; t < n_positions; t++) {
            double s, c;
            sincos ((double) t * frequency, &s, &c);
            table->cos[t * table->n_pairs + i] = (float) (amplitude * c);
            table->sin[t * table->n_pairs + i] = (float) (amplitude * s);
        }
    }
    return table;
}

void
fovea_rotary_table_free (FoveaRotaryTable *table)
{
    if (table == NULL)
        return;
    g_free (table->cos);
    g_free (table->sin);
    g_free (table);
}
