/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* A params.npz as Gemma Scope publishes them gives the codes that its formula says. */
#include <math.h>
#include <string.h>

#include "analysis/sae-codes.h"
#include "analysis/sae-file.h"
#include "tests/support.h"

/* An array of numbers of the fixture. */
static double *
read_expected (JsonObject *object, const char *key, guint n)
{
    JsonArray *array = json_object_get_array_member (object, key);
    double *values = g_new (double, n);
    ck_assert_uint_eq (json_array_get_length (array), n);
    for (guint i = 0; i < n; i++)
        values[i] = json_array_get_double_element (array, i);
    return values;
}

/* params.npz as numpy writes it, by tests/make-gemma-scope.py; codes and reconstructions by numpy in
 * double precision. */
START_TEST (gemma_scope_file_gives_the_codes_of_its_formula)
{
    enum {
        WIDTH = 6,
        LATENTS = 10,
        ROWS = 5
    };
    g_autofree char *folder = support_data ("tests/golden/sae/gemma-scope");
    g_autofree char *path = g_build_filename (folder, "expected.json", NULL);
    g_autoptr (JsonParser) parser = json_parser_new ();
    ck_assert (json_parser_load_from_file (parser, path, NULL));
    JsonObject *expected = json_node_get_object (json_parser_get_root (parser));
    g_autofree double *x = read_expected (expected, "x", ROWS * WIDTH);
    g_autofree double *codes = read_expected (expected, "codes", ROWS * LATENTS);
    g_autofree double *out = read_expected (expected, "reconstructions", ROWS * WIDTH);
    g_autoptr (GError) error = NULL;
    g_autoptr (FoveaSae) sae = fovea_sae_load (folder, &error);
    ck_assert_msg (sae != NULL, "%s", error != NULL ? error->message : "");
    g_autoptr (FoveaDevice) device = fovea_device_open ("cpu", 1, NULL);
    float rows[ROWS * WIDTH], back[ROWS * WIDTH];
    guint n = 0;
    ck_assert_int_eq (sae->architecture, FOVEA_SAE_JUMPRELU);
    ck_assert (!sae->apply_b_dec_to_input);
    for (int i = 0; i < ROWS * WIDTH; i++)
        rows[i] = (float) x[i];
    g_autoptr (FoveaSaeCodes) own = fovea_sae_encode (sae, device, ROWS, rows, NULL);
    ck_assert (fovea_sae_decode (sae, own, back, NULL));
    for (gint64 i = 0; i < ROWS; i++)
        for (gint32 j = 0; j < LATENTS; j++) {
            double wanted = codes[i * LATENTS + j];
            ck_assert_double_eq_tol ((double) fovea_sae_codes_get (own, i, j), wanted, 1e-5);
            n += wanted != 0;
        }
    ck_assert_int_eq (own->offsets[ROWS], n);
    ck_assert_uint_gt (n, ROWS);
    for (int i = 0; i < ROWS * WIDTH; i++)
        ck_assert_double_eq_tol ((double) back[i], out[i], 1e-5);
}
END_TEST

int
main (void)
{
    Suite *suite = suite_create ("gemma scope");
    TCase *tc = tcase_create ("files");
    tcase_add_test (tc, gemma_scope_file_gives_the_codes_of_its_formula);
    suite_add_tcase (suite, tc);
    return support_run (suite);
}
