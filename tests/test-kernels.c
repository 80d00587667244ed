/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Types, the mask rule, the thread team, and the choice of a device. */
#include <cblas.h>
#include <math.h>
#include <string.h>
#include <time.h>

#include "kernels/blas.h"
#include "kernels/device.h"
#include "tests/support.h"
#include "tests/yields.h"

static float
from_bits (FoveaDtype dtype, uint32_t bits)
{
    float x;
    fovea_dtype_to_f32 (&bits, dtype, 1, &x);
    return x;
}

static uint16_t
to_bits (FoveaDtype dtype, float x)
{
    uint16_t bits;
    fovea_dtype_from_f32 (&x, 1, dtype, &bits);
    return bits;
}

START_TEST (of_several_errors_the_first_is_kept)
{
    GMutex lock;
    GError *first = NULL;
    g_mutex_init (&lock);
    for (int i = 0; i < 3; i++) {
        g_autoptr (GError) error = g_error_new (FOVEA_ERROR, FOVEA_ERROR_RANGE, "of %d", i);
        fovea_error_keep (&lock, &first, &error);
        ck_assert ((error == NULL) == (i == 0));
    }
    ck_assert_str_eq (first->message, "of 0");
    g_error_free (first);
    g_mutex_clear (&lock);
}
END_TEST

START_TEST (every_half_survives_a_round_trip)
{
    FoveaDtype dtype = _i == 0 ? FOVEA_F16 : FOVEA_BF16;
    for (uint32_t bits = 0; bits < 65536; bits++) {
        float x = from_bits (dtype, bits);
        if (isnan (x))
            ck_assert (isnan (from_bits (dtype, to_bits (dtype, x))));
        else
            ck_assert_uint_eq (to_bits (dtype, x), bits);
    }
}
END_TEST

/* Values worked out by hand from the formats. */
START_TEST (halves_have_their_values_and_round_to_even)
{
    ck_assert_float_eq (from_bits (FOVEA_F16, 0x3c01), 1 + 0x1p-10f);
    ck_assert_float_eq (from_bits (FOVEA_F16, 0x0001), 0x1p-24f);
    ck_assert_float_eq (from_bits (FOVEA_F16, 0xfbff), -65504);
    ck_assert_float_eq (from_bits (FOVEA_BF16, 0xc049), -3.140625f);
    ck_assert_uint_eq (to_bits (FOVEA_F16, 1 + 0x1p-11f), 0x3c00);
    ck_assert_uint_eq (to_bits (FOVEA_F16, 1 + 3 * 0x1p-11f), 0x3c02);
    ck_assert_uint_eq (to_bits (FOVEA_F16, 0x1p-25f), 0);
    ck_assert_uint_eq (to_bits (FOVEA_F16, 0x1.8p-25f), 1);
    ck_assert_uint_eq (to_bits (FOVEA_F16, 65519), 0x7bff);
    ck_assert_uint_eq (to_bits (FOVEA_F16, 65520), 0x7c00);
    ck_assert_uint_eq (to_bits (FOVEA_BF16, 1 + 0x1p-8f), 0x3f80);
    ck_assert_uint_eq (to_bits (FOVEA_BF16, 1 + 3 * 0x1p-8f), 0x3f82);
    ck_assert_uint_eq (to_bits (FOVEA_BF16, 3.4e38f), 0x7f80);
}
END_TEST

START_TEST (integers_and_doubles_convert_from_any_alignment)
{
    char buffer[32];
    float out[3];
    int64_t wide[] = {-3, 16777217, 0};
    memcpy (buffer + 1, wide, sizeof wide);
    fovea_dtype_to_f32 (buffer + 1, FOVEA_I64, 3, out);
    ck_assert (out[0] == -3 && out[1] == 16777216 && out[2] == 0);
    double doubles[] = {0.1, -1e300};
    memcpy (buffer + 3, doubles, sizeof doubles);
    fovea_dtype_to_f32 (buffer + 3, FOVEA_F64, 2, out);
    ck_assert (out[0] == 0.1f && out[1] == -INFINITY);
    uint8_t bytes[] = {0, 200, 1};
    fovea_dtype_to_f32 (bytes, FOVEA_BOOL, 3, out);
    ck_assert (out[0] == 0 && out[1] == 1 && out[2] == 1);
    fovea_dtype_to_f32 (bytes, FOVEA_I8, 3, out);
    ck_assert (out[1] == -56);
    fovea_dtype_to_f32 (bytes, FOVEA_U8, 3, out);
    ck_assert (out[1] == 200);
    int16_t shorts[] = {-32768, 7};
    fovea_dtype_to_f32 (shorts, FOVEA_I16, 2, out);
    ck_assert (out[0] == -32768 && out[1] == 7);
    int32_t ints[] = {-5};
    fovea_dtype_to_f32 (ints, FOVEA_I32, 1, out);
    ck_assert (out[0] == -5);
}
END_TEST

