/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* What one position of an image model looks at, laid over the picture: the picture as the model
 * read it, its rollout, and every head of every layer. All panels share one colour scale, so that a
 * pale panel means little weight on patches and not another scale. An overlay is an image of 16
 * greys of the picture times 16 steps of weight. */
#include <math.h>

#include "analysis/rollout.h"
#include "capture/attention.h"
#include "ui/figures/color-bar.h"
#include "ui/figures/color-map.h"
#include "ui/figures/figure-private.h"

#define GAP      4.0 /* points between panels */
#define BAR      114.0
#define MOST     86.0 /* side of a panel */
#define FAINT    0.5  /* how far an overlay's picture is towards paper: dark colours are large */
#define LEAST    0.35 /* opacity of the smallest weight that has a colour */
#define LARGEST  0.85
#define N_STEPS  16 /* of grey, and of weight */
#define RGB_STEP 6  /* values a channel of the picture alone */

typedef struct {
    FoveaScene *scene;
    const FoveaTraceInfo *info;
    FoveaFigureMeasures measures;
    FoveaRamp ramp;
    gint64 query;
    gint64 size, patch, across; /* pixels of a side, of a patch, patches of a side */
    float *pixels;              /* (channels, size, size), 0 .. 1 */
    float *weights;             /* (T) of the panel at hand */
    double side, left;          /* of a panel; of the first column */
} PictureLayout;

