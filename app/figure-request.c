/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Draws a request: which of figure.h's makers, with which data. Spelling as JSON and as a command
 * is in figure-request-json.c. */
#include "app/figure-request.h"

#include <string.h>

#include "ui/figures/figure-arcs.h"
#include "ui/figures/figure-qk.h"

static const char *const kind_names[] = {"heads",  "map",      "tokens", "picture", "arcs",  "qk",
                                         "recall", "sparsity", "budget", "mask",    "sinks", NULL};
G_STATIC_ASSERT (G_N_ELEMENTS (kind_names) == FOVEA_N_FIGURE_KINDS + 1);

static const char *const value_names[] = {"query",      "key",           "entropy",
                                          "max_weight", "mean_distance", "first_token",
                                          "window_16",  "received",      NULL};

FoveaFigureRequest *
fovea_figure_request_new (FoveaFigureKind kind)
{
    FoveaFigureRequest *request = g_new0 (FoveaFigureRequest, 1);
    request->kind = kind;
    request->map.q1 = request->map.k1 = -1;
    request->map.query = request->map.key = -1;
    request->value = g_strdup ("query");
    request->style.caption = TRUE;
    request->less = request->object_layer = request->object_head = -1;
    request->style.letters = fovea_figure_kind_has_letters (kind);
    request->dpi = 300;
    return request;
}

void
fovea_figure_request_free (FoveaFigureRequest *request)
{
    if (request == NULL)
        return;
    g_free (request->store_name);
    g_free (request->store_uuid);
    g_free (request->model_name);
    g_free (request->model_hash);
    g_free (request->value);
    g_free (request->score);
    g_free (request->methods);
    g_free (request->heads);
    g_free (request->less_store);
    g_free (request);
}

FoveaTrace *
fovea_figure_request_open_less (const FoveaFigureRequest *request,
                                FoveaStore *store,
                                GError **error)
{
    if (request->less_store == NULL)
        return fovea_store_open_trace (store, request->less, error);
    g_autoptr (FoveaStore) other = fovea_store_open (request->less_store, FOVEA_STORE_READ, error);
    return other != NULL ? fovea_store_open_trace (other, request->less, error) : NULL;
}

gboolean
fovea_figure_kind_from_name (const char *name, FoveaFigureKind *kind, GError **error)
{
    for (guint i = 0; kind_names[i] != NULL; i++) {
        if (g_str_equal (kind_names[i], name)) {
            *kind = (FoveaFigureKind) i;
            return TRUE;
        }
    }
    g_autofree char *all = g_strjoinv (", ", (char **) kind_names);
    g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_USAGE, "unknown figure kind '%s', expected %s%s",
                 name, all,
                 g_str_equal (name, "latent") ? "; 'fovea sae dashboard' draws a latent" : "");
    return FALSE;
}

const char *
fovea_figure_kind_get_name (FoveaFigureKind kind)
{
    return kind_names[kind];
}

gboolean
fovea_figure_kind_is_sparse (FoveaFigureKind kind)
{
    return kind >= FOVEA_FIGURE_RECALL;
}

gboolean
fovea_figure_kind_has_letters (FoveaFigureKind kind)
{
    return kind == FOVEA_FIGURE_HEADS || kind == FOVEA_FIGURE_QK ||
           fovea_figure_kind_is_sparse (kind);
}

gboolean
fovea_figure_kind_needs_curves (FoveaFigureKind kind)
{
    return kind == FOVEA_FIGURE_RECALL || kind == FOVEA_FIGURE_SPARSITY ||
           kind == FOVEA_FIGURE_BUDGET;
}

const char *const *
fovea_figure_value_names (void)
{
    return value_names;
}

void
fovea_figure_request_set_object (FoveaFigureRequest *request,
                                 FoveaStore *store,
                                 gint64 sequence,
                                 FoveaTrace *trace)
{
    const FoveaTraceInfo *info = fovea_trace_get_info (trace);
    g_free (request->store_name);
    g_free (request->store_uuid);
    g_free (request->model_name);
    g_free (request->model_hash);
    request->store_name = g_path_get_basename (fovea_store_get_path (store));
    request->store_uuid = g_strdup (fovea_store_get_uuid (store));
    request->sequence = sequence;
    request->model_name = g_strdup (info->model_name != NULL ? info->model_name : "");
    request->model_hash = g_strdup (info->model_hash != NULL ? info->model_hash : "");
}

/* One value a token, and what it is. */
typedef struct {
    float *values; /* (T) */
    char *caption;
    double high; /* 0 = from the values */
} TokenValues;

/* Position asked for, or the last one. */
static gint64
choose_position (gint64 asked, gint64 n_tokens)
{
    return asked >= 0 ? asked : n_tokens - 1;
}

/* One row of the pattern: where the chosen query looks. */
static gboolean
read_query (const FoveaFigureRequest *request,
            FoveaAttention *attention,
            gint64 n_tokens,
            TokenValues *out,
            GError **error)
{
    gint64 query = choose_position (request->map.query, n_tokens);
    out->high = 1;
    out->caption = g_strdup_printf ("weight from query %" G_GINT64_FORMAT ", head %u.%u", query,
                                    request->map.layer, request->map.head);
    return fovea_attention_read_pattern (attention, request->map.head, query, query + 1, 0,
                                         n_tokens, out->values, error);
}

