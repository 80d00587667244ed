/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Weights come from a formula rather than a file, so that a test can say what a cell must show. */
#include "tests/figure-support.h"

#include <math.h>
#include <string.h>

#include "tests/support.h"

#define N_LAYERS 2
#define N_HEADS  3

const FoveaMapOptions figure_whole_map = {.q1 = -1, .k1 = -1, .query = -1, .key = -1};

typedef struct {
    gint64 n_tokens;
} Formula;

float
figure_weight (guint layer, guint head, gint64 n_tokens, gint64 query, gint64 key)
{
    gint64 last = query;
    if (key > last)
        return 0;
    double rate = 0.3 + 0.4 * head + 0.1 * layer, sum = 0;
    for (gint64 k = 0; k <= last; k++)
        sum += exp (-rate * fabs ((double) (query - k)));
    double near = exp (-rate * fabs ((double) (query - key))) / sum;
    return (float) (0.5 * near + (key == 0 ? 0.5 : 0));
}

static gboolean
read_rows (
    gpointer backend, guint index, gint64 first_row, gint64 n_rows, float *out, GError **error)
{
    const Formula *formula = backend;
    for (gint64 row = first_row; row < first_row + n_rows; row++)
        for (gint64 k = 0; k < formula->n_tokens; k++)
            *out++ = figure_weight (index, (guint) (row / formula->n_tokens), formula->n_tokens,
                                    row % formula->n_tokens, k);
    return TRUE;
}

static FoveaTraceInfo *
make_info (gint64 n_tokens)
{
    static const char *const words[] = {"<|bos|>", "The",       " sky", " is",
                                        " \n",     " & <blue>", "\xE2", " "};
    FoveaTraceInfo *info = g_new0 (FoveaTraceInfo, 1);
    info->architecture = g_new0 (FoveaArchitecture, 1);
    info->architecture->family = g_strdup ("llama");
    info->architecture->n_layers = N_LAYERS;
    info->architecture->n_heads = info->architecture->n_kv_heads = N_HEADS;
    info->architecture->head_width = 4;
    info->architecture->width = 12;
    info->model_name = g_strdup ("tiny");
    info->model_hash = g_strdup ("");
    info->title = g_strdup ("formula");
    info->n_tokens = n_tokens;
    info->token_texts = g_new0 (char *, n_tokens + 1);
    info->special = g_new0 (gboolean, n_tokens);
    info->special[0] = TRUE;
    for (gint64 t = 0; t < n_tokens; t++)
        info->token_texts[t] = g_strdup (words[t % G_N_ELEMENTS (words)]);
    return info;
}

FoveaTrace *
figure_trace (gint64 n_tokens)
{
    static const FoveaTraceBackend functions = {read_rows, g_free};
    GPtrArray *arrays = g_ptr_array_new_with_free_func ((GDestroyNotify) fovea_array_free);
    for (guint l = 0; l < N_LAYERS; l++) {
        FoveaArray *array = g_new0 (FoveaArray, 1);
        array->name = g_strdup_printf ("blocks.%u.attn.hook_pattern", l);
        array->dtype = FOVEA_F32;
        array->rank = 3;
        array->shape[0] = N_HEADS;
        array->shape[1] = array->shape[2] = n_tokens;
        array->row_axes = 2;
        g_ptr_array_add (arrays, array);
    }
    Formula *formula = g_new (Formula, 1);
    *formula = (Formula){n_tokens};
    return fovea_trace_new (make_info (n_tokens), arrays, &functions, formula);
}