static void
clear_layout (PictureLayout *layout)
{
    fovea_scene_free (layout->scene);
    g_free (layout->pixels);
    g_free (layout->weights);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (PictureLayout, clear_layout)

/* Patches put together; their values, which a preparation shifted and scaled, over their range. */
static gboolean
read_pixels (PictureLayout *layout, FoveaTrace *trace, GError **error)
{
    const FoveaArchitecture *a = layout->info->architecture;
    gint64 p = layout->patch, S = layout->size, n = layout->across, channels = a->n_channels;
    gint64 width = fovea_architecture_patch_width (a);
    g_autofree float *rows = g_new (float, (gsize) (n * n * width));
    float least = INFINITY, most = -INFINITY;
    if (!fovea_trace_read (trace, "embed.hook_patches", 1, n * n, rows, error))
        return FALSE;
    for (gint64 i = 0; i < n * n * width; i++) {
        least = MIN (least, rows[i]);
        most = MAX (most, rows[i]);
    }
    float range = most > least ? most - least : 1;
    layout->pixels = g_new (float, (gsize) (channels * S * S));
    for (gint64 i = 0; i < n * n; i++)
        for (gint64 j = 0; j < width; j++) {
            gint64 c = j / (p * p), y = i / n * p + j % (p * p) / p, x = i % n * p + j % p;
            layout->pixels[(c * S + y) * S + x] = (rows[i * width + j] - least) / range;
        }
    return TRUE;
}

static double
channel (const PictureLayout *layout, gint64 c, gint64 pixel)
{
    gint64 n = layout->info->architecture->n_channels;
    return (double) layout->pixels[MIN (c, n - 1) * layout->size * layout->size + pixel];
}

static double
grey (const PictureLayout *layout, gint64 pixel)
{
    return 0.299 * channel (layout, 0, pixel) + 0.587 * channel (layout, 1, pixel) +
           0.114 * channel (layout, 2, pixel);
}

static guint32
pack (double red, double green, double blue)
{
    return 0xff000000u | (guint32) lround (255 * red) << 16 | (guint32) lround (255 * green) << 8 |
           (guint32) lround (255 * blue);
}

/* The picture alone, in six values a channel. */
static FoveaIndexedImage *
draw_picture (const PictureLayout *layout)
{
    gint64 S = layout->size;
    FoveaIndexedImage *image = fovea_indexed_image_new ((guint) S, (guint) S);
    for (guint i = 0; i < RGB_STEP * RGB_STEP * RGB_STEP; i++)
        image->palette[i] = pack (i / 36 / 5.0, i / 6 % 6 / 5.0, i % 6 / 5.0);
    for (gint64 i = 0; i < S * S; i++)
        image->pixels[i] = (guint8) (36 * lround (5 * channel (layout, 0, i)) +
                                     6 * lround (5 * channel (layout, 1, i)) +
                                     lround (5 * channel (layout, 2, i)));
    return image;
}

/* Colours of a grey under a step of weight: step 0 leaves it as it is. */
static void
fill_palette (const PictureLayout *layout, guint32 *palette)
{
    guint32 ramp[256];
    fovea_ramp_set_palette (&layout->ramp, ramp);
    for (guint i = 0; i < 256; i++) {
        double base = FAINT + (1 - FAINT) * (i / N_STEPS) / (N_STEPS - 1.0);
        guint step = i % N_STEPS;
        double share = step == 0 ? 0 : LEAST + (LARGEST - LEAST) * (step - 1) / (N_STEPS - 2);
        guint32 color = ramp[step == 0 ? 1 : 2 + step * 253 / (N_STEPS - 1)];
        double parts[3];
        for (int c = 0; c < 3; c++)
            parts[c] = (1 - share) * base + share * (color >> (16 - 8 * c) & 0xff) / 255.0;
        palette[i] = pack (parts[0], parts[1], parts[2]);
    }
}

static FoveaIndexedImage *
draw_overlay (const PictureLayout *layout)
{
    gint64 S = layout->size;
    FoveaIndexedImage *image = fovea_indexed_image_new ((guint) S, (guint) S);
    fill_palette (layout, image->palette);
    for (gint64 y = 0; y < S; y++)
        for (gint64 x = 0; x < S; x++) {
            gint64 token = 1 + y / layout->patch * layout->across + x / layout->patch;
            guint index = fovea_ramp_get_index (&layout->ramp, (double) layout->weights[token]);
            guint step = index < 2 ? 0 : (index - 2) * (N_STEPS - 1) / 253;
            guint level = (guint) lround ((N_STEPS - 1) * grey (layout, y * S + x));
            image->pixels[y * S + x] = (guint8) (level * N_STEPS + step);
        }
    return image;
}

/* The patch that asks, framed; the class token has no place in the picture. */
static void
add_panel (const PictureLayout *layout, double x, double y, FoveaIndexedImage *image)
{
    double cell = layout->side / (double) layout->across;
    gint64 patch = layout->query - 1;
    fovea_scene_add_image (layout->scene, x, y, layout->side, layout->side, image);
    if (patch >= 0)
        for (int i = 0; i < 2; i++) /* seen on dark and on light */
            fovea_scene_add_rectangle (layout->scene, x + (double) (patch % layout->across) * cell,
                                       y + (double) (patch / layout->across) * cell, cell, cell, 0,
                                       i == 0 ? FOVEA_PAPER : FOVEA_INK, i == 0 ? 1.8 : 0.7);
}

static void
add_word (
    const PictureLayout *layout, double x, double baseline, FoveaAnchor anchor, const char *word)
{
    FoveaTextStyle style = {layout->measures.text, FALSE, FOVEA_INK, anchor, FALSE};
    fovea_scene_add_text (layout->scene, x, baseline, word, &style);
}

/* The picture, its rollout and the key of the colours. Gives the lower edge. */
static gboolean
add_head_row (PictureLayout *layout,
              FoveaTrace *trace,
              double *bottom,
              GCancellable *cancellable,
              GError **error)
{
    double text = layout->measures.text, y = 1.4 * text;
    double second = layout->left + layout->side + 4 * GAP;
    if (!fovea_rollout_read (trace, layout->query, layout->weights, cancellable, error))
        return FALSE;
    add_word (layout, layout->left, text, FOVEA_ANCHOR_START, "picture");
    add_word (layout, second, text, FOVEA_ANCHOR_START, "rollout");
    add_panel (layout, layout->left, y, draw_picture (layout));
    add_panel (layout, second, y, draw_overlay (layout));
    g_autofree char *from =
        layout->query == 0
            ? g_strdup ("from the class token")
            : g_strdup_printf ("from patch %s", layout->info->token_texts != NULL
                                                    ? layout->info->token_texts[layout->query]
                                                    : "");
    fovea_color_bar_add (layout->scene, &layout->ramp, second + layout->side + 6 * GAP, y, BAR,
                         text, "weight on a patch", from);
    double width, height;
    fovea_color_bar_get_size (&layout->ramp, BAR, text, 2, &width, &height);
    *bottom = y + MAX (layout->side, height) + 1.2 * text;
    return TRUE;
}

static gboolean
add_layer (PictureLayout *layout, FoveaTrace *trace, guint layer, double y, GError **error)
{
    gint64 T = layout->info->n_tokens;
    g_autoptr (FoveaAttention) attention = fovea_attention_open (trace, layer, error);
    g_autofree char *name = g_strdup_printf ("layer %u", layer);
    if (attention == NULL)
        return FALSE;
    add_word (layout, layout->left - GAP, y + layout->side / 2 + 0.36 * layout->measures.text,
              FOVEA_ANCHOR_END, name);
    for (guint head = 0; head < layout->info->architecture->n_heads; head++) {
        if (!fovea_attention_read_pattern (attention, head, layout->query, layout->query + 1, 0, T,
                                           layout->weights, error))
            return FALSE;
        add_panel (layout, layout->left + head * (layout->side + GAP), y, draw_overlay (layout));
    }
    return TRUE;
}

static gboolean
add_grid (
    PictureLayout *layout, FoveaTrace *trace, double y, GCancellable *cancellable, GError **error)
{
    const FoveaArchitecture *a = layout->info->architecture;
    double text = layout->measures.text;
    for (guint head = 0; head < a->n_heads; head++) {
        g_autofree char *name = g_strdup_printf (head == 0 ? "head %u" : "%u", head);
        add_word (layout, layout->left + head * (layout->side + GAP) + layout->side / 2, y + text,
                  FOVEA_ANCHOR_MIDDLE, name);
    }
    y += 1.5 * text;
    for (guint layer = 0; layer < a->n_layers; layer++, y += layout->side + GAP)
        if (g_cancellable_set_error_if_cancelled (cancellable, error) ||
            !add_layer (layout, trace, layer, y, error))
            return FALSE;
    if (layout->measures.caption) {
        FoveaTextStyle quiet = {text, FALSE, FOVEA_QUIET, FOVEA_ANCHOR_START, FALSE};
        g_autofree char *words = fovea_figure_caption (
            layout->info, "Rollout mixes half of each position with the mean of its heads.");
        fovea_scene_add_paragraph (layout->scene, 0, y + 1.4 * text, layout->measures.width, words,
                                   &quiet);
    }
    return TRUE;
}

static gboolean
measure (PictureLayout *layout,
         const FoveaPictureOptions *options,
         const FoveaFigureStyle *style,
         GError **error)
{
    const FoveaArchitecture *a = layout->info->architecture;
    if (!fovea_figure_measure (style, FOVEA_FIGURE_DOUBLE_MM, &layout->measures, error))
        return FALSE;
    if (a->image_size == 0 || layout->info->n_tokens != a->context) {
        g_set_error (
            error, FOVEA_ERROR, FOVEA_ERROR_UNSUPPORTED,
            "figure picture: %s is no sequence of patches; capture a picture with an image "
            "model",
            layout->info->title != NULL ? layout->info->title : "the sequence");
        return FALSE;
    }
    if (options->query < 0 || options->query >= layout->info->n_tokens) {
        g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_RANGE,
                     "figure picture: query %" G_GINT64_FORMAT " is outside 0 to %" G_GINT64_FORMAT,
                     options->query, layout->info->n_tokens - 1);
        return FALSE;
    }
    double floor =
        options->floor > 0 ? options->floor : fovea_color_map_floor (layout->info->n_tokens);
    layout->ramp = options->scale == FOVEA_COLOR_LINEAR ? (FoveaRamp){FOVEA_RAMP_LINEAR, 0, 1}
                                                        : (FoveaRamp){FOVEA_RAMP_LOG, floor, 1};
    layout->query = options->query;
    layout->size = a->image_size;
    layout->patch = a->patch_size;
    layout->across = a->image_size / a->patch_size;
    layout->left = fovea_text_width ("layer 00", layout->measures.text, FALSE) + GAP;
    layout->side = (layout->measures.width - layout->left + GAP) / (double) a->n_heads - GAP;
    layout->side = MIN (layout->side, MOST);
    return TRUE;
}

FoveaFigure *
fovea_figure_picture_new (FoveaTrace *trace,
                          const FoveaPictureOptions *options,
                          const FoveaFigureStyle *style,
                          GCancellable *cancellable,
                          GError **error)
{
    g_auto (PictureLayout) layout = {.info = fovea_trace_get_info (trace)};
    double bottom;
    if (!measure (&layout, options, style, error) || !read_pixels (&layout, trace, error))
        return NULL;
    layout.weights = g_new0 (float, (gsize) layout.info->n_tokens);
    layout.scene = fovea_scene_new (layout.measures.width);
    if (!add_head_row (&layout, trace, &bottom, cancellable, error) ||
        !add_grid (&layout, trace, bottom, cancellable, error))
        return NULL;
    return fovea_figure_finish (g_steal_pointer (&layout.scene), &layout.measures,
                                "What position %" G_GINT64_FORMAT " of a picture looks at",
                                options->query);
}
