/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Every latent in one line: counts, extremes and strongest words of random codes against a plain search
 * through all of them, and the same list read from a store. */
#include <math.h>
#include <string.h>

#include "analysis/latent-list.h"
#include "app/latent-list-job.h"
#include "capture/random.h"
#include "tests/codes-support.h"

enum {
    LATENTS = 5,
    WORDS = 6, /* names of tokens, so that most stand several times */
    TOKENS = 30,
    SEQUENCES = 4
};

static const char *const names[WORDS] = {"a", "b", "c", "dd", "\xE2", ""};

/* A code that was seen, in the order in which it came. */
typedef struct {
    gint32 latent;
    float value;
    const char *word; /* NULL = none */
} Seen;

/* One sequence of codes of few strengths, so that many are equal. */
static void
add_random (FoveaLatentList *list, FoveaRandom *random, GArray *seen)
{
    g_autoptr (FoveaTraceInfo) info = store_info (TOKENS, "random");
    gint64 places[TOKENS], ends[TOKENS + 1] = {0};
    gint32 which[TOKENS * LATENTS];
    float codes[TOKENS * LATENTS];
    gint64 n = 0;
    for (gint64 t = 0; t < TOKENS; t++) {
        guint word = (guint) fovea_random_below (random, WORDS);
        g_free (info->token_texts[t]);
        info->token_texts[t] = g_strdup (names[word]);
        places[t] = t % 7 == 6 ? TOKENS + t : t; /* some behind the sequence's end */
        for (gint32 j = 0; j < LATENTS; j++)
            if (fovea_random_below (random, 2) == 0) {
                float value = (float) ((int) fovea_random_below (random, 9) - 4) / 2;
                const Seen one = {j, value, places[t] == t ? names[word] : NULL};
                g_array_append_val (seen, one);
                which[n] = j;
                codes[n++] = value;
            }
        ends[t + 1] = n;
    }
    const FoveaSaeCodes sparse = {TOKENS, LATENTS, ends, which, codes, NULL, NULL};
    ck_assert (fovea_latent_list_add (list, info, places, &sparse, NULL));
}

/* The word of a side whose largest code is @rank-th, the earlier of equal ones; NULL = there are fewer. */
static const char *
find_word (const GArray *seen, gint32 latent, float sign, int rank)
{
    const char *found[FOVEA_LATENT_WORDS] = {NULL};
    for (int r = 0; r <= rank; r++) {
        float best = 0;
        for (guint i = 0; i < seen->len; i++) {
            const Seen *one = &g_array_index (seen, Seen, i);
            gboolean taken = FALSE;
            for (int k = 0; k < r; k++)
                taken |= g_strcmp0 (found[k], one->word) == 0;
            if (one->latent == latent && one->word != NULL && !taken && sign * one->value > best) {
                best = sign * one->value;
                found[r] = one->word;
            }
        }
        if (found[r] == NULL)
            return NULL;
    }
    return found[rank];
}

START_TEST (a_line_tells_what_a_search_through_all_codes_finds)
{
    FoveaRandom random;
    fovea_random_init (&random, (guint64) _i);
    g_autoptr (FoveaLatentList) list = fovea_latent_list_new (LATENTS);
    g_autoptr (GArray) seen = g_array_new (FALSE, FALSE, sizeof (Seen));
    for (int s = 0; s < SEQUENCES; s++)
        add_random (list, &random, seen);
    ck_assert_int_eq (fovea_latent_list_get_n (list), LATENTS);
    ck_assert_int_eq (fovea_latent_list_get_n_rows (list), SEQUENCES * TOKENS);
    for (gint32 j = 0; j < LATENTS; j++) {
        const FoveaLatentEntry *entry = fovea_latent_list_get (list, j);
        gint64 above = 0, below = 0;
        float most = 0, least = 0;
        for (guint i = 0; i < seen->len; i++) {
            const Seen *one = &g_array_index (seen, Seen, i);
            above += one->latent == j && one->value > 0;
            below += one->latent == j && one->value < 0;
            most = one->latent == j ? MAX (most, one->value) : most;
            least = one->latent == j ? MIN (least, one->value) : least;
        }
        ck_assert_int_eq (entry->n_positive, above);
        ck_assert_int_eq (entry->n_negative, below);
        ck_assert_float_eq (entry->most, most);
        ck_assert_float_eq (entry->least, least);
        for (int rank = 0; rank < FOVEA_LATENT_WORDS; rank++) {
            ck_assert_pstr_eq (entry->up[rank], find_word (seen, j, 1, rank));
            ck_assert_pstr_eq (entry->down[rank], find_word (seen, j, -1, rank));
        }
    }
}
END_TEST

