/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* The recall table has the cost of selecting as a mean over heads, so it counts for each of them. */
#include "analysis/sparse-cost.h"

#include <math.h>

#include "analysis/attention-cost.h"
#include "analysis/lean-schedule.h"
#include "analysis/sparse-method.h"

enum {
    METHOD,
    KNOB,
    VALUE,
    RECALL,
    DENSITY,
    TILES,
    SELECT_FLOPS,
    PREFILL_FLOPS,
    PREFILL_SHARE,
    DECODE_SHARE,

    PROCESSORS = 132, /* of an H100 */
    FIXED_SPLITS = 8, /* of FlashDecoding, for comparison */
};

static FoveaTable *
make_table (void)
{
    static const struct {
        const char *name, *unit, *description;
    } numbers[] = {
        {"value", "", "of the knob"},
        {"recall", "share", "mass that is kept"},
        {"density", "share", "allowed cells that are computed"},
        {"tiles", "share", "of all tiles that a kernel visits; the density without one"},
        {"select_flops", "flops", "of selecting, all heads"},
        {"prefill_flops", "flops", "of the model"},
        {"prefill_share", "share", "of the dense prefill's operations"},
        {"decode_share", "share",
         "of the elements that the next token reads after a dense prefill"},
    };
    FoveaTable *table = fovea_table_new ("cost");
    fovea_table_add_column (table, "method", FOVEA_COLUMN_TEXT, "", "");
    fovea_table_add_column (table, "knob", FOVEA_COLUMN_TEXT, "", "what is swept");
    for (guint i = 0; i < G_N_ELEMENTS (numbers); i++)
        fovea_table_add_column (table, numbers[i].name, FOVEA_COLUMN_NUMBER, numbers[i].unit,
                                numbers[i].description);
    return table;
}

/* A method that is not known any more counts as one that could serve both. */
static FoveaSparseKind
get_kind (const char *id)
{
    const FoveaSparseMethod *method = fovea_sparse_method_find (id, NULL);
    return method != NULL ? method->kind : FOVEA_SPARSE_STATIC;
}

static void
add_point (FoveaTable *table,
           FoveaTable *recall,
           guint from,
           const FoveaArchitecture *architecture,
           gint64 n_tokens)
{
    double heads = (double) (architecture->n_layers * architecture->n_heads);
    double density = fovea_table_read_number (recall, from, "density");
    double tiles = fovea_table_read_number (recall, from, "block_density");
    double select = fovea_table_read_number (recall, from, "select_flops") * heads;
    guint row = fovea_table_add_row (table);
    tiles = isnan (tiles) ? density : tiles;
    select = isnan (select) ? 0 : select;
    /* What is chosen at the end of a prompt leaves its prefill dense; what is chosen for a prefill
     * leaves the cache whole. */
    FoveaSparseKind kind = get_kind (fovea_table_read_text (recall, from, "method"));
    double computed = kind == FOVEA_SPARSE_DECODE ? 1 : tiles;
    double read = kind == FOVEA_SPARSE_DYNAMIC ? 1 : density;
    double flops = fovea_prefill_cost_count (architecture, n_tokens, computed).total + select;
    fovea_table_set_text (table, row, METHOD, fovea_table_read_text (recall, from, "method"));
    fovea_table_set_text (table, row, KNOB, fovea_table_read_text (recall, from, "knob"));
    const double numbers[] = {
        fovea_table_read_number (recall, from, "value"),
        fovea_table_read_number (recall, from, "recall"),
        density,
        tiles,
        select,
        flops,
        flops / fovea_prefill_cost_count (architecture, n_tokens, 1).total,
        fovea_decode_cost_count (architecture, n_tokens, read) /
            fovea_decode_cost_count (architecture, n_tokens, 1),
    };
    for (guint c = VALUE; c <= DECODE_SHARE; c++)
        fovea_table_set_number (table, row, c, numbers[c - VALUE]);
}

static void
add_notes (FoveaTable *table, const FoveaArchitecture *architecture, gint64 n_tokens)
{
    const FoveaLeanProblem step = {.batch = 1,
                                   .kv_heads = architecture->n_kv_heads,
                                   .n_queries = 1,
                                   .n_keys = n_tokens,
                                   .width = architecture->head_width,
                                   .processors = PROCESSORS};
    const FoveaLeanSchedule lean = fovea_lean_schedule_plan (&step);
    const FoveaPrefillCost dense = fovea_prefill_cost_count (architecture, n_tokens, 1);
    g_autofree char *tokens = g_strdup_printf ("%" G_GINT64_FORMAT, n_tokens);
    g_autofree char *whole = g_strdup_printf ("%.4g flops, of which attention %.3f", dense.total,
                                              dense.attention / dense.total);
    g_autofree char *shared = g_strdup_printf (
        "%" G_GINT64_FORMAT " tiles on %" G_GINT64_FORMAT
        " thread blocks of %d processors: %.3f of "
        "them busy, %.3f with %d splits of every head",
        lean.total, lean.workers, PROCESSORS, lean.efficiency,
        fovea_lean_schedule_get_fixed_efficiency (&step, FIXED_SPLITS, 2), FIXED_SPLITS);
    fovea_table_set_note (table, "tokens", tokens);
    fovea_table_set_note (table, "dense_prefill", whole);
    fovea_table_set_note (table, "lean_decode_step", shared);
}

FoveaTable *
fovea_sparse_cost_tabulate (FoveaTable *recall,
                            const FoveaArchitecture *architecture,
                            gint64 n_tokens)
{
    FoveaTable *table = make_table ();
    guint n = fovea_table_get_n_rows (recall);
    for (guint row = 0; row < n; row++)
        if (g_str_equal (fovea_table_read_text (recall, row, "name"), "model") &&
            g_str_equal (fovea_table_read_text (recall, row, "series"), "executed") &&
            !isnan (fovea_table_read_number (recall, row, "density")))
            add_point (table, recall, row, architecture, n_tokens);
    add_notes (table, architecture, n_tokens);
    return table;
}
