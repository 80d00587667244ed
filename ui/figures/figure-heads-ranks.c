/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Panel b of the heads figure: three standard scores, or the one that was asked for, head by head from
 * the highest down. */
#include "ui/figures/figure-heads-private.h"

#include "ui/figures/axis.h"
#include "ui/figures/color-map.h"
#include "ui/figures/ranked.h"

#define PANEL_GAP  40.0
#define MAX_PANELS 3

static const struct {
    const char *column, *fallback; /* on repeats, on text */
    const char *role, *title;
} standard_panels[MAX_PANELS] = {
    {"previous", "previous_text", "previous token", "previous token"},
    {"induction", "induction_text", "induction", "induction"},
    {"first", "first_token", "sink", "attention sink"},
};

char *
fovea_heads_score_words (const char *score)
{
    return g_strdelimit (g_strdup (score), "_", ' ');
}

/* Scores on random repeats are cleaner; without such sequences those on text must do. */
static const char *
panel_column (FoveaTable *heads, guint i)
{
    const char *column = standard_panels[i].column;
    return fovea_ranked_has_values (heads, column) ? column : standard_panels[i].fallback;
}

static char *
panel_note (FoveaTable *heads, gboolean repeats)
{
    const char *n = fovea_table_get_note (heads, repeats ? "n_repeat" : "n_text");
    const char *period = fovea_table_get_note (heads, "repeat_period");
    gint64 count = n != NULL ? g_ascii_strtoll (n, NULL, 10) : 0;
    if (count <= 0)
        return NULL;
    const char *tail = count > 1 ? "; bars, standard error" : "";
    if (repeats && period != NULL)
        return g_strdup_printf ("Mean score over %" G_GINT64_FORMAT
                                " random repeat%s of %s tokens%s",
                                count, count > 1 ? "s" : "", period, tail);
    return g_strdup_printf ("Mean score over %" G_GINT64_FORMAT " text%s%s", count,
                            count > 1 ? "s" : "", tail);
}

double
fovea_heads_ranks_get_room (const FoveaHeadsLayout *layout)
{
    g_autofree char *last = fovea_text_count (layout->n_layers * layout->n_heads);
    double half = fovea_text_width (last, layout->measures.text, FALSE) / 2;
    return layout->measures.width - layout->panel_x - MAX (half - FOVEA_RANKED_INSET, 0);
}

static void
add_one_panel (FoveaHeadsLayout *layout, double top)
{
    g_autofree char *title = fovea_heads_score_words (layout->score);
    double most = layout->ramp.kind == FOVEA_RAMP_LINEAR ? layout->ramp.high : 0;
    FoveaRankedPanel panel = {.column = layout->score,
                              .title = title,
                              .mark = FOVEA_MARK_DISC,
                              .color = layout->measures.inks->ink,
                              .x = layout->panel_x,
                              .y = top,
                              .width = fovea_heads_ranks_get_room (layout),
                              .height = layout->panel,
                              .text = layout->measures.text,
                              .numbers = TRUE,
                              .top = layout->trace == NULL ? most : 0};
    fovea_ranked_add (layout->scene, layout->heads, &panel);
}

/* Which of the standard scores the table has; gives how many. */
static guint
list_panels (FoveaHeadsLayout *layout, guint *shown)
{
    guint n = 0;
    for (guint i = 0; i < MAX_PANELS; i++)
        if (fovea_ranked_has_values (layout->heads, panel_column (layout->heads, i)))
            shown[n++] = i;
    return n;
}

/* From one panel to the next below it. */
static double
get_panel_step (FoveaHeadsLayout *layout)
{
    return layout->panel + FOVEA_TICK_LENGTH + 2.6 * layout->measures.text;
}

/* The standard scores side by side or, beside the grid, below each other; fewer where the table lacks
 * them. */
static void
add_panels (FoveaHeadsLayout *layout, double top)
{
    guint shown[MAX_PANELS], n = list_panels (layout, shown);
    double room = fovea_heads_ranks_get_room (layout);
    double gap = MIN (PANEL_GAP, room * 0.08);
    double width = layout->beside ? room : (room - (n - 1) * gap) / n;
    for (guint i = 0; i < n; i++) {
        double along = layout->beside ? 0 : i, down = layout->beside ? i : 0;
        FoveaRankedPanel panel = {.column = panel_column (layout->heads, shown[i]),
                                  .title = standard_panels[shown[i]].title,
                                  .x = layout->panel_x + along * (width + gap),
                                  .y = top + down * get_panel_step (layout),
                                  .width = width,
                                  .height = layout->panel,
                                  .text = layout->measures.text,
                                  .numbers = i == 0 || layout->beside,
                                  .inner = layout->beside && i + 1 < n,
                                  .top = 1};
        panel.color = fovea_color_map_role (layout->measures.inks->theme,
                                            standard_panels[shown[i]].role, &panel.mark);
        fovea_ranked_add (layout->scene, layout->heads, &panel);
    }
}

/* Whether what is ranked was measured on repeated random tokens. */
static gboolean
is_on_repeats (FoveaHeadsLayout *layout)
{
    static const char *const columns[] = {"previous",  "current", "duplicate",
                                          "induction", "first",   NULL};
    if (layout->score != NULL)
        return g_strv_contains (columns, layout->score);
    return fovea_ranked_has_values (layout->heads, standard_panels[0].column);
}

/* The height that panels of a column have between @top and @bottom. */
static void
share_column (FoveaHeadsLayout *layout, double top, double bottom)
{
    guint shown[MAX_PANELS];
    guint n = layout->score != NULL ? 1 : MAX (list_panels (layout, shown), 1);
    layout->panel = 0;
    double axis = 4.5 + 2.7 * layout->measures.text;
    layout->panel = (bottom - top - axis - (n - 1) * get_panel_step (layout)) / n;
}

double
fovea_heads_ranks_add (FoveaHeadsLayout *layout, double y)
{
    double text = layout->measures.text, size = text * 8 / 7;
    FoveaTextStyle quiet = {text, FALSE, layout->measures.inks->quiet, FOVEA_ANCHOR_START, FALSE};
    FoveaTextStyle letter = {size, TRUE, layout->measures.inks->ink, FOVEA_ANCHOR_START, FALSE};
    gboolean repeats = is_on_repeats (layout);
    g_autofree char *note = panel_note (layout->heads, repeats);
    double top = layout->beside ? 0 : y + 2.4 * text;
    double x = layout->beside ? layout->right + FOVEA_HEADS_BESIDE_GAP * text : 0;
    if (layout->measures.letters)
        fovea_scene_add_text (layout->scene, x, top + 0.78 * size, "b", &letter);
    if (note != NULL)
        top = fovea_scene_add_paragraph (layout->scene, layout->panel_x, top + 0.8 * text,
                                         layout->measures.width - layout->panel_x, note, &quiet);
    top += 3 * text;
    if (layout->beside)
        share_column (layout, top, y + 0.3 * text);
    if (layout->panel < FOVEA_HEADS_LEAST_PANEL)
        return y;
    if (layout->score != NULL)
        add_one_panel (layout, top);
    else
        add_panels (layout, top);
    return layout->beside ? y : top + layout->panel + 4.5 + 2.7 * text;
}
