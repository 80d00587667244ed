/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Absorption as SAEBench measures it: of the worked example, and where it was planted
 * (methods/features-and-sparsity.md 6). */
#include "analysis/saebench-absorption.h"
#include "capture/random.h"
#include "tests/draw-normal.h"
#include "tests/support.h"

#include <math.h>
#include <string.h>

enum {
    D = 16
};

/* q = 10, M = 3, others 4, 1 and 0.5. */
START_TEST (absorption_of_the_worked_example)
{
    ck_assert_double_eq_tol (fovea_absorption_fraction (10, 3, 5.5), 0.647059, 5e-7);
    ck_assert_double_eq (fovea_absorption_fraction (10, 10, 5.5), 0);
    ck_assert_double_eq (fovea_absorption_fraction (10, 3, 3.9), 0);
    ck_assert_double_eq (fovea_absorption_fraction (10, 0, 5), 1);
    ck_assert_double_eq (fovea_absorption_fraction (10, -1, 5), 1);
    ck_assert_double_eq_tol (fovea_absorption_fraction (10, 8, 9), 0.2, 1e-12); /* s = q - M */
}
END_TEST

START_TEST (a_word_whose_letter_another_latent_took_is_fully_absorbed)
{
    g_autoptr (FoveaSae) sae = fovea_sae_new (FOVEA_SAE_STANDARD, 2, 2, 4, NULL);
    const float w_dec[8] = {1, 0, 0.6f, 0.8f, 0.05f, 1, -1, 0};
    double probe[2] = {2, 0}; /* its length does not matter */
    guint8 is_main[4] = {1, 0, 0, 0};
    gint64 offsets[2] = {0, 2};
    gint32 latents[3] = {1, 3, 0};
    float values[3] = {8, 1, 3}, x[2] = {10, 0};
    FoveaSaeCodes codes = {1, 4, offsets, latents, values, NULL, NULL};
    FoveaAbsorption word;
    memcpy (sae->w_dec, w_dec, sizeof w_dec);
    fovea_absorption_measure (sae, &codes, 0, x, probe, is_main, &word);
    ck_assert_double_eq_tol (word.projection, 10, 1e-6);
    ck_assert_double_eq_tol (word.largest, 4.8, 1e-5);
    ck_assert_double_eq_tol (word.largest_cosine, 0.6, 1e-6);
    ck_assert_double_eq_tol (word.three, 4.8, 1e-5); /* the one that points away is left out */
    ck_assert (word.silent && word.full);
    ck_assert_double_eq (word.fraction, 1);
    /* Its main latent speaks: part of it. */
    offsets[1] = 3;
    fovea_absorption_measure (sae, &codes, 0, x, probe, is_main, &word);
    ck_assert (!word.silent && !word.full);
    ck_assert_double_eq_tol (word.main, 3, 1e-6);
    ck_assert_double_eq_tol (word.fraction, 4.8 / 7.8, 1e-6);
    /* Away from the probe there is nothing to absorb. */
    x[0] = -10;
    fovea_absorption_measure (sae, &codes, 0, x, probe, is_main, &word);
    ck_assert (!word.full);
    ck_assert_double_eq (word.fraction, 0);
}
END_TEST

START_TEST (decoder_norms_do_not_change_what_is_absorbed)
{
    g_autoptr (FoveaSae) sae = fovea_sae_new (FOVEA_SAE_STANDARD, 2, 2, 2, NULL);
    const float w_dec[4] = {3, 0, 1.2f, 1.6f}; /* 3 and 2 times unit rows */
    double probe[2] = {1, 0};
    const guint8 is_main[2] = {1, 0};
    gint64 offsets[2] = {0, 2};
    gint32 latents[2] = {0, 1};
    float values[2] = {1, 4}, x[2] = {10, 0};
    const FoveaSaeCodes codes = {1, 2, offsets, latents, values, NULL, NULL};
    FoveaAbsorption word;
    memcpy (sae->w_dec, w_dec, sizeof w_dec);
    fovea_absorption_measure (sae, &codes, 0, x, probe, is_main, &word);
    ck_assert_double_eq_tol (word.main, 3, 1e-6);
    ck_assert_double_eq_tol (word.three, 4.8, 1e-5);
    ck_assert_double_eq_tol (word.fraction, 4.8 / 7.8, 1e-6);
}
END_TEST

/* Words of four letters along four axes. Every fifth word of 'b' is a latent of its own, which took the
 * letter along. */
START_TEST (absorption_is_found_in_the_letter_where_it_was_planted)
{
    enum {
        WORDS = 400,
        LATENTS = 8
    };
    FoveaRandom random;
    g_autoptr (FoveaSae) sae = fovea_sae_new (FOVEA_SAE_STANDARD, D, D, LATENTS, NULL);
    static float x[WORDS * D], values[WORDS];
    static gint32 latents[WORDS];
    static gint64 offsets[WORDS + 1];
    char names[WORDS];
    FoveaLetter letters[26];
    guint n;
    fovea_random_init (&random, 8);
    for (int j = 0; j < 4; j++)
        sae->w_dec[j * D + j] = 1;
    sae->w_dec[4 * D + 1] = 0.8f; /* the absorbing latent: b, and something of its own */
    sae->w_dec[4 * D + 9] = 0.6f;
    for (int i = 0; i < WORDS; i++) {
        int letter = i % 4;
        gboolean absorbed = letter == 1 && i % 5 == 0;
        names[i] = (char) ('a' + letter);
        for (int c = 0; c < D; c++)
            x[i * D + c] = 0.2f * (float) draw_normal (&random);
        x[i * D + letter] += 5;
        latents[i] = absorbed ? 4 : letter;
        values[i] = absorbed ? 6 : 5;
        offsets[i + 1] = i + 1;
    }
    const FoveaSaeCodes codes = {WORDS, LATENTS, offsets, latents, values, NULL, NULL};
    const FoveaWords words = {WORDS, D, x, &codes, names};
    ck_assert (fovea_absorption_run (sae, &words, &words, letters, &n, NULL));
    ck_assert_uint_eq (n, 4);
    for (guint i = 0; i < n; i++) {
        ck_assert (letters[i].counts);
        ck_assert_int_eq (letters[i].n_known, 100);
        ck_assert_int_eq (letters[i].main[0], (int) i);
        ck_assert_double_eq_tol (letters[i].f1, 1, 1e-9);
        if (i != 1) {
            ck_assert_double_eq (letters[i].full, 0);
            ck_assert_double_eq (letters[i].fraction, 0);
        }
    }
    /* The probe of four latents sees the split, so it may take it for a main one; then nothing is lost. */
    ck_assert (letters[1].n_main == 2 || letters[1].full == 0.2);
    g_autoptr (GError) error = NULL;
    memset (names, 'a', sizeof names);
    ck_assert (!fovea_absorption_run (sae, &words, &words, letters, &n, &error));
    ck_assert (g_error_matches (error, FOVEA_ERROR, FOVEA_ERROR_RANGE));
}
END_TEST

int
main (void)
{
    Suite *suite = suite_create ("saebench absorption");
    TCase *tests = tcase_create ("measurements");
    tcase_set_timeout (tests, 120);
    tcase_add_test (tests, absorption_of_the_worked_example);
    tcase_add_test (tests, a_word_whose_letter_another_latent_took_is_fully_absorbed);
    tcase_add_test (tests, decoder_norms_do_not_change_what_is_absorbed);
    tcase_add_test (tests, absorption_is_found_in_the_letter_where_it_was_planted);
    suite_add_tcase (suite, tests);
    return support_run (suite);
}