/* One column of the pattern: who looks at the chosen key. */
static gboolean
read_key (const FoveaFigureRequest *request,
          FoveaAttention *attention,
          gint64 n_tokens,
          TokenValues *out,
          GError **error)
{
    gint64 key = choose_position (request->map.key, n_tokens);
    out->high = 1;
    out->caption = g_strdup_printf ("weight onto key %" G_GINT64_FORMAT ", head %u.%u", key,
                                    request->map.layer, request->map.head);
    return fovea_attention_read_pattern (attention, request->map.head, 0, n_tokens, key, key + 1,
                                         out->values, error);
}

/* Row statistics and received weight by name; the words of their captions. */
static const struct {
    const char *name;
    FoveaRowStatistic statistic;
    const char *words;
} statistics[] = {
    {"entropy", FOVEA_ROW_ENTROPY, "entropy in nats"},
    {"max_weight", FOVEA_ROW_MAX, "largest weight"},
    {"mean_distance", FOVEA_ROW_DISTANCE, "mean distance in tokens"},
    {"first_token", FOVEA_ROW_FIRST, "weight on the first token"},
    {"window_16", FOVEA_ROW_LOCAL, "weight on the last 16 tokens"},
};

/* A row statistic of every query, or the weight that every key receives. */
static gboolean
read_statistic (const FoveaFigureRequest *request,
                FoveaAttention *attention,
                TokenValues *out,
                GError **error)
{
    guint head = request->map.head;
    if (g_str_equal (request->value, "received")) {
        out->caption = g_strdup_printf ("weight received, head %u.%u", request->map.layer, head);
        return fovea_attention_read_column_mass (attention, head, out->values, error);
    }
    for (guint i = 0; i < G_N_ELEMENTS (statistics); i++) {
        if (!g_str_equal (request->value, statistics[i].name))
            continue;
        out->caption =
            g_strdup_printf ("%s, head %u.%u", statistics[i].words, request->map.layer, head);
        return fovea_attention_read_row_statistic (attention, head, statistics[i].statistic,
                                                   out->values, error);
    }
    g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_USAGE, "unknown value '%s' for a tokens figure",
                 request->value);
    return FALSE;
}

/* Whatever request->value names. */
static gboolean
read_values (const FoveaFigureRequest *request, FoveaTrace *trace, TokenValues *out, GError **error)
{
    gint64 n_tokens = fovea_trace_get_info (trace)->n_tokens;
    g_autoptr (FoveaAttention) attention = fovea_attention_open (trace, request->map.layer, error);
    if (attention == NULL)
        return FALSE;
    out->values = g_new0 (float, n_tokens);
    if (g_str_equal (request->value, "query"))
        return read_query (request, attention, n_tokens, out, error);
    if (g_str_equal (request->value, "key"))
        return read_key (request, attention, n_tokens, out, error);
    return read_statistic (request, attention, out, error);
}

/* Values are read here; the figure copies what it needs. */
static FoveaFigure *
draw_tokens (const FoveaFigureRequest *request, FoveaTrace *trace, GError **error)
{
    TokenValues values = {0};
    FoveaFigure *figure = NULL;
    if (read_values (request, trace, &values, error)) {
        FoveaTokensOptions options = {values.caption, values.values, 0, values.high,
                                      request->map.scale};
        figure = fovea_figure_tokens_new (fovea_trace_get_info (trace), &options, &request->style,
                                          error);
    }
    g_free (values.values);
    g_free (values.caption);
    return figure;
}

/* Maps in the grid, or cells coloured by a score, for which no trace is needed. */
static FoveaFigure *
draw_heads (const FoveaFigureRequest *request,
            FoveaTrace *trace,
            FoveaTable *heads,
            GCancellable *cancellable,
            GError **error)
{
    if (heads == NULL) {
        g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_NOT_FOUND,
                     "figure heads: the store %s keeps no head table; run 'fovea heads %s' first",
                     request->store_name, request->store_name);
        return NULL;
    }
    FoveaHeadsOptions options = {request->score};
    return fovea_figure_heads_new (request->score == NULL ? trace : NULL, heads, &options,
                                   &request->style, cancellable, error);
}

/* Without a chosen query the class token asks. */
static FoveaFigure *
draw_picture (const FoveaFigureRequest *request,
              FoveaTrace *trace,
              GCancellable *cancellable,
              GError **error)
{
    const FoveaPictureOptions options = {MAX (request->map.query, 0), request->map.scale,
                                         request->map.floor};
    return fovea_figure_picture_new (trace, &options, &request->style, cancellable, error);
}

FoveaFigure *
fovea_figure_request_draw (const FoveaFigureRequest *request,
                           FoveaTrace *trace,
                           FoveaTable *heads,
                           GCancellable *cancellable,
                           GError **error)
{
    switch (request->kind) {
    case FOVEA_FIGURE_HEADS:
        return draw_heads (request, trace, heads, cancellable, error);
    case FOVEA_FIGURE_MAP:
        return fovea_figure_map_new (trace, &request->map, &request->style, error);
    case FOVEA_FIGURE_TOKENS:
        return draw_tokens (request, trace, error);
    case FOVEA_FIGURE_PICTURE:
        return draw_picture (request, trace, cancellable, error);
    case FOVEA_FIGURE_ARCS:
        return fovea_figure_arcs_new (trace, &request->map, &request->style, error);
    case FOVEA_FIGURE_QK:
        return fovea_figure_qk_new (trace, &request->map, &request->style, error);
    default:
        return fovea_figure_request_draw_sparse (request, trace, NULL, heads, cancellable, error);
    }
}
