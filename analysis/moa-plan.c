/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Within a layer the heads that gain most get the longer of two spans. Which pairs, and how many
 * heads, is a knapsack over layers: densities are rounded up to steps, so the bound always holds. */
#include "analysis/moa-plan.h"

#include <math.h>
#include <string.h>

enum {
    BLOCK = FOVEA_BLOCK,
    BETAS = 9,
    STEPS = 400, /* of a layer's density */
};

static int
compare_spans (gconstpointer a, gconstpointer b)
{
    const FoveaMoaSpan *x = a, *y = b;
    if (x->blocks != y->blocks)
        return x->blocks < y->blocks ? -1 : 1;
    return x->beta < y->beta ? -1 : x->beta > y->beta;
}

GArray *
fovea_moa_list_spans (gint64 n_tokens, gint64 least, gint64 most, gint64 step)
{
    GArray *spans = g_array_new (FALSE, FALSE, sizeof (FoveaMoaSpan));
    gint64 nb = (n_tokens + BLOCK - 1) / BLOCK;
    for (int b = 0; b < BETAS; b++)
        for (double alpha = -(double) least; alpha <= (double) most; alpha += (double) step) {
            double beta = b / (BETAS - 1.), own = floor (alpha / BLOCK) + beta * (double) nb;
            gint64 blocks = CLAMP ((gint64) own, 1, nb);
            FoveaMoaSpan span = {alpha, beta, blocks, (double) MIN (blocks + 1, nb) / (double) nb};
            gboolean fits = alpha + beta * (double) n_tokens <= (double) n_tokens &&
                            alpha + beta * (double) most <= (double) most;
            if (fits && alpha + beta * (double) least > 0)
                g_array_append_val (spans, span);
        }
    g_array_sort (spans, compare_spans);
    for (guint i = 1; i < spans->len;) {
        FoveaMoaSpan *own = &g_array_index (spans, FoveaMoaSpan, i);
        if (own->blocks == own[-1].blocks)
            g_array_remove_index (spans, i);
        else
            i++;
    }
    return spans;
}

/* Mass by distance of blocks, beside the first column of blocks, which every span keeps: (nb). */
static gboolean
read_distances (FoveaAttention *attention, guint head, gint64 nb, double *mass, GError **error)
{
    const FoveaScoreRule *rule = fovea_attention_get_rule (attention);
    g_autofree float *row = g_new (float, (gsize) nb);
    gint64 T;
    fovea_attention_get_shape (attention, &T, NULL, NULL, NULL);
    memset (mass, 0, (gsize) nb * sizeof *mass);
    for (gint64 I = 0; I < nb; I++) {
        if (!fovea_attention_read_level (attention, head, 0, FOVEA_BLOCK_MEAN, I, I + 1, 0, nb, row,
                                         error))
            return FALSE;
        for (gint64 J = 1; J <= I; J++)
            mass[I - J] += (double) row[J] * (double) fovea_score_rule_count (
                                                 rule, I * BLOCK, MIN ((I + 1) * BLOCK, T),
                                                 J * BLOCK, MIN ((J + 1) * BLOCK, T));
    }
    return TRUE;
}

gboolean
fovea_moa_read_losses (FoveaAttention *attention,
                       const GArray *spans,
                       double *losses,
                       GError **error)
{
    gint64 T, H;
    fovea_attention_get_shape (attention, &T, &H, NULL, NULL);
    gint64 nb = (T + BLOCK - 1) / BLOCK;
    g_autofree double *mass = g_new (double, (gsize) nb);
    for (gint64 h = 0; h < H; h++) {
        if (!read_distances (attention, (guint) h, nb, mass, error))
            return FALSE;
        for (guint p = 0; p < spans->len; p++) {
            double lost = 0;
            for (gint64 d = g_array_index (spans, FoveaMoaSpan, p).blocks; d < nb; d++)
                lost += mass[d];
            losses[(gsize) h * spans->len + p] = lost;
        }
    }
    return TRUE;
}

/* The best way of a layer to cost at most so many steps. */
typedef struct {
    double loss;
    guint low, high, n_high; /* spans, and how many heads get the longer one */
} Option;

static int
compare_falling (gconstpointer a, gconstpointer b)
{
    double x = *(const double *) a, y = *(const double *) b;
    return x > y ? -1 : x < y;
}

