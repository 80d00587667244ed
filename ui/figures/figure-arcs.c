/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Lines are drawn from the weakest to the strongest, the chosen query's last, so that what matters lies
 * over what does not. Their colours are mixed with the ground instead of being seen through: a file has
 * no transparency, and a line looks the same wherever it runs. */
#include "ui/figures/figure-arcs.h"

#include <math.h>

#include "ui/figures/figure-private.h"

#define ROW        1.35 /* of a token, in font sizes */
#define LEAST_ROW  0.95
#define NAMES_MOST 0.3 /* of the width, for the tokens of a side */
#define GAP        4.0 /* between words and lines */
#define THIN       0.3 /* lines of the smallest weight, points */
#define THICK      1.8
#define PALE       0.7 /* power of a weight: its share of ink */

typedef struct {
    gint64 query, key;
    double weight;
} Line;

typedef struct {
    const FoveaMapOptions *options;
    const FoveaTraceInfo *info;
    FoveaAttention *attention;
    FoveaFigureMeasures measures;
    FoveaScene *scene;
    gint64 q0, q1, k0, k1;
    GArray *lines;                /* of Line, in the order they are drawn */
    double top, row, left, right; /* of the rows; where lines begin and end */
} ArcsLayout;

static void
clear_layout (ArcsLayout *layout)
{
    fovea_attention_free (layout->attention);
    fovea_scene_free (layout->scene);
    g_clear_pointer (&layout->lines, g_array_unref);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (ArcsLayout, clear_layout)

static gboolean
check_side (const char *what, gint64 from, gint64 *to, gint64 n_tokens, GError **error)
{
    if (*to < 0)
        *to = n_tokens;
    if (from < 0 || from >= *to || *to > n_tokens) {
        g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_RANGE,
                     "arcs: %s %" G_GINT64_FORMAT ":%" G_GINT64_FORMAT
                     " are not a part of 0:%" G_GINT64_FORMAT,
                     what, from, *to, n_tokens);
        return FALSE;
    }
    if (*to - from <= FOVEA_ARCS_MOST)
        return TRUE;
    g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_RANGE,
                 "arcs: %" G_GINT64_FORMAT " %s, allowed are %d; a part of them can be drawn",
                 *to - from, what, FOVEA_ARCS_MOST);
    return FALSE;
}

static gboolean
choose_part (ArcsLayout *layout, GError **error)
{
    const FoveaMapOptions *o = layout->options;
    gint64 n = layout->info->n_tokens, n_heads = layout->info->architecture->n_heads;
    layout->q0 = o->q0;
    layout->q1 = o->q1;
    layout->k0 = o->k0;
    layout->k1 = o->k1;
    if ((gint64) o->head >= n_heads) {
        g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_RANGE,
                     "arcs: head %u, but layers have heads 0 to %" G_GINT64_FORMAT, o->head,
                     n_heads - 1);
        return FALSE;
    }
    return check_side ("queries", layout->q0, &layout->q1, n, error) &&
           check_side ("keys", layout->k0, &layout->k1, n, error);
}

/* Those of the chosen query come last; equal weights by place. */
static int
compare_lines (gconstpointer a, gconstpointer b, gpointer data)
{
    const Line *x = a, *y = b;
    gint64 chosen = ((const ArcsLayout *) data)->options->query;
    if ((x->query == chosen) != (y->query == chosen))
        return x->query == chosen ? 1 : -1;
    if (x->weight != y->weight)
        return x->weight < y->weight ? -1 : 1;
    if (x->query != y->query)
        return x->query < y->query ? -1 : 1;
    return x->key < y->key ? -1 : x->key > y->key;
}