/* As many on both sides are balanced; few are drawn towards 0. */
START_TEST (balance_is_of_both_sides)
{
    static const struct {
        gint64 positive, negative;
        double balance, rank;
    } lines[] = {{0, 0, 0, 0},      {9, 0, 0, 0},      {0, 9, 0, 0},       {25, 25, 1, .5},
                 {50, 150, .5, .4}, {150, 50, .5, .4}, {475, 475, 1, .95}, {1, 3, .5, .5 * 4 / 54}};
    for (guint i = 0; i < G_N_ELEMENTS (lines); i++) {
        const FoveaLatentEntry entry = {.n_positive = lines[i].positive,
                                        .n_negative = lines[i].negative};
        ck_assert_double_eq_tol (fovea_latent_entry_get_balance (&entry), lines[i].balance, 1e-12);
        ck_assert_double_eq_tol (fovea_latent_entry_get_rank (&entry), lines[i].rank, 1e-12);
    }
}
END_TEST

START_TEST (codes_of_another_width_are_refused)
{
    g_autoptr (FoveaLatentList) list = fovea_latent_list_new (F + 1);
    g_autoptr (FoveaLatentList) again = fovea_latent_list_ref (list);
    g_autoptr (FoveaTraceInfo) info = store_info (T, "wide");
    g_autoptr (GError) error = NULL;
    ck_assert (!fovea_latent_list_add (list, info, positions, &rows, &error));
    ck_assert (g_error_matches (error, FOVEA_ERROR, FOVEA_ERROR_SHAPE));
    ck_assert_str_eq (error->message, "codes are over 6 latents, the list is of 7");
    ck_assert_int_eq (fovea_latent_list_get_n_rows (again), 0);
}
END_TEST

static void
on_progress (gpointer data, gint64 done, gint64 total)
{
    gint64 *calls = data;
    ck_assert_int_eq (done, ++*calls);
    ck_assert_int_eq (total, N_SEQUENCES + 1);
}

static FoveaLatentList *
read_list (gint64 *calls, GCancellable *cancellable, GError **error)
{
    g_autoptr (FoveaStore) store = store_open (FOVEA_STORE_READ);
    g_autoptr (GPtrArray) all = fovea_store_list_dictionaries (store, NULL);
    ck_assert_uint_eq (all->len, 1);
    *calls = 0;
    return fovea_latent_list_job_read (store, all->pdata[0], on_progress, calls, cancellable,
                                       error);
}

/* The last sequence came later and has no codes. Texts of tokens 1, 4 and 5 are " the", " the" and a line. */
START_TEST (a_store_gives_the_list_of_its_codes)
{
    gint64 calls;
    g_autoptr (GError) error = NULL;
    store_make (N_SEQUENCES, T);
    fovea_store_close (write_codes (TRUE));
    store_make (1, T);
    g_autoptr (FoveaLatentList) list = read_list (&calls, NULL, &error);
    ck_assert_msg (list != NULL, "%s", error != NULL ? error->message : "");
    ck_assert_int_eq (calls, N_SEQUENCES + 1);
    ck_assert_int_eq (fovea_latent_list_get_n_rows (list), 3 * N_SEQUENCES);
    const FoveaLatentEntry *five = fovea_latent_list_get (list, 5);
    ck_assert_int_eq (five->n_positive, N_SEQUENCES);
    ck_assert_int_eq (five->n_negative, N_SEQUENCES);
    ck_assert (five->most == 3 && five->least == -1);
    ck_assert_str_eq (five->up[0], "\n");
    ck_assert_str_eq (five->down[0], " the");
    ck_assert_ptr_null (five->up[1]);
    ck_assert_int_eq (fovea_latent_list_get (list, 3)->n_positive, 0);
}
END_TEST