START_TEST (names_lead_back_to_their_types)
{
    FoveaDtype dtype;
    for (int i = 0; i < FOVEA_N_DTYPES; i++) {
        ck_assert (fovea_dtype_from_name (fovea_dtype_name ((FoveaDtype) i), &dtype));
        ck_assert_int_eq (dtype, i);
        ck_assert_uint_ge (fovea_dtype_size (dtype), 1);
    }
    ck_assert (fovea_dtype_from_name ("bf16", &dtype) && dtype == FOVEA_BF16);
    ck_assert (fovea_dtype_from_name ("float32", &dtype) && dtype == FOVEA_F32);
    ck_assert (!fovea_dtype_from_name ("F8", &dtype));
}
END_TEST

static int64_t
count_by_hand (const FoveaScoreRule *rule, int64_t q0, int64_t q1, int64_t k0, int64_t k1)
{
    int64_t n = 0;
    for (int64_t q = q0; q < q1; q++)
        for (int64_t k = k0; k < k1; k++)
            n += fovea_score_rule_allows (rule, q, k);
    return n;
}

/* First key, end and count follow from `allows`, for all masks. */
START_TEST (rule_functions_agree_with_each_other)
{
    enum {
        T = 24
    };
    int32_t segments[T];
    for (int i = 0; i < T; i++)
        segments[i] = i / 7;
    FoveaScoreRule rule = {.causal = _i & 1, .window = _i & 2 ? 5 : 0};
    for (int64_t q = 0; q < T; q++) {
        int64_t first = fovea_score_rule_first_key (&rule, q);
        int64_t end = fovea_score_rule_end_key (&rule, q, T);
        for (int64_t k = 0; k < T; k++) {
            int64_t first_query, end_query;
            fovea_score_rule_query_range (&rule, k, &first_query, &end_query);
            ck_assert_int_eq (fovea_score_rule_allows (&rule, q, k), k >= first && k < end);
            ck_assert_int_eq (k >= first && k < end, q >= first_query && q < end_query);
        }
    }
    rule.segments = _i & 4 ? segments : NULL;
    if (_i & 8) { /* a box that a causal mask cuts, or lies beside */
        rule.query_from = 6;
        rule.query_to = _i & 16 ? 0 : 20;
        rule.key_from = _i & 16 ? 0 : 4;
        rule.key_to = _i & 16 ? 6 : 17;
        for (int64_t q = 0; q < T; q++)
            ck_assert_int_ge (fovea_score_rule_end_key (&rule, q, T), rule.key_from);
        for (int64_t k = 0; k < T; k++)
            for (int64_t q = 0; q < T; q++) {
                int64_t first_query, end_query;
                fovea_score_rule_query_range (&rule, k, &first_query, &end_query);
                bool inside =
                    q >= 6 && (q < 20 || _i & 16) && k >= rule.key_from && k < rule.key_to;
                bool seen = q >= first_query && q < end_query;
                ck_assert (!seen || inside);
                ck_assert (!fovea_score_rule_allows (&rule, q, k) || seen);
            }
    }
    for (int64_t a = 0; a < T; a += 5)
        for (int64_t b = 0; b < T; b += 3)
            for (int64_t end = b; end <= T; end += end < b + 4 ? 1 : 7)
                ck_assert_int_eq (fovea_score_rule_count (&rule, a, MIN (a + 9, T), b, end),
                                  count_by_hand (&rule, a, MIN (a + 9, T), b, end));
}
END_TEST

typedef struct {
    int n_threads;
    int done[1000];
    int bad_worker;
} Tally;

static void
count_item (void *data, int64_t i, int worker)
{
    Tally *tally = data;
    __atomic_add_fetch (&tally->done[i], 1, __ATOMIC_RELAXED);
    if (worker < 0 || worker >= tally->n_threads)
        __atomic_store_n (&tally->bad_worker, 1, __ATOMIC_RELAXED);
}

START_TEST (loop_runs_every_item_once)
{
    static const int teams[] = {1, 2, 5, 0};
    FoveaThreads *threads = fovea_threads_new (teams[_i]);
    for (int64_t n = 0; n <= 1000; n += 125) {
        for (int repeat = 0; repeat < 50; repeat++) {
            Tally tally = {.n_threads = fovea_threads_count (threads)};
            fovea_threads_loop (threads, n, count_item, &tally);
            for (int64_t i = 0; i < 1000; i++)
                ck_assert_int_eq (tally.done[i], i < n);
            ck_assert_int_eq (tally.bad_worker, 0);
        }
    }
    fovea_threads_free (threads);
}
END_TEST