static gboolean
read_lines (ArcsLayout *layout, GError **error)
{
    gint64 n_k = layout->k1 - layout->k0;
    g_autofree float *weights = g_new (float, (gsize) ((layout->q1 - layout->q0) * n_k));
    if (!fovea_attention_read_pattern (layout->attention, layout->options->head, layout->q0,
                                       layout->q1, layout->k0, layout->k1, weights, error))
        return FALSE;
    layout->lines = g_array_new (FALSE, FALSE, sizeof (Line));
    for (gint64 q = layout->q0; q < layout->q1; q++)
        for (gint64 k = layout->k0; k < layout->k1; k++) {
            const Line line = {q, k, (double) weights[(q - layout->q0) * n_k + k - layout->k0]};
            if (isnan (line.weight)) {
                g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_NUMERIC,
                             "attention pattern: head %u, query %" G_GINT64_FORMAT
                             ", key %" G_GINT64_FORMAT ": weight is NaN",
                             layout->options->head, q, k);
                return FALSE;
            }
            if (line.weight >= FOVEA_ARCS_LEAST)
                g_array_append_val (layout->lines, line);
        }
    g_array_sort_with_data (layout->lines, compare_lines, layout);
    return TRUE;
}

/* A token, or its position where the trace has no texts. */
static char *
name_token (const ArcsLayout *layout, gint64 position, gboolean bold)
{
    const FoveaTraceInfo *info = layout->info;
    if (info->token_texts == NULL)
        return fovea_text_count (position);
    g_autofree char *text = fovea_text_token (
        info->token_texts[position], info->special != NULL && info->special[position], FALSE);
    return fovea_text_shorten (text, layout->measures.text, bold,
                               NAMES_MOST * layout->measures.width);
}

static double
measure_names (const ArcsLayout *layout, gint64 from, gint64 to, const char *heading)
{
    double text = layout->measures.text, width = fovea_text_width (heading, text, FALSE);
    for (gint64 t = from; t < to; t++) {
        g_autofree char *name = name_token (layout, t, t == layout->options->query);
        width = MAX (width, fovea_text_width (name, text, t == layout->options->query));
    }
    return width;
}

static char *
write_caption (const ArcsLayout *layout)
{
    g_autofree char *least = fovea_text_number (FOVEA_ARCS_LEAST, 2);
    g_autofree char *rest =
        g_strdup_printf ("Lines: weights from %s on, the stronger the %s and thicker.", least,
                         layout->measures.inks->theme == FOVEA_THEME_DARK ? "lighter" : "darker");
    return fovea_figure_caption (layout->info, rest);
}

/* Rows fill a page of a set height, and are as low as it takes on one that is not. */
static gboolean
measure (ArcsLayout *layout, GError **error)
{
    double text = layout->measures.text, n = MAX (layout->q1 - layout->q0, layout->k1 - layout->k0);
    layout->top = (layout->measures.letters ? 5.2 : 3.3) * text;
    g_autofree char *words = write_caption (layout);
    double foot = fovea_figure_measure_caption (&layout->measures, 2 * text, words);
    double room = (layout->measures.max_height - layout->top - foot) / n;
    layout->row = layout->measures.height > 0 ? room : MIN (ROW * text, room);
    layout->left = measure_names (layout, layout->q0, layout->q1, "query") + GAP;
    layout->right =
        layout->measures.width - measure_names (layout, layout->k0, layout->k1, "key") - GAP;
    if (layout->row >= LEAST_ROW * text)
        return fovea_figure_check_room ("arcs", layout->right - layout->left, layout->row * n,
                                        error);
    g_set_error (
        error, FOVEA_ERROR, FOVEA_ERROR_RANGE,
        "arcs figure: %.0f rows of text of %.0f points do not fit a page of %.0f mm; fewer "
        "tokens, smaller text or a higher page do",
        n, text, layout->measures.max_height / FOVEA_POINTS_PER_MM);
    return FALSE;
}

static double
get_middle (const ArcsLayout *layout, gint64 row)
{
    return layout->top + ((double) row + 0.5) * layout->row;
}