/* Options of one layer by its density in steps: (STEPS+1), infinite loss where there is none. */
static void
list_options (const double *losses, const double *densities, gsize H, gsize P, Option *options)
{
    g_autofree double *gains = g_new (double, H);
    for (gsize s = 0; s <= STEPS; s++)
        options[s] = (Option){INFINITY, 0, 0, 0};
    for (gsize low = 0; low < P; low++)
        for (gsize high = low; high < P; high++) {
            double loss = 0;
            for (gsize h = 0; h < H; h++) {
                loss += losses[h * P + low];
                gains[h] = losses[h * P + low] - losses[h * P + high];
            }
            qsort (gains, H, sizeof *gains, compare_falling);
            for (gsize n = 0; n <= H; n++) {
                double sum = densities[low] * (double) (H - n) + densities[high] * (double) n;
                gsize step = (gsize) ceil (sum / (double) H * STEPS - 1e-9);
                if (loss < options[step].loss)
                    options[step] = (Option){loss, (guint) low, (guint) high, (guint) n};
                loss -= n < H ? gains[n] : 0;
            }
        }
}

/* Gives the heads that gain most the longer span; of equal gains the lower head. */
static void
assign (const double *losses, gsize H, gsize P, const Option *option, guint *chosen)
{
    for (gsize h = 0; h < H; h++)
        chosen[h] = option->low;
    for (guint n = 0; n < option->n_high; n++) {
        gsize best = H;
        double most = -INFINITY;
        for (gsize h = 0; h < H; h++) {
            double gain = losses[h * P + option->low] - losses[h * P + option->high];
            if (chosen[h] == option->low && gain > most) {
                best = h;
                most = gain;
            }
        }
        if (best < H)
            chosen[best] = option->high;
    }
}

/* Least loss of the first l layers at exactly s steps in all: best[l (n+1) + s], and the steps that
 * layer l takes of them. */
static void
fill_knapsack (const Option *options, gsize L, gsize n, double *best, guint *taken)
{
    for (gsize s = 0; s <= n; s++)
        best[s] = s == 0 ? 0 : INFINITY;
    for (gsize l = 0; l < L; l++)
        for (gsize s = 0; s <= n; s++) {
            double *own = &best[(l + 1) * (n + 1) + s];
            *own = INFINITY;
            for (gsize t = 0; t <= MIN (s, STEPS); t++) {
                double loss = best[l * (n + 1) + s - t] + options[l * (STEPS + 1) + t].loss;
                if (loss < *own) {
                    *own = loss;
                    taken[l * (n + 1) + s] = (guint) t;
                }
            }
        }
}

double
fovea_moa_choose (const double *losses,
                  const double *densities,
                  gsize n_layers,
                  gsize n_heads,
                  gsize n_spans,
                  double bound,
                  guint *chosen)
{
    gsize L = n_layers, H = n_heads, P = n_spans;
    gsize n = (gsize) floor (MIN (bound, 1) * (double) L * STEPS + 1e-9), at = n;
    g_autofree Option *options = g_new (Option, L * (STEPS + 1));
    g_autofree double *best = g_new (double, (L + 1) * (n + 1));
    g_autofree guint *taken = g_new0 (guint, L * (n + 1));
    double density = 0;
    memset (chosen, 0, L * H * sizeof *chosen);
    for (gsize l = 0; l < L; l++)
        list_options (losses + l * H * P, densities, H, P, options + l * (STEPS + 1));
    fill_knapsack (options, L, n, best, taken);
    for (gsize s = 0; s <= n; s++)
        if (best[L * (n + 1) + s] < best[L * (n + 1) + at])
            at = s;
    if (isfinite (best[L * (n + 1) + at]))
        for (gsize l = L; l-- > 0;) {
            guint steps = taken[l * (n + 1) + at];
            assign (losses + l * H * P, H, P, &options[l * (STEPS + 1) + steps], chosen + l * H);
            at -= steps;
        }
    for (gsize i = 0; i < L * H; i++)
        density += densities[chosen[i]] / (double) (L * H);
    return density;
}

void
fovea_moa_get_influence (const double *weights, const double *gradients, gsize n, double *out)
{
    double mean = 0;
    for (gsize i = 0; i < n; i++)
        mean += gradients[i] * weights[i];
    for (gsize i = 0; i < n; i++)
        out[i] = n == 1 ? -gradients[i] * weights[i]
                        : -weights[i] * (gradients[i] - mean) / (1 - weights[i] + 1e-12);
}
