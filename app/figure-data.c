/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* What is written and what the command says come from one plan, so they cannot disagree. */
#include "app/figure-data.h"

#include <string.h>

#include "app/score-numbers.h"
#include "capture/exchange.h"
#include "capture/output-file.h"

typedef struct {
    char *point; /* glob */
    FoveaExportOptions options;
} Plan;

/* A map's rectangle; one row of it for tokens; every head of every layer for heads. */
static Plan
make_plan (const FoveaFigureRequest *request)
{
    const FoveaMapOptions *map = &request->map;
    Plan plan = {.options = {.row1 = -1, .key1 = -1, .head = -1}};
    if (request->kind == FOVEA_FIGURE_HEADS || request->kind == FOVEA_FIGURE_PICTURE) {
        plan.point = g_strdup ("blocks.*.attn.hook_pattern");
        return plan;
    }
    gboolean scores = request->kind == FOVEA_FIGURE_MAP && map->scale == FOVEA_COLOR_SCORE;
    plan.point = g_strdup_printf ("blocks.%u.attn.%s", map->layer,
                                  scores ? "hook_attn_scores" : "hook_pattern");
    plan.options.head = map->head;
    if (request->kind == FOVEA_FIGURE_TOKENS && map->query >= 0) {
        plan.options.row0 = map->query;
        plan.options.row1 = map->query + 1;
        return plan;
    }
    plan.options.row0 = map->q0;
    plan.options.row1 = map->q1;
    plan.options.key0 = map->k0;
    plan.options.key1 = map->k1;
    return plan;
}

/* A CSV of what the picture is drawn from, not of arrays. */
static gboolean
is_table (const FoveaFigureRequest *request, const char *path)
{
    return (request->kind == FOVEA_FIGURE_HEADS ||
            fovea_figure_kind_needs_curves (request->kind)) &&
           g_str_has_suffix (path, ".csv");
}

/* NULL: it can be had. */
static const char *
find_obstacle (const FoveaFigureRequest *request, const char *path)
{
    gboolean csv = g_str_has_suffix (path, ".csv");
    if (fovea_figure_kind_needs_curves (request->kind))
        return csv ? NULL : "curves are a table and no arrays, so they go as CSV";
    if (fovea_figure_kind_is_sparse (request->kind))
        return "there are no numbers behind it to save";
    if (request->kind == FOVEA_FIGURE_PICTURE && csv)
        return "weights of several layers are no table, so they go as npz";
    if (request->map.scale == FOVEA_COLOR_DIFFERENCE)
        return "a difference is of two arrays; save the weights of each";
    return NULL;
}

gboolean
fovea_figure_data_check (const FoveaFigureRequest *request, const char *path, GError **error)
{
    const char *obstacle = find_obstacle (request, path);
    if (obstacle != NULL)
        g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_UNSUPPORTED, "%s: figure %s: %s", path,
                     fovea_figure_kind_get_name (request->kind), obstacle);
    return obstacle == NULL;
}

static gboolean
save_table (FoveaTable *table, const char *what, const char *path, GError **error)
{
    if (table == NULL) {
        g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_NOT_FOUND,
                     "%s: %s yet, so there is no table to write", path, what);
        return FALSE;
    }
    g_autofree char *text = fovea_table_print (table, FOVEA_FORMAT_CSV);
    return fovea_output_file_save (path, text, strlen (text), error);
}

gboolean
fovea_figure_data_save (const FoveaFigureRequest *request,
                        FoveaTrace *trace,
                        FoveaTable *table,
                        const char *path,
                        GCancellable *cancellable,
                        GError **error)
{
    if (!fovea_figure_data_check (request, path, error))
        return FALSE;
    if (is_table (request, path))
        return save_table (table,
                           request->kind == FOVEA_FIGURE_HEADS ? "the heads have no scores"
                                                               : "no curves were measured",
                           path, error);
    if (request->kind == FOVEA_FIGURE_QK)
        return fovea_score_numbers_save (trace, &request->map, path, error);
    Plan plan = make_plan (request);
    g_autofree char *point = plan.point;
    return fovea_exchange_export (trace, point, path, &plan.options, cancellable, error);
}

/* Numbers know no sizes and no colours. */
static char *
write_plain_command (const FoveaFigureRequest *request, const char *store_path, const char *path)
{
    g_autoptr (FoveaFigureRequest) usual = fovea_figure_request_new (request->kind);
    FoveaFigureRequest plain = *request; /* borrows the strings */
    plain.style = usual->style;
    plain.dpi = usual->dpi;
    return fovea_figure_request_to_command (&plain, store_path, path);
}

char *
fovea_figure_data_to_command (const FoveaFigureRequest *request,
                              const char *store_path,
                              const char *path)
{
    if (is_table (request, path) || find_obstacle (request, path) != NULL)
        return NULL;
    if (request->kind == FOVEA_FIGURE_QK)
        return write_plain_command (request, store_path, path);
    Plan plan = make_plan (request);
    g_autofree char *point = plan.point, *quoted = g_shell_quote (point);
    g_autofree char *store = g_shell_quote (store_path), *file = g_shell_quote (path);
    GString *text = g_string_new (NULL);
    g_string_printf (text, "fovea export %s --sequence %" G_GINT64_FORMAT " --point %s", store,
                     request->sequence, quoted);
    if (plan.options.head >= 0)
        g_string_append_printf (text, " --head %" G_GINT64_FORMAT, plan.options.head);
    fovea_figure_request_append_range (text, "rows", plan.options.row0, plan.options.row1);
    fovea_figure_request_append_range (text, "keys", plan.options.key0, plan.options.key1);
    g_string_append_printf (text, " -o %s", file);
    return g_string_free (text, FALSE);
}