FoveaTable *
figure_heads (guint n_layers, guint n_heads)
{
    static const char *const scores[] = {"previous", "induction", "first"};
    static const char *const roles[] = {"", "previous token", "induction", "sink", "local"};
    FoveaTable *table = fovea_table_new ("heads");
    fovea_table_add_column (table, "layer", FOVEA_COLUMN_INTEGER, "", "Layer");
    fovea_table_add_column (table, "head", FOVEA_COLUMN_INTEGER, "", "Head");
    fovea_table_add_column (table, "name", FOVEA_COLUMN_TEXT, "", "layer.head");
    fovea_table_add_column (table, "role", FOVEA_COLUMN_TEXT, "", "Main role");
    for (guint s = 0; s < G_N_ELEMENTS (scores); s++) {
        g_autofree char *error = g_strconcat (scores[s], "_se", NULL);
        fovea_table_add_column (table, scores[s], FOVEA_COLUMN_NUMBER, "", "Score");
        fovea_table_add_column (table, error, FOVEA_COLUMN_NUMBER, "", "Standard error");
    }
    fovea_table_add_column (table, "entropy", FOVEA_COLUMN_NUMBER, "nats", "Entropy");
    fovea_table_add_column (table, "empty", FOVEA_COLUMN_NUMBER, "", "No value");
    for (guint i = 0; i < n_layers * n_heads; i++) {
        g_autofree char *name = g_strdup_printf ("%u.%u", i / n_heads, i % n_heads);
        guint row = fovea_table_add_row (table);
        fovea_table_set_integer (table, row, 0, i / n_heads);
        fovea_table_set_integer (table, row, 1, i % n_heads);
        fovea_table_set_text (table, row, 2, name);
        fovea_table_set_text (table, row, 3, roles[i % G_N_ELEMENTS (roles)]);
        for (guint s = 0; s < G_N_ELEMENTS (scores); s++) {
            fovea_table_set_number (table, row, 4 + 2 * s, exp (-0.3 * ((i * (2 * s + 1)) % 17)));
            fovea_table_set_number (table, row, 5 + 2 * s, 0.08);
        }
        fovea_table_set_number (table, row, 10, 0.2 * i);
    }
    fovea_table_set_note (table, "n_repeat", "8");
    fovea_table_set_note (table, "repeat_period", "100");
    return table;
}

guint32
figure_pixel (FoveaFigure *figure, double x, double y)
{
    cairo_surface_t *surface = cairo_image_surface_create (CAIRO_FORMAT_RGB24, 1, 1);
    cairo_t *cr = cairo_create (surface);
    cairo_set_source_rgb (cr, 1, 1, 1);
    cairo_paint (cr);
    cairo_scale (cr, 20, 20);
    cairo_translate (cr, -x, -y);
    fovea_figure_draw (figure, cr);
    cairo_destroy (cr);
    cairo_surface_flush (surface);
    guint32 color = *(const guint32 *) cairo_image_surface_get_data (surface) | 0xFF000000;
    cairo_surface_destroy (surface);
    return color;
}

const FoveaItem *
figure_find_image (FoveaFigure *figure, guint index)
{
    guint n;
    const FoveaItem *items = fovea_scene_get_items (fovea_figure_get_scene (figure), &n);
    for (guint i = 0; i < n; i++)
        if (items[i].kind == FOVEA_ITEM_IMAGE && index-- == 0)
            return &items[i];
    return NULL;
}

gboolean
figure_has_text (FoveaFigure *figure, const char *part)
{
    guint n;
    const FoveaItem *items = fovea_scene_get_items (fovea_figure_get_scene (figure), &n);
    for (guint i = 0; i < n; i++)
        if (items[i].kind == FOVEA_ITEM_TEXT && strstr (items[i].text, part) != NULL)
            return TRUE;
    return FALSE;
}

void
figure_assert_tidy (FoveaFigure *figure)
{
    guint n;
    double width, height;
    const double slack = 0.6; /* half a point: letters never fill their box */
    fovea_scene_get_size (fovea_figure_get_scene (figure), &width, &height);
    const FoveaItem *items = fovea_scene_get_items (fovea_figure_get_scene (figure), &n);
    for (guint i = 0; i < n; i++) {
        if (items[i].kind != FOVEA_ITEM_TEXT)
            continue;
        FoveaBox a = fovea_scene_get_box (&items[i]);
        ck_assert_msg (a.x0 > -slack && a.x1 < width + slack && a.y0 > -slack &&
                           a.y1 < height + slack,
                       "\"%s\" at %g,%g..%g,%g leaves %g x %g", items[i].text, a.x0, a.y0, a.x1,
                       a.y1, width, height);
        for (guint j = 0; j < i; j++) {
            if (items[j].kind != FOVEA_ITEM_TEXT)
                continue;
            FoveaBox b = fovea_scene_get_box (&items[j]);
            gboolean apart = a.x1 < b.x0 + slack || b.x1 < a.x0 + slack || a.y1 < b.y0 + slack ||
                             b.y1 < a.y0 + slack;
            ck_assert_msg (apart, "\"%s\" touches \"%s\"", items[i].text, items[j].text);
        }
    }
}

FoveaFigure *
figure_map_of (FoveaTrace *trace, FoveaMapOptions options, double width_mm)
{
    g_autoptr (GError) error = NULL;
    FoveaFigureStyle style = {.width_mm = width_mm, .caption = TRUE};
    FoveaFigure *figure = fovea_figure_map_new (trace, &options, &style, &error);
    ck_assert_msg (figure != NULL, "%s", error != NULL ? error->message : "");
    return figure;
}
