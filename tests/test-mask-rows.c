/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* `mask_rows` of each device of ops-support.h against the reference's plain loops: lists of tiles
 * that are whole, in bits or missing, every term of a rule, widths around what a walk takes. */
#include <math.h>
#include <string.h>

#include "kernels/mask-rows.h"
#include "tests/ops-carry.h"
#include "tests/ops-support.h"
#include "tests/support.h"

enum {
    HEADS = 3,
    MASKS = 4,
};

/* One head, what is known of its whole rows, and masks over rows from q0 on. */
typedef struct {
    FoveaMaskRowsArgs args;
    float *q, *k, *v, *lse, *lengths, *full;
    GArray *ends, *tiles, *bits;
} Case;

/* Whole rows in plain loops: log-sum-exp and output, to measure masks against. */
static void
fill_whole_rows (Case *c)
{
    FoveaMaskRowsArgs *a = &c->args;
    g_autofree float *scores = g_new (float, a->n_keys);
    for (int64_t i = 0; i < a->n_queries; i++) {
        FoveaRectangleArgs row = {.rule = a->rule,
                                  .head = a->head,
                                  .q0 = a->q0 + i,
                                  .n_queries = 1,
                                  .n_keys = a->n_keys,
                                  .width = a->width,
                                  .q = a->q + i * a->q_stride,
                                  .k = a->k,
                                  .k_stride = a->k_stride,
                                  .out = scores};
        const float *sinks = a->rule.sink_logits;
        double sum = sinks != NULL ? exp ((double) sinks[a->head]) : 0;
        fovea_ops_ref.rectangle (ops_reference, &row);
        for (int64_t j = 0; j < a->n_keys; j++)
            sum += exp ((double) scores[j]);
        c->lse[i] = (float) log (sum);
        for (int64_t d = 0; d < a->width; d++) {
            double z = 0;
            for (int64_t j = 0; j < a->n_keys; j++)
                z += exp ((double) scores[j]) / sum * (double) a->v[j * a->v_stride + d];
            c->full[i * a->width + d] = sum > 0 ? (float) z : 0;
        }
    }
}

static guint32
draw (guint32 *state)
{
    *state = *state * 1664525u + 1013904223u;
    return *state >> 16;
}

/* Mask 0 is all that the rule allows, mask 1 empty; the others take tiles at random, whole or with
 * bits, of which some are set where there is no key. */
static void
fill_lists (Case *c, guint32 seed)
{
    FoveaMaskRowsArgs *a = &c->args;
    int64_t zero = 0, columns = (a->n_keys + FOVEA_BLOCK - 1) / FOVEA_BLOCK;
    g_array_append_val (c->ends, zero);
    for (int64_t b = 0; b < fovea_mask_rows_count_blocks (a); b++)
        for (int m = 0; m < MASKS; m++) {
            for (int32_t column = 0; column < columns; column++) {
                FoveaMaskTile tile = {column, -1};
                guint32 choice = draw (&seed) % 4;
                if (m == 1 || (m > 1 && choice == 0))
                    continue;
                if (m > 1 && choice > 1) {
                    tile.bits = (int32_t) c->bits->len;
                    for (int i = 0; i < FOVEA_BLOCK; i++) {
                        guint64 word = 0;
                        for (int part = 0; part < 4; part++)
                            word = word << 16 | (draw (&seed) & (choice == 2 ? 0xffff : 0x1041));
                        g_array_append_val (c->bits, word);
                    }
                }
                g_array_append_val (c->tiles, tile);
            }
            int64_t end = c->tiles->len;
            g_array_append_val (c->ends, end);
        }
    a->n_masks = MASKS;
    a->ends = (const int64_t *) (gpointer) c->ends->data;
    a->tiles = (const FoveaMaskTile *) (gpointer) c->tiles->data;
    a->bits = (const uint64_t *) (gpointer) c->bits->data;
    a->n_words = c->bits->len;
}

