/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Running text, each token on the colour of its value, in black or white, whichever reads better.
 * Lines break between tokens and after newlines. A text too long for its page is set in columns, if
 * they hold more of it; what a page cannot hold is left out and said. */
#include "ui/figures/figure.h"

#include <math.h>
#include <string.h>

#include "ui/figures/axis.h"
#include "ui/figures/color-bar.h"
#include "ui/figures/color-map.h"
#include "ui/figures/figure-private.h"

#define LINE  1.65 /* baseline to baseline, in font sizes */
#define ABOVE 1.02 /* top of a ground over its baseline */
#define BELOW 0.38 /* bottom of a ground under its baseline */
#define GAP   12.0
#define BAR   114.0

#define MOST_COLUMNS 4
#define LEAST_COLUMN 20.0 /* letters */
#define COLUMN_GAP   2.0

typedef struct {
    FoveaScene *scene;
    const FoveaTraceInfo *info;
    const FoveaTokensOptions *options;
    FoveaFigureMeasures measures;
    FoveaRamp ramp;
    guint32 palette[256];
    double x, baseline; /* of the next token, in its column */
    guint column, n_columns;
    double width, lowest; /* of a column; the lowest baseline of all columns */
} TokensLayout;

static gboolean
find_range (TokensLayout *layout, double *low, double *high, GError **error)
{
    *low = layout->options->low;
    *high = layout->options->high;
    gboolean automatic = *low == *high;
    double least = 0, most = 0;
    for (gint64 t = 0; t < layout->info->n_tokens; t++) {
        double value = layout->options->values[t];
        if (isnan (value)) {
            g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_NUMERIC,
                         "tokens figure: value of token %" G_GINT64_FORMAT " is NaN", t);
            return FALSE;
        }
        least = MIN (least, value);
        most = MAX (most, value);
    }
    if (automatic) {
        *low = least;
        *high = fovea_ticks_round_up (MAX (most, -least));
    }
    return TRUE;
}

static gboolean
set_ramp (TokensLayout *layout, GError **error)
{
    double low, high;
    if (!find_range (layout, &low, &high, error))
        return FALSE;
    if (low > high || !isfinite (low) || !isfinite (high)) {
        g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_RANGE, "tokens figure: colours from %g to %g",
                     low, high);
        return FALSE;
    }
    if (low < 0) {
        layout->ramp = (FoveaRamp){FOVEA_RAMP_SIGNED, 0, MAX (high, -low)};
    } else if (layout->options->scale == FOVEA_COLOR_LOG) {
        double floor =
            low > 0 && low < high ? low : high * fovea_color_map_floor (layout->info->n_tokens);
        layout->ramp = (FoveaRamp){FOVEA_RAMP_LOG, floor, high};
    } else {
        layout->ramp = (FoveaRamp){FOVEA_RAMP_LINEAR, low, high};
    }
    fovea_ramp_set_palette (&layout->ramp, layout->measures.inks->theme, layout->palette);
    return TRUE;
}

static char *
token_text (TokensLayout *layout, gint64 position)
{
    const FoveaTraceInfo *info = layout->info;
    gboolean special = info->special != NULL && info->special[position];
    if (info->token_texts != NULL)
        return fovea_text_token (info->token_texts[position], special, TRUE);
    return g_strdup_printf (" %d", info->ids != NULL ? info->ids[position] : (int) position);
}

static gboolean
ends_line (TokensLayout *layout, gint64 position)
{
    return layout->info->token_texts != NULL &&
           g_str_has_suffix (layout->info->token_texts[position], "\n");
}

static double
get_first_baseline (const TokensLayout *layout)
{
    return ABOVE * layout->measures.text +
           (layout->measures.letters ? 1.9 * layout->measures.text : 0);
}

static void
next_line (TokensLayout *layout)
{
    layout->lowest = MAX (layout->lowest, layout->baseline);
    layout->x = 0;
    layout->baseline += LINE * layout->measures.text;
}

/* FALSE if the token would begin below @limit in the last column. */
static gboolean
add_token (TokensLayout *layout, gint64 position, double limit)
{
    double text = layout->measures.text;
    g_autofree char *whole = token_text (layout, position);
    g_autofree char *words = fovea_text_shorten (whole, text, FALSE, layout->width);
    double width = fovea_text_width (words, text, FALSE);
    if (layout->x > 0 && layout->x + width > layout->width) {
        next_line (layout);
        /* The space between two words is the break; what the text itself indents stays. */
        if (*words == ' ')
            memmove (words, words + 1, strlen (words));
        width = fovea_text_width (words, text, FALSE);
    }
    if (layout->baseline + BELOW * text > limit) {
        if (layout->column + 1 >= layout->n_columns)
            return FALSE;
        layout->column++;
        layout->baseline = get_first_baseline (layout);
    }
    double x = layout->x + layout->column * (layout->width + COLUMN_GAP * text);
    guint32 ground =
        layout->palette[fovea_ramp_get_index (&layout->ramp, layout->options->values[position])];
    FoveaTextStyle style = {text, FALSE, fovea_color_map_text_on (ground), FOVEA_ANCHOR_START,
                            FALSE};
    if (width > 0 && ground != layout->measures.inks->ground)
        fovea_scene_add_rectangle (layout->scene, x, layout->baseline - ABOVE * text, width,
                                   (ABOVE + BELOW) * text, ground, layout->measures.inks->ground,
                                   0.3);
    fovea_scene_add_text (layout->scene, x, layout->baseline, words, &style);
    layout->x += width;
    /* A name is no text: it keeps off what follows. */
    if (layout->info->special != NULL && layout->info->special[position])
        layout->x += 0.4 * text;
    if (ends_line (layout, position))
        next_line (layout);
    return TRUE;
}

