/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Two tables of heads side by side. A head may play several roles, and counts for each of them. The
 * score of a role is taken from the column that it was judged by, in both models, whether or not the
 * head plays the role there: so that a role lost by a hair shows as a small change. */
#include "analysis/compare-roles.h"

#include <math.h>

#include "analysis/heads.h"
#include "analysis/roles.h"
#include "kernels/error.h"

enum {
    ROLE,
    HEADS_A,
    HEADS_B,
    KEPT,
    SCORE_A,
    SCORE_B,
    LARGEST,
    LOST,
    GAINED
};

/* Of one role, over the heads that play it in either model. */
typedef struct {
    gint64 n_a, n_b, n_both, n_either;
    double sum_a, sum_b, largest;
    GString *lost, *gained;
} Part;

/* Rows are paired by their places, so both must list the same heads in one order. */
static gboolean
check_heads (FoveaTable *a, FoveaTable *b, GError **error)
{
    guint n = fovea_table_get_n_rows (a);
    gboolean same = fovea_table_get_n_rows (b) == n;
    for (guint i = 0; same && i < n; i++)
        same = g_str_equal (fovea_table_read_text (a, i, "name"),
                            fovea_table_read_text (b, i, "name"));
    if (!same)
        g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_SHAPE,
                     "the tables are of other heads: %u in A, %u in B", n,
                     fovea_table_get_n_rows (b));
    return same;
}

/* Whole names between commas: "induction" is no part of another role's name. */
static gboolean
plays (FoveaTable *heads, guint row, const char *role)
{
    g_auto (GStrv) roles = g_strsplit (fovea_table_read_text (heads, row, "roles"), ",", -1);
    return g_strv_contains ((const char *const *) roles, role);
}

/* NaN where the sequences were none that the role is judged by. */
static double
read_score (FoveaTable *heads, guint row, const char *role)
{
    const char *column = fovea_heads_get_evidence (heads, row, role);
    return column != NULL ? fovea_table_read_number (heads, row, column) : NAN;
}

static void
add_name (GString *names, FoveaTable *heads, guint row)
{
    if (names->len > 0)
        g_string_append_c (names, ' ');
    g_string_append (names, fovea_table_read_text (heads, row, "name"));
}

/* A head of neither model says nothing about the role; its score would only dilute the means. */
static void
add_head (Part *part, FoveaTable *a, FoveaTable *b, guint row, const char *role)
{
    gboolean in_a = plays (a, row, role), in_b = plays (b, row, role);
    if (!in_a && !in_b)
        return;
    double score_a = read_score (a, row, role), score_b = read_score (b, row, role);
    part->n_a += in_a;
    part->n_b += in_b;
    part->n_both += in_a && in_b;
    part->n_either++;
    part->sum_a += score_a;
    part->sum_b += score_b;
    if (!(fabs (score_b - score_a) <= part->largest)) /* NaN stays */
        part->largest = fabs (score_b - score_a);
    if (!in_b)
        add_name (part->lost, a, row);
    if (!in_a)
        add_name (part->gained, a, row);
}

/* A role that nobody plays has no row, so n_either is not 0. */
static void
write_part (FoveaTable *table, const char *role, const Part *part)
{
    guint row = fovea_table_add_row (table);
    fovea_table_set_text (table, row, ROLE, role);
    fovea_table_set_integer (table, row, HEADS_A, part->n_a);
    fovea_table_set_integer (table, row, HEADS_B, part->n_b);
    fovea_table_set_integer (table, row, KEPT, part->n_both);
    fovea_table_set_number (table, row, SCORE_A, part->sum_a / (double) part->n_either);
    fovea_table_set_number (table, row, SCORE_B, part->sum_b / (double) part->n_either);
    fovea_table_set_number (table, row, LARGEST, part->largest);
    fovea_table_set_text (table, row, LOST, part->lost->str);
    fovea_table_set_text (table, row, GAINED, part->gained->str);
}

static FoveaTable *
new_table (void)
{
    static const FoveaColumn columns[] = {
        [ROLE] = {"role", FOVEA_COLUMN_TEXT, "", "what a head is called"},
        [HEADS_A] = {"heads_a", FOVEA_COLUMN_INTEGER, "", "that play it in A"},
        [HEADS_B] = {"heads_b", FOVEA_COLUMN_INTEGER, "", "that play it in B"},
        [KEPT] = {"kept", FOVEA_COLUMN_INTEGER, "", "that play it in both"},
        [SCORE_A] = {"score_a", FOVEA_COLUMN_NUMBER, "",
                     "what the role is judged by, mean over the heads of either, in A"},
        [SCORE_B] = {"score_b", FOVEA_COLUMN_NUMBER, "", "the same in B"},
        [LARGEST] = {"largest", FOVEA_COLUMN_NUMBER, "", "largest change of a head's score"},
        [LOST] = {"lost", FOVEA_COLUMN_TEXT, "", "heads that play it in A alone"},
        [GAINED] = {"gained", FOVEA_COLUMN_TEXT, "", "heads that play it in B alone"},
    };
    return fovea_table_new_with ("compare-roles", columns, G_N_ELEMENTS (columns));
}

FoveaTable *
fovea_compare_roles (FoveaTable *a, FoveaTable *b, GError **error)
{
    if (!check_heads (a, b, error))
        return NULL;
    FoveaTable *table = new_table ();
    for (FoveaRole role = 0; role < FOVEA_N_ROLES; role++) {
        const char *name = fovea_role_get_name (role);
        g_autoptr (GString) lost = g_string_new (NULL), gained = g_string_new (NULL);
        Part part = {.lost = lost, .gained = gained};
        for (guint row = 0; row < fovea_table_get_n_rows (a); row++)
            add_head (&part, a, b, row, name);
        if (part.n_either > 0)
            write_part (table, name, &part);
    }
    return table;
}
