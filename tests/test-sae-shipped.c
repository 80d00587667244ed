/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* The autoencoders in data/sae do on a bundled text what their metrics say of all of them. */
#include "analysis/sae-codes.h"
#include "analysis/sae-file.h"
#include "app/sae-source.h"
#include "tests/support.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const char *const kinds[] = {"topk", "abstopk"};

/* A value of metrics.tsv. */
static double
read_metric (const char *kind, const char *name)
{
    g_autofree char *relative = g_strconcat ("data/sae/", kind, "/metrics.tsv", NULL);
    g_autofree char *path = support_data (relative), *text = NULL;
    g_autofree char *start = g_strconcat ("\n", name, "\t", NULL);
    ck_assert (g_file_get_contents (path, &text, NULL, NULL));
    const char *at = strstr (text, start);
    ck_assert_msg (at != NULL, "%s has no %s", path, name);
    return g_ascii_strtod (at + strlen (start), NULL);
}

static FoveaSae *
load (const char *kind)
{
    g_autofree char *relative = g_strconcat ("data/sae/", kind, NULL);
    g_autofree char *folder = support_data (relative);
    g_autoptr (GError) error = NULL;
    FoveaSae *sae = fovea_sae_load (folder, &error);
    ck_assert_msg (sae != NULL, "%s", error != NULL ? error->message : "");
    return sae;
}

/* One pass over the shortest bundled text at the autoencoders' own site. */
static float *
read_rows (const FoveaSae *sae, gint64 *n)
{
    const FoveaSaeSourceOptions options = {fovea_sae_get_metadata (sae, "hook_name"), NULL, 1};
    g_autoptr (FoveaCaptureRequest) request = fovea_capture_request_new ();
    request->model = support_data ("data/demo");
    request->files = g_new0 (char *, 2);
    request->files[0] = support_data ("data/texts/gettysburg_address.txt");
    request->tokens = request->stride = 256;
    request->device = g_strdup ("cpu");
    g_autoptr (FoveaSaeSource) source =
        fovea_sae_source_new_from_model (request, &options, NULL, NULL);
    ck_assert_ptr_nonnull (source);
    *n = fovea_sae_source_get_n_rows (source);
    float *rows = g_new (float, *n * sae->d_in);
    ck_assert (fovea_sae_source_fill (source, rows, *n, NULL));
    return rows;
}

START_TEST (a_shipped_autoencoder_explains_a_bundled_text)
{
    gint64 n;
    double errors = 0, squares = 0, negative = 0;
    g_autoptr (FoveaDevice) device = fovea_device_open ("cpu", 2, NULL);
    g_autoptr (FoveaSae) sae = load (kinds[_i]);
    g_autofree float *rows = read_rows (sae, &n), *out = g_new (float, n * sae->d_in);
    g_autoptr (FoveaSaeCodes) codes = fovea_sae_encode (sae, device, n, rows, NULL);
    ck_assert (fovea_sae_decode (sae, codes, out, NULL));
    ck_assert_int_eq (codes->offsets[n], 32 * n);
    for (gint64 i = 0; i < n * sae->d_in; i++) {
        double e = (double) rows[i] - (double) out[i];
        errors += e * e;
        squares += (double) rows[i] * (double) rows[i];
    }
    for (gint64 i = 0; i < codes->offsets[n]; i++)
        negative += codes->values[i] < 0;
    g_printerr ("%s: %d rows, normalised MSE %.4f\n", kinds[_i], (int) n, errors / squares);
    ck_assert_double_eq_tol (errors / squares, read_metric (kinds[_i], "nmse_ratio"), 0.04);
    /* Signs: about half of an AbsTopK's codes, none of a TopK's. */
    double share = negative / (double) codes->offsets[n];
    ck_assert (_i == 0 ? share == 0 : share > 0.3 && share < 0.7);
}
END_TEST

START_TEST (the_two_differ_in_their_rule_alone)
{
    g_autoptr (FoveaSae) a = load (kinds[0]);
    g_autoptr (FoveaSae) b = load (kinds[1]);
    ck_assert_int_eq (a->architecture, FOVEA_SAE_TOPK);
    ck_assert_int_eq (b->architecture, FOVEA_SAE_ABSTOPK);
    ck_assert_int_eq (a->d_sae, b->d_sae);
    ck_assert_double_eq (a->k, b->k);
    ck_assert_str_eq (fovea_sae_get_metadata (a, "hook_name"),
                      fovea_sae_get_metadata (b, "hook_name"));
    ck_assert (fovea_sae_check_site (a, "blocks.3.hook_resid_post", 384, NULL));
    ck_assert_double_eq (read_metric ("topk", "two_sidedness"), 0);
    ck_assert_double_gt (read_metric ("abstopk", "two_sided"), 0.9);
    ck_assert_double_eq (read_metric ("topk", "dead") + read_metric ("abstopk", "dead"), 0);
}
END_TEST

int
main (void)
{
    Suite *suite = suite_create ("sae-shipped");
    TCase *all = tcase_create ("all");
    tcase_set_timeout (all, 120);
    tcase_add_loop_test (all, a_shipped_autoencoder_explains_a_bundled_text, 0,
                         G_N_ELEMENTS (kinds));
    tcase_add_test (all, the_two_differ_in_their_rule_alone);
    suite_add_tcase (suite, all);
    return support_run (suite);
}