/* Longer than anybody looks at the gate before sleeping, in item @i alone. */
static void
count_slowly (void *data, int64_t i, int worker)
{
    if (i == 0)
        g_usleep (300);
    count_item (data, i, worker);
}

/* A signal that is lost hangs here: workers sleep before every other loop, the caller during it. */
START_TEST (sleepers_are_woken)
{
    static const int teams[] = {2, 3, 8};
    FoveaThreads *threads = fovea_threads_new (teams[_i]);
    for (int repeat = 0; repeat < 200; repeat++) {
        Tally tally = {.n_threads = fovea_threads_count (threads)};
        fovea_threads_loop (threads, 20, count_slowly, &tally);
        for (int64_t i = 0; i < 20; i++)
            ck_assert_int_eq (tally.done[i], 1);
        ck_assert_int_eq (tally.bad_worker, 0);
        if (repeat % 2 == 0)
            g_usleep (300);
    }
    fovea_threads_free (threads);
}
END_TEST

/* A worker that was woken for a loop and finds the end instead must not wait for more: it hangs here. */
START_TEST (teams_end_right_after_a_loop)
{
    for (int repeat = 0; repeat < 5000; repeat++) {
        FoveaThreads *threads = fovea_threads_new (4);
        Tally tally = {.n_threads = 4};
        fovea_threads_loop (threads, 2, count_item, &tally);
        fovea_threads_free (threads);
        for (int64_t i = 0; i < 2; i++)
            ck_assert_int_eq (tally.done[i], 1);
    }
}
END_TEST

/* Runs for two hundredths of a second of its own, whoever else runs. */
static void
run_a_while (void *data G_GNUC_UNUSED, int64_t i G_GNUC_UNUSED, int worker G_GNUC_UNUSED)
{
    struct timespec start, now;
    clock_gettime (CLOCK_THREAD_CPUTIME_ID, &start);
    do
        clock_gettime (CLOCK_THREAD_CPUTIME_ID, &now);
    while ((double) (now.tv_sec - start.tv_sec) + (double) (now.tv_nsec - start.tv_nsec) * 1e-9 <
           0.02);
}

/* Four threads may have fewer processors: what they wait is no part of what they ran. */
START_TEST (what_a_team_ran_is_counted)
{
    FoveaThreads *threads = fovea_threads_new (4);
    FoveaThreadsClock before, after;
    fovea_threads_loop (threads, 4, run_a_while, NULL); /* all have begun, or wait for a turn */
    fovea_threads_read_clock (threads, &before);
    gint64 start = g_get_monotonic_time ();
    fovea_threads_loop (threads, 20, run_a_while, NULL);
    double passed = (double) (g_get_monotonic_time () - start) / G_USEC_PER_SEC;
    fovea_threads_read_clock (threads, &after);
    double ran = after.ran - before.ran, caller = after.caller - before.caller;
    ck_assert_msg (ran >= 0.4 && ran < 0.6, "20 items of 0.02 s ran %.3f s", ran);
    ck_assert (caller >= 0 && caller <= ran && caller <= passed + 0.01);
    ck_assert_double_ge (after.waited, before.waited);
    ck_assert_double_le (after.waited - before.waited, 4 * passed + 0.01);
    fovea_threads_free (threads);
}
END_TEST

static void
count_of_caller (void *data, int64_t i G_GNUC_UNUSED, int worker)
{
    if (worker == 0)
        __atomic_add_fetch ((int *) data, 1, __ATOMIC_SEQ_CST);
}

/* How often a loop of 200 items offered the processor, and how many of them the caller did itself. */
static int
count_yields (FoveaThreads *team, int *own)
{
    *own = 0;
    yields_take ();
    fovea_threads_loop (team, 200, count_of_caller, own);
    return yields_take ();
}

typedef struct {
    FoveaThreads *plain;               /* made by a thread that does not give way */
    int alone, team, of_plain, caller; /* yields, and items of the caller in the last loop */
} Yields;

static gpointer
give_way (gpointer data)
{
    Yields *yields = data;
    int own;
    fovea_threads_give_way ();
    FoveaThreads *alone = fovea_threads_new (1), *team = fovea_threads_new (3);
    yields->alone = count_yields (alone, &own);
    yields->team = count_yields (team, &own);
    yields->of_plain = count_yields (yields->plain, &yields->caller);
    fovea_threads_free (alone);
    fovea_threads_free (team);
    return NULL;
}