/* Of an encoding that was stopped, by whom and how; a file may say anything. */
START_TEST (options_are_those_of_a_request_or_none)
{
    static const struct {
        const char *options;
        gboolean fine, runs_model;
    } lines[] = {
        {"{\"model\":\"\",\"all_tokens\":false,\"device\":\"cpu\",\"threads\":0}", TRUE, FALSE},
        {"{\"model\":\"ab\",\"all_tokens\":false,\"device\":\"cpu\",\"threads\":0}", TRUE, TRUE},
        {"{\"model\":\"\",\"all_tokens\":true,\"device\":\"cpu\",\"threads\":0}", FALSE, FALSE},
        {"{\"model\":\"\",\"all_tokens\":false,\"device\":\"cuda\",\"threads\":0}", FALSE, FALSE},
        {"{\"model\":5}", FALSE, FALSE},
        {"{\"model\":[]}", FALSE, FALSE},
        {"[]", FALSE, FALSE},
        {"{", FALSE, FALSE},
        {"", FALSE, FALSE},
    };
    for (guint i = 0; i < G_N_ELEMENTS (lines); i++) {
        gboolean runs_model = FALSE;
        ck_assert_msg (fovea_encoding_read_options (lines[i].options, &runs_model) == lines[i].fine,
                       "%s", lines[i].options);
        ck_assert (!lines[i].fine || runs_model == lines[i].runs_model);
    }
}
END_TEST

START_TEST (a_store_that_cannot_be_read_gives_none)
{
    static const char *const changes[] = {
        "UPDATE code_rows SET data = zeroblob (length (data)) WHERE sequence_id = 2",
        "DELETE FROM token WHERE sequence_id = 2 AND position = 3"};
    gint64 calls;
    store_make (N_SEQUENCES + 1, T);
    fovea_store_close (write_codes (TRUE));
    for (guint i = 0; i < G_N_ELEMENTS (changes); i++) {
        g_autoptr (GError) error = NULL;
        store_run_sql (changes[i]);
        ck_assert_ptr_null (read_list (&calls, NULL, &error));
        ck_assert (g_error_matches (error, FOVEA_ERROR, FOVEA_ERROR_STORE));
        ck_assert_msg (strstr (error->message, "damaged") != NULL, "%s", error->message);
        ck_assert_int_eq (calls, 1);
    }
    g_autoptr (GCancellable) cancellable = g_cancellable_new ();
    g_autoptr (GError) cancelled = NULL;
    g_cancellable_cancel (cancellable);
    ck_assert_ptr_null (read_list (&calls, cancellable, &cancelled));
    ck_assert (g_error_matches (cancelled, G_IO_ERROR, G_IO_ERROR_CANCELLED));
    ck_assert_int_eq (calls, 0);
}
END_TEST

int
main (void)
{
    Suite *suite = suite_create ("latent list");
    TCase *tests = tcase_create ("list");
    tcase_add_checked_fixture (tests, store_set_up, store_tear_down);
    tcase_add_loop_test (tests, a_line_tells_what_a_search_through_all_codes_finds, 0, 20);
    tcase_add_test (tests, balance_is_of_both_sides);
    tcase_add_test (tests, codes_of_another_width_are_refused);
    tcase_add_test (tests, a_store_gives_the_list_of_its_codes);
    tcase_add_test (tests, options_are_those_of_a_request_or_none);
    tcase_add_test (tests, a_store_that_cannot_be_read_gives_none);
    suite_add_tcase (suite, tests);
    return support_run (suite);
}