static void
add_foot (TokensLayout *layout, gint64 n_shown)
{
    double text = layout->measures.text, width, height;
    FoveaTextStyle quiet = {text, FALSE, layout->measures.inks->quiet, FOVEA_ANCHOR_START, FALSE};
    double y = layout->lowest + BELOW * text + GAP;
    const char *caption = layout->options->caption;
    fovea_color_bar_get_size (&layout->ramp, BAR, text, 1, &width, &height);
    fovea_color_bar_add (layout->scene, &layout->ramp, 0, y, BAR, text,
                         caption != NULL ? caption : "value", NULL);
    g_autofree char *shown = fovea_text_count (n_shown);
    g_autofree char *total = fovea_text_count (layout->info->n_tokens);
    gboolean cut = n_shown < layout->info->n_tokens;
    g_autofree char *note =
        cut ? g_strdup_printf ("Only the first %s of %s tokens have room.", shown, total) : NULL;
    g_autofree char *words =
        layout->measures.caption ? fovea_figure_caption (layout->info, note) : NULL;
    if (words != NULL || cut)
        fovea_scene_add_paragraph (layout->scene, 0, y + height + GAP + 0.5 * text,
                                   layout->measures.width, words != NULL ? words : note, &quiet);
}

/* What stands below the text where part of it is left out, which is said. */
static double
get_foot (TokensLayout *layout)
{
    layout->lowest = 0;
    layout->scene = fovea_scene_new (layout->measures.width, layout->measures.inks);
    add_foot (layout, layout->info->n_tokens - 1);
    double foot = fovea_scene_get_content (layout->scene).y1 - BELOW * layout->measures.text;
    g_clear_pointer (&layout->scene, fovea_scene_free);
    return foot;
}

/* In so many columns, on a new scene; gives how many tokens found room above the key and the
 * caption. */
static gint64
try_columns (TokensLayout *layout, guint n_columns, double limit)
{
    double text = layout->measures.text;
    gint64 n = 0;
    fovea_scene_free (layout->scene);
    layout->scene = fovea_scene_new (layout->measures.width, layout->measures.inks);
    fovea_figure_add_letter (layout->scene, &layout->measures, 0, "a");
    layout->n_columns = n_columns;
    layout->width =
        (layout->measures.width - (n_columns - 1) * COLUMN_GAP * text) / (double) n_columns;
    layout->x = layout->lowest = 0;
    layout->column = 0;
    layout->baseline = get_first_baseline (layout);
    while (n < layout->info->n_tokens && add_token (layout, n, limit))
        n++;
    if (layout->x > 0)
        layout->lowest = MAX (layout->lowest, layout->baseline);
    return n;
}

/* The fewest columns that hold the whole text, or most of it. */
static gint64
add_text (TokensLayout *layout)
{
    double limit = layout->measures.max_height - get_foot (layout);
    guint best = 1;
    gint64 most = try_columns (layout, 1, limit);
    for (guint n = 2; most < layout->info->n_tokens && n <= MOST_COLUMNS; n++) {
        if (layout->measures.width < n * LEAST_COLUMN * layout->measures.text)
            break;
        gint64 held = try_columns (layout, n, limit);
        if (held > most) {
            most = held;
            best = n;
        }
    }
    if (layout->n_columns != best)
        try_columns (layout, best, limit);
    return most;
}

static void
clear_layout (TokensLayout *layout)
{
    fovea_scene_free (layout->scene);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (TokensLayout, clear_layout)

FoveaFigure *
fovea_figure_tokens_new (const FoveaTraceInfo *info,
                         const FoveaTokensOptions *options,
                         const FoveaFigureStyle *style,
                         GError **error)
{
    g_auto (TokensLayout) layout = {.info = info, .options = options};
    if (!fovea_figure_measure (style, FOVEA_FIGURE_DOUBLE_MM, &layout.measures, error) ||
        !set_ramp (&layout, error))
        return NULL;
    add_foot (&layout, add_text (&layout));
    return fovea_figure_finish (g_steal_pointer (&layout.scene), &layout.measures, error,
                                "Text coloured by %s",
                                options->caption != NULL ? options->caption : "value");
}
