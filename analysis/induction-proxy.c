/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Texts of tokens become small numbers once, so that a text is one pass with a table by kind. */
#include "analysis/induction-proxy.h"

#include <math.h>

struct _FoveaTokenKinds {
    GHashTable *numbers; /* name -> number + 1 */
    GPtrArray *names;
};

FoveaTokenKinds *
fovea_token_kinds_new (void)
{
    FoveaTokenKinds *kinds = g_new0 (FoveaTokenKinds, 1);
    kinds->numbers = g_hash_table_new (g_str_hash, g_str_equal);
    kinds->names = g_ptr_array_new_with_free_func (g_free);
    return kinds;
}

void
fovea_token_kinds_free (FoveaTokenKinds *kinds)
{
    if (kinds == NULL)
        return;
    g_hash_table_unref (kinds->numbers);
    g_ptr_array_unref (kinds->names);
    g_free (kinds);
}

/* Bytes that are no UTF-8 stay as they are: they are parts of characters, which have no case. */
static char *
make_name (const char *text)
{
    const char *bare = text;
    while (*bare == ' ')
        bare++;
    /* A token of spaces alone is itself. */
    if (*bare == '\0')
        bare = text;
    return g_utf8_validate (bare, -1, NULL) ? g_utf8_casefold (bare, -1) : g_strdup (bare);
}

gint32
fovea_token_kinds_get (FoveaTokenKinds *kinds, const char *text)
{
    char *name = make_name (text);
    gint32 number = GPOINTER_TO_INT (g_hash_table_lookup (kinds->numbers, name)) - 1;
    if (number >= 0) {
        g_free (name);
        return number;
    }
    number = (gint32) kinds->names->len;
    g_ptr_array_add (kinds->names, name);
    g_hash_table_insert (kinds->numbers, name, GINT_TO_POINTER (number + 1));
    return number;
}

const char *
fovea_token_kinds_name (const FoveaTokenKinds *kinds, gint32 kind)
{
    return kind >= 0 && (guint) kind < kinds->names->len ? g_ptr_array_index (kinds->names, kind)
                                                         : NULL;
}

void
fovea_induction_proxy (const gint32 *kinds, gint64 n, gint32 next, gboolean *proxy)
{
    g_autoptr (GHashTable) followed = g_hash_table_new (g_direct_hash, g_direct_equal);
    for (gint64 t = 0; t < n; t++) {
        /* The pair that ends here is known from here on. */
        if (t > 0 && kinds[t] == next)
            g_hash_table_add (followed, GINT_TO_POINTER (kinds[t - 1] + 1));
        proxy[t] = g_hash_table_contains (followed, GINT_TO_POINTER (kinds[t] + 1));
    }
}

void
fovea_induction_expected (const gint32 *kinds, gint64 n, gint32 *expected)
{
    g_autoptr (GHashTable) followers = g_hash_table_new (g_direct_hash, g_direct_equal);
    for (gint64 t = 0; t < n; t++) {
        if (t > 0)
            g_hash_table_insert (followers, GINT_TO_POINTER (kinds[t - 1] + 1),
                                 GINT_TO_POINTER (kinds[t] + 1));
        expected[t] =
            GPOINTER_TO_INT (g_hash_table_lookup (followers, GINT_TO_POINTER (kinds[t] + 1))) - 1;
    }
}

void
fovea_proxy_score_add (
    FoveaProxyScore *score, const float *codes, const gboolean *proxy, gint64 n, double limit)
{
    score->n_tokens += n;
    for (gint64 t = 0; t < n; t++) {
        score->n_proxy += proxy[t] != FALSE;
        if (codes[t] == 0)
            continue;
        double share = limit > 0 ? fabs ((double) codes[t]) / limit : 0;
        int at = MIN ((int) (share * FOVEA_PROXY_INTERVALS), FOVEA_PROXY_INTERVALS - 1);
        score->n_fired++;
        score->fired[at]++;
        score->n_both += proxy[t] != FALSE;
        score->both[at] += proxy[t] != FALSE;
    }
}

void
fovea_proxy_score_finish (FoveaProxyScore *score)
{
    score->specificity =
        score->n_fired > 0 ? (double) score->n_both / (double) score->n_fired : (double) NAN;
    score->sensitivity =
        score->n_proxy > 0 ? (double) score->n_both / (double) score->n_proxy : (double) NAN;
}
