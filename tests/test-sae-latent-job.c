/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* A latent's examples out of where it fires: the same as from its codes sequence by sequence, however
 * few firings are sorted for them; examples of intervals with their windows; damage survived. */
#include <math.h>

#include "app/sae-latent-job.h"
#include "capture/random.h"
#include "tests/store-support.h"

enum {
    N_SEQUENCES = 6,
    T = 200,
    EXAMPLES = 4,
};

/* Codes of one latent along every token; @share of them are not 0. */
static void
draw (float codes[N_SEQUENCES][T], double share, guint64 seed)
{
    FoveaRandom random;
    fovea_random_init (&random, seed);
    for (int s = 0; s < N_SEQUENCES; s++)
        for (int t = 0; t < T; t++) {
            double value = 2 * fovea_random_uniform (&random) - 1;
            codes[s][t] = fovea_random_uniform (&random) < share ? (float) value : 0;
        }
}

static GArray *
list_firings (float codes[N_SEQUENCES][T])
{
    GArray *firings = g_array_new (FALSE, FALSE, sizeof (FoveaFiring));
    for (int s = 0; s < N_SEQUENCES; s++)
        for (int t = 0; t < T; t++) {
            const FoveaFiring firing = {s + 1, t, codes[s][t]};
            if (firing.value != 0)
                g_array_append_val (firings, firing);
        }
    return firings;
}

/* By the codes themselves. */
static FoveaSaeLatent *
add_all (FoveaStore *store, float codes[N_SEQUENCES][T], guint window)
{
    FoveaSaeLatent *latent = fovea_sae_latent_new (0, EXAMPLES, window);
    for (gint64 s = 0; s < N_SEQUENCES; s++) {
        g_autoptr (FoveaTrace) trace = fovea_store_open_trace (store, s + 1, NULL);
        gint64 positions[T], offsets[T + 1] = {0};
        gint32 latents[T];
        float values[T];
        gint64 n = 0;
        for (int t = 0; t < T; t++) {
            positions[t] = t;
            latents[n] = 0;
            values[n] = codes[s][t];
            n += codes[s][t] != 0;
            offsets[t + 1] = n;
        }
        const FoveaSaeCodes rows = {T, 1, offsets, latents, values, NULL, NULL};
        fovea_sae_latent_add (latent, s + 1, fovea_trace_get_info (trace), positions, &rows);
    }
    return latent;
}

static void
check_same (GPtrArray *a, GPtrArray *b)
{
    ck_assert_uint_eq (a->len, b->len);
    for (guint i = 0; i < a->len; i++) {
        const FoveaLatentExample *x = g_ptr_array_index (a, i), *y = g_ptr_array_index (b, i);
        ck_assert_int_eq (x->sequence, y->sequence);
        ck_assert_int_eq (x->position, y->position);
        ck_assert_float_eq (x->value, y->value);
        ck_assert_uint_eq (x->n, y->n);
        ck_assert_mem_eq (x->codes, y->codes, x->n * sizeof (float));
        for (guint t = 0; t < x->n; t++)
            ck_assert_str_eq (x->texts[t], y->texts[t]);
    }
}

/* Rare and frequent latents; windows so wide that the first candidates are not enough. */
static const struct {
    double share;
    guint window;
} cases[] = {{.02, 3}, {.3, 3}, {.95, 2}, {.95, 60}, {0, 3}};