static Case
case_new (const FoveaScoreRule *rule, int64_t T, int64_t D, int64_t q0, guint32 seed)
{
    int64_t stride = D + 3, n = T - q0;
    Case c = {.q = g_new (float, n *stride),
              .k = g_new (float, T *stride),
              .v = g_new (float, T *stride),
              .lse = g_new (float, n),
              .lengths = g_new (float, T),
              .full = g_new (float, n *D),
              .ends = g_array_new (FALSE, FALSE, sizeof (int64_t)),
              .tiles = g_array_new (FALSE, FALSE, sizeof (FoveaMaskTile)),
              .bits = g_array_new (FALSE, FALSE, sizeof (guint64))};
    ops_fill (c.q, n * stride, seed);
    ops_fill (c.k, T * stride, seed + 1);
    ops_fill (c.v, T * stride, seed + 2);
    for (int64_t t = 0; t < T; t++)
        c.lengths[t] = (float) (1 + t % 5);
    c.args = (FoveaMaskRowsArgs){.rule = *rule,
                                 .head = HEADS - 1,
                                 .q0 = q0,
                                 .n_queries = n,
                                 .n_keys = T,
                                 .width = D,
                                 .q = c.q,
                                 .q_stride = stride,
                                 .k = c.k,
                                 .k_stride = stride,
                                 .v = c.v,
                                 .v_stride = stride,
                                 .lse = c.lse,
                                 .lengths = c.lengths,
                                 .full = c.full};
    fill_whole_rows (&c);
    fill_lists (&c, seed);
    return c;
}

static void
case_clear (Case *c)
{
    float *arrays[] = {c->q, c->k, c->v, c->lse, c->lengths, c->full};
    for (guint i = 0; i < G_N_ELEMENTS (arrays); i++)
        g_free (arrays[i]);
    g_array_unref (c->ends);
    g_array_unref (c->tiles);
    g_array_unref (c->bits);
}

/* mass, value_mass, loss and z behind one another. */
static gsize
count_results (const FoveaMaskRowsArgs *a)
{
    return (gsize) (a->n_masks * a->n_queries * (3 + a->width));
}

static void
set_results (FoveaMaskRowsArgs *a, float *out)
{
    int64_t n = a->n_masks * a->n_queries;
    memset (out, 0xff, count_results (a) * sizeof *out);
    a->mass = out;
    a->value_mass = out + n;
    a->loss = out + 2 * n;
    a->z = out + 3 * n;
}

static void
check (const char *what, const FoveaScoreRule *rule, int64_t T, int64_t D, int64_t q0)
{
    Case c = case_new (rule, T, D, q0, (guint32) (T + D));
    gsize n = count_results (&c.args);
    g_autofree float *expected = g_new (float, n), *out = g_new (float, n),
                     *again = g_new (float, n);
    set_results (&c.args, expected);
    fovea_ops_ref.mask_rows (ops_reference, &c.args);
    for (int i = 0; i < ops_n_devices; i++) {
        set_results (&c.args, again);
        carry_mask_rows (ops_devices[i], &c.args);
        set_results (&c.args, out);
        carry_mask_rows (ops_devices[i], &c.args);
        ck_assert_mem_eq (out, again, n * sizeof *out);
        for (gsize at = 0; at < n; at++)
            ck_assert_msg (fabs ((double) out[at] - (double) expected[at]) <
                               1e-5 * (1 + fabs ((double) expected[at])),
                           "%s on %s, T %d, D %d, result %zu of %zu: %g, not %g", what,
                           fovea_device_describe (ops_devices[i]), (int) T, (int) D, at, n,
                           (double) out[at], (double) expected[at]);
    }
    case_clear (&c);
}

static const int64_t lengths[] = {1, 63, 64, 65, 200};