START_TEST (threads_that_give_way_offer_the_processor_between_items)
{
    int own;
    Yields yields = {.plain = fovea_threads_new (3)};
    ck_assert_int_eq (count_yields (yields.plain, &own), 0);
    g_thread_join (g_thread_new ("polite", give_way, &yields));
    ck_assert_int_eq (yields.alone, 200);
    ck_assert_int_eq (yields.team, 200);
    ck_assert_int_eq (yields.of_plain, yields.caller); /* its workers are what they were */
    ck_assert_int_eq (count_yields (yields.plain, &own), 0);
    fovea_threads_free (yields.plain);
}
END_TEST

START_TEST (unknown_device_is_refused_by_name)
{
    g_autoptr (GError) error = NULL;
    ck_assert_ptr_null (fovea_device_open ("tpu", 0, &error));
    ck_assert (g_error_matches (error, FOVEA_ERROR, FOVEA_ERROR_DEVICE));
    ck_assert_ptr_nonnull (strstr (error->message, "\"tpu\""));
}
END_TEST

START_TEST (auto_falls_back_to_the_cpu_and_cuda_says_why_not)
{
    g_autoptr (GError) error = NULL;
    g_autoptr (FoveaDevice) cuda = fovea_device_open ("cuda:0", 0, &error);
    if (cuda == NULL)
        ck_assert (g_str_has_prefix (error->message, "no CUDA device: "));
    g_autoptr (FoveaDevice) device = fovea_device_open ("auto", 3, NULL);
    ck_assert_ptr_nonnull (device);
    if (cuda == NULL)
        ck_assert (g_str_has_prefix (fovea_device_describe (device), "CPU, 3 threads, "));
}
END_TEST

START_TEST (unknown_instruction_set_is_refused)
{
    g_autoptr (GError) error = NULL;
    g_setenv ("FOVEA_CPU", "avx1024", TRUE);
    ck_assert_ptr_null (fovea_device_open ("cpu", 0, &error));
    ck_assert_ptr_nonnull (strstr (error->message, "avx1024"));
    g_unsetenv ("FOVEA_CPU");
}
END_TEST

START_TEST (blas_passes_its_self_test)
{
    g_autoptr (GError) error = NULL;
    ck_assert_msg (fovea_blas_check (&error), "%s", error != NULL ? error->message : "");
}
END_TEST

#if defined(__x86_64__)
/* Prescott is what the library takes for a processor that it does not know. */
START_TEST (blas_uses_the_instructions_of_this_processor)
{
    if (!__builtin_cpu_supports ("avx2") || !__builtin_cpu_supports ("fma") ||
        g_getenv ("OPENBLAS_CORETYPE") != NULL)
        return;
    ck_assert_str_ne (openblas_get_corename (), "Prescott");
}
END_TEST
#endif

/* Threads of this process. */
static int
count_tasks (void)
{
    g_autoptr (GDir) tasks = g_dir_open ("/proc/self/task", 0, NULL);
    int n = 0;
    while (tasks != NULL && g_dir_read_name (tasks) != NULL)
        n++;
    return n;
}

static int
    tasks_after_check; /* counted before the suite forks, which ends BLAS's threads as well */

START_TEST (blas_keeps_no_threads)
{
    ck_assert_int_eq (tasks_after_check, 1);
}
END_TEST

int
main (void)
{
    fovea_blas_check (NULL);
    tasks_after_check = count_tasks ();
    Suite *suite = suite_create ("kernels");
    TCase *tests = tcase_create ("types, masks, threads, devices");
    tcase_add_test (tests, of_several_errors_the_first_is_kept);
    tcase_add_loop_test (tests, every_half_survives_a_round_trip, 0, 2);
    tcase_add_test (tests, halves_have_their_values_and_round_to_even);
    tcase_add_test (tests, integers_and_doubles_convert_from_any_alignment);
    tcase_add_test (tests, names_lead_back_to_their_types);
    tcase_add_loop_test (tests, rule_functions_agree_with_each_other, 0, 32);
    tcase_add_loop_test (tests, loop_runs_every_item_once, 0, 4);
    tcase_add_loop_test (tests, sleepers_are_woken, 0, 3);
    tcase_add_test (tests, teams_end_right_after_a_loop);
    tcase_add_test (tests, what_a_team_ran_is_counted);
    tcase_add_test (tests, threads_that_give_way_offer_the_processor_between_items);
    tcase_add_test (tests, unknown_device_is_refused_by_name);
    tcase_add_test (tests, auto_falls_back_to_the_cpu_and_cuda_says_why_not);
    tcase_add_test (tests, unknown_instruction_set_is_refused);
    tcase_add_test (tests, blas_passes_its_self_test);
#if defined(__x86_64__)
    tcase_add_test (tests, blas_uses_the_instructions_of_this_processor);
#endif
    tcase_add_test (tests, blas_keeps_no_threads);
    suite_add_tcase (suite, tests);
    return support_run (suite);
}