/* Level at both ends: the eye follows that better than crossing straight lines. */
static void
add_line (ArcsLayout *layout, const Line *line)
{
    const FoveaInks *inks = layout->measures.inks;
    double from = get_middle (layout, line->query - layout->q0);
    double to = get_middle (layout, line->key - layout->k0);
    double middle = (layout->left + layout->right) / 2;
    const double points[] = {layout->left, from, middle, from, middle, to, layout->right, to};
    double strength = pow (MIN (line->weight, 1), PALE);
    gboolean chosen = line->query == layout->options->query;
    guint32 color = chosen ? fovea_color_map_class (inks->theme, 0) : inks->quiet;
    double share = chosen ? MAX (strength, 0.3) : 0.75 * strength;
    fovea_scene_add_bend (layout->scene, points, fovea_color_map_mix (inks->ground, color, share),
                          THIN + (THICK - THIN) * line->weight);
}

/* Tokens of a side below its heading. */
static void
add_names (
    ArcsLayout *layout, gint64 from, gint64 to, double x, FoveaAnchor anchor, const char *heading)
{
    double text = layout->measures.text;
    FoveaTextStyle quiet = {text, FALSE, layout->measures.inks->quiet, anchor, FALSE};
    fovea_scene_add_text (layout->scene, x, layout->top - 0.5 * text, heading, &quiet);
    for (gint64 t = from; t < to; t++) {
        gboolean bold = t == layout->options->query && anchor == FOVEA_ANCHOR_END;
        FoveaTextStyle style = {text, bold, layout->measures.inks->ink, anchor, FALSE};
        g_autofree char *name = name_token (layout, t, bold);
        fovea_scene_add_text (layout->scene, x, get_middle (layout, t - from) + 0.36 * text, name,
                              &style);
    }
}

static void
lay_out (ArcsLayout *layout)
{
    double text = layout->measures.text;
    FoveaTextStyle bold = {text, TRUE, layout->measures.inks->ink, FOVEA_ANCHOR_START, FALSE};
    g_autofree char *title = g_strdup_printf ("Attention weight, head %u.%u",
                                              layout->options->layer, layout->options->head);
    g_autofree char *shown = fovea_text_shorten (title, text, TRUE, layout->measures.width);
    gint64 n = MAX (layout->q1 - layout->q0, layout->k1 - layout->k0);
    layout->scene = fovea_scene_new (layout->measures.width, layout->measures.inks);
    fovea_figure_add_letter (layout->scene, &layout->measures, 0, "a");
    fovea_scene_add_text (layout->scene, 0, layout->top - 2.4 * text, shown, &bold);
    for (guint i = 0; i < layout->lines->len; i++)
        add_line (layout, &g_array_index (layout->lines, Line, i));
    add_names (layout, layout->q0, layout->q1, layout->left - GAP, FOVEA_ANCHOR_END, "query");
    add_names (layout, layout->k0, layout->k1, layout->right + GAP, FOVEA_ANCHOR_START, "key");
    g_autofree char *words = write_caption (layout);
    fovea_figure_add_caption (layout->scene, &layout->measures,
                              layout->top + (double) n * layout->row + 2 * layout->measures.text,
                              words);
}

FoveaFigure *
fovea_figure_arcs_new (FoveaTrace *trace,
                       const FoveaMapOptions *options,
                       const FoveaFigureStyle *style,
                       GError **error)
{
    g_auto (ArcsLayout) layout = {.options = options, .info = fovea_trace_get_info (trace)};
    if (!fovea_figure_measure (style, FOVEA_FIGURE_SINGLE_MM, &layout.measures, error))
        return NULL;
    layout.attention = fovea_attention_open (trace, options->layer, error);
    if (layout.attention == NULL || !choose_part (&layout, error) || !measure (&layout, error) ||
        !read_lines (&layout, error))
        return NULL;
    lay_out (&layout);
    return fovea_figure_finish (g_steal_pointer (&layout.scene), &layout.measures, error,
                                "Attention lines, head %u.%u", options->layer, options->head);
}