START_TEST (kept_mass_agrees_with_plain_loops)
{
    enum {
        REACH = 20,
    };
    int64_t T = lengths[_i];
    const float slopes[HEADS] = {0, 0, 0.02f}, sinks[HEADS] = {0, 0, 1.5f};
    float bias[HEADS * (2 * REACH + 1)];
    g_autofree int32_t *segments = g_new (int32_t, T);
    ops_fill (bias, G_N_ELEMENTS (bias), 5);
    for (int64_t t = 0; t < T; t++)
        segments[t] = (int32_t) (t / 50 % 2);
    FoveaScoreRule rule = {.scale = 0.2f, .causal = true};
    check ("causal", &rule, T, 32, 0);
    check ("later rows", &rule, T, 32, T / 3);
    rule.window = 40;
    check ("window", &rule, T, 32, 0);
    rule.causal = false;
    rule.window = 0;
    rule.sink_logits = sinks;
    check ("sink, both ways", &rule, T, 32, 0);
    rule.soft_cap = 2;
    rule.alibi_slopes = slopes;
    rule.distance_bias = bias;
    rule.reach = REACH;
    check ("cap, slope and bias", &rule, T, 32, 0);
    rule.segments = segments;
    check ("segments", &rule, T, 32, 0);
}
END_TEST

static const int64_t widths[] = {1, 24, 64, 80, 128, 136, 300};

START_TEST (any_width_of_heads_serves)
{
    const FoveaScoreRule rule = {.scale = 0.03f, .causal = true};
    check ("width", &rule, 130, widths[_i], 0);
}
END_TEST

START_TEST (a_whole_mask_keeps_everything_and_an_empty_one_nothing)
{
    const FoveaScoreRule rule = {.scale = 0.3f, .causal = true};
    Case c = case_new (&rule, 150, 16, 0, 3);
    g_autofree float *out = g_new (float, count_results (&c.args));
    for (int i = 0; i < ops_n_devices; i++) {
        set_results (&c.args, out);
        carry_mask_rows (ops_devices[i], &c.args);
        for (int64_t t = 0; t < 150; t++) {
            double squared = 0;
            for (int64_t d = 0; d < 16; d++)
                squared += (double) c.full[t * 16 + d] * (double) c.full[t * 16 + d];
            ck_assert_double_eq_tol ((double) c.args.mass[t], 1, 1e-5);
            ck_assert_double_eq_tol ((double) c.args.loss[t], 0, 1e-9);
            ck_assert_double_eq ((double) c.args.mass[150 + t], 0);
            ck_assert_double_eq_tol ((double) c.args.loss[150 + t], squared, 1e-5);
        }
    }
    case_clear (&c);
}
END_TEST

/* Results that nobody asked for change none of the others. */
START_TEST (masses_alone_need_no_values)
{
    const FoveaScoreRule rule = {.scale = 0.3f, .causal = true};
    Case c = case_new (&rule, 150, 80, 0, 4);
    g_autofree float *out = g_new (float, count_results (&c.args));
    g_autofree float *alone = g_new (float, MASKS * 150);
    for (int i = 0; i < ops_n_devices; i++) {
        set_results (&c.args, out);
        carry_mask_rows (ops_devices[i], &c.args);
        FoveaMaskRowsArgs args = c.args;
        args.v = args.full = args.lengths = NULL;
        args.value_mass = args.loss = args.z = NULL;
        args.mass = alone;
        carry_mask_rows (ops_devices[i], &args);
        ck_assert_mem_eq (alone, out, MASKS * 150 * sizeof *alone);
    }
    case_clear (&c);
}
END_TEST

int
main (void)
{
    if (!ops_prepare ())
        return 77;
    Suite *suite = suite_create ("mask-rows");
    TCase *all = tcase_create ("all");
    tcase_set_timeout (all, 60);
    tcase_add_checked_fixture (all, ops_open_all, ops_close_all);
    tcase_add_loop_test (all, kept_mass_agrees_with_plain_loops, 0, G_N_ELEMENTS (lengths));
    tcase_add_loop_test (all, any_width_of_heads_serves, 0, G_N_ELEMENTS (widths));
    tcase_add_test (all, a_whole_mask_keeps_everything_and_an_empty_one_nothing);
    tcase_add_test (all, masses_alone_need_no_values);
    suite_add_tcase (suite, all);
    return support_run (suite);
}