START_TEST (strongest_examples_are_those_of_all_codes)
{
    static float codes[N_SEQUENCES][T];
    g_autoptr (GError) error = NULL;
    store_make (N_SEQUENCES, T);
    g_autoptr (FoveaStore) store = store_open (FOVEA_STORE_READ);
    draw (codes, cases[_i].share, (guint64) _i + 1);
    g_autoptr (GArray) firings = list_firings (codes);
    g_autoptr (FoveaSaeLatent) all = add_all (store, codes, cases[_i].window);
    g_autoptr (FoveaSaeLatent) latent = fovea_sae_latent_new (0, EXAMPLES, cases[_i].window);
    ck_assert_msg (fovea_sae_latent_job_show (store, latent, firings, N_SEQUENCES * T, &error),
                   "%s", error != NULL ? error->message : "");
    check_same (latent->positive, all->positive);
    check_same (latent->negative, all->negative);
    ck_assert_int_eq (latent->n_rows, all->n_rows);
    ck_assert_int_eq (latent->n_sequences, all->n_sequences);
    ck_assert_int_eq (latent->n_negative, all->n_negative);
}
END_TEST

START_TEST (drawn_examples_have_their_windows)
{
    static float codes[N_SEQUENCES][T];
    store_make (N_SEQUENCES, T);
    g_autoptr (FoveaStore) store = store_open (FOVEA_STORE_READ);
    draw (codes, .3, 9);
    g_autoptr (GArray) firings = list_firings (codes);
    g_autoptr (FoveaSaeLatent) latent = fovea_sae_latent_new (0, EXAMPLES, 5);
    ck_assert (fovea_sae_latent_job_show (store, latent, firings, N_SEQUENCES * T, NULL));
    ck_assert_uint_eq (latent->intervals->len, 2 * FOVEA_LATENT_INTERVALS);
    for (guint i = 0; i < latent->intervals->len; i++) {
        const FoveaLatentInterval *interval = g_ptr_array_index (latent->intervals, i);
        ck_assert_uint_eq (interval->examples->len, interval->chosen->len);
        ck_assert_uint_gt (interval->examples->len, 0);
        for (guint e = 0; e < interval->examples->len; e++) {
            const FoveaLatentExample *example = g_ptr_array_index (interval->examples, e);
            float wanted = codes[example->sequence - 1][example->position];
            ck_assert_float_eq (example->value, wanted);
            ck_assert_float_eq (example->codes[example->position - example->first], wanted);
            ck_assert ((double) wanted >= interval->from - 1e-6);
            ck_assert ((double) wanted <= interval->to + 1e-6);
        }
    }
}
END_TEST

/* A store that somebody wrote to: a token that there is not, a sequence that there is not. */
START_TEST (firings_of_what_is_not_there_are_left_out_or_refused)
{
    g_autoptr (GError) error = NULL;
    store_make (1, T);
    g_autoptr (FoveaStore) store = store_open (FOVEA_STORE_READ);
    g_autoptr (GArray) firings = g_array_new (FALSE, FALSE, sizeof (FoveaFiring));
    const FoveaFiring some[] = {{1, 3, 1}, {1, T + 5, 9}, {1, -2, 8}};
    g_array_append_vals (firings, some, G_N_ELEMENTS (some));
    g_autoptr (FoveaSaeLatent) latent = fovea_sae_latent_new (0, EXAMPLES, 5);
    ck_assert (fovea_sae_latent_job_show (store, latent, firings, T, NULL));
    ck_assert_uint_eq (latent->positive->len, 1);
    const FoveaFiring missing = {77, 0, 2};
    g_array_append_val (firings, missing);
    g_autoptr (FoveaSaeLatent) again = fovea_sae_latent_new (0, EXAMPLES, 5);
    ck_assert (!fovea_sae_latent_job_show (store, again, firings, T, &error));
    ck_assert_ptr_nonnull (error);
}
END_TEST

int
main (void)
{
    TCase *tc = tcase_create ("latent job");
    tcase_add_checked_fixture (tc, store_set_up, store_tear_down);
    tcase_add_loop_test (tc, strongest_examples_are_those_of_all_codes, 0, G_N_ELEMENTS (cases));
    tcase_add_test (tc, drawn_examples_have_their_windows);
    tcase_add_test (tc, firings_of_what_is_not_there_are_left_out_or_refused);
    Suite *suite = suite_create ("sae-latent-job");
    suite_add_tcase (suite, tc);
    return support_run (suite);
}
