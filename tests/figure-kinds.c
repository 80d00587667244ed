/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Maps and texts from the trace of a formula, sparse kinds from curves of a random one, the picture
 * from a small ViT. A kind that is added to requests is drawn here without another word. */
#include "tests/figure-kinds.h"

#include "analysis/sae-latent.h"
#include "tests/forward-support.h"
#include "tests/sparse-support.h"
#include "ui/figures/figure-latent.h"

enum {
    L = 2,
    H = 6,
    T = 96,
    TOKENS = 30,   /* of the map */
    FORMULA_H = 3, /* heads of the trace of a formula */
    WORDS = 24,    /* of the latent's text */
};

static struct {
    FoveaTrace *formula, *random, *picture;
    FoveaTable *heads, *random_heads, *recall;
} data;

void
figure_kinds_set_up (void)
{
    static const char *const ids[] = {"oracle-weight",  "oracle-block", "streaming",
                                      "vertical-slash", "xattention",   NULL};
    data.formula = figure_trace (TOKENS);
    data.random = sparse_trace_new (T, L, H, L, 11);
    data.picture = runner_capture_corner ("attention");
    data.heads = figure_heads (L, FORMULA_H);
    data.random_heads = figure_heads (L, H);
    data.recall = sparse_recall_new (data.random, ids);
}

void
figure_kinds_tear_down (void)
{
    fovea_trace_unref (data.formula);
    fovea_trace_unref (data.random);
    fovea_trace_unref (data.picture);
    fovea_table_unref (data.heads);
    fovea_table_unref (data.random_heads);
    fovea_table_unref (data.recall);
}

const char *
figure_kinds_get_name (guint kind)
{
    static const char *const more[] = {"scores", "cell", "signed", "patch", "latent"};
    return kind < FOVEA_N_FIGURE_KINDS ? fovea_figure_kind_get_name ((FoveaFigureKind) kind)
                                       : more[kind - FOVEA_N_FIGURE_KINDS];
}

static void
add_effects (GArray *list, const char *const *words, float from)
{
    for (guint i = 0; words[i] != NULL; i++) {
        const FoveaLatentToken token = {(gint32) i, from * (1 - 0.2f * (float) i),
                                        g_strdup (words[i]), FALSE};
        g_array_append_val (list, token);
    }
}

static FoveaTable *
make_detection (void)
{
    static const char *const names[] = {"difference in means", "latent"};
    FoveaTable *table = fovea_table_new ("sae_detection");
    fovea_table_add_column (table, "detector", FOVEA_COLUMN_TEXT, "", "");
    fovea_table_add_column (table, "side", FOVEA_COLUMN_INTEGER, "", "");
    fovea_table_add_column (table, "auroc", FOVEA_COLUMN_NUMBER, "", "");
    for (guint i = 0; i < G_N_ELEMENTS (names); i++) {
        guint row = fovea_table_add_row (table);
        fovea_table_set_text (table, row, 0, names[i]);
        fovea_table_set_integer (table, row, 1, -1);
        fovea_table_set_number (table, row, 2, 0.9 - 0.2 * i);
    }
    fovea_table_set_note (table, "positive", "moby*");
    fovea_table_set_note (table, "negative", "pride*");
    fovea_table_set_note (table, "test_positive", "6");
    fovea_table_set_note (table, "test_negative", "7");
    return table;
}

/* One text, on which it fires at every strength and either sign. */
static void
add_firings (FoveaSaeLatent *latent)
{
    gint64 positions[WORDS], offsets[WORDS + 1] = {0}, n = 0;
    gint32 latents[WORDS];
    float codes[WORDS];
    g_autoptr (FoveaTraceInfo) info = g_new0 (FoveaTraceInfo, 1);
    info->n_tokens = WORDS;
    info->token_texts = g_new0 (char *, WORDS + 1);
    info->special = g_new0 (gboolean, WORDS);
    for (int t = 0; t < WORDS; t++) {
        info->token_texts[t] = g_strdup_printf (" word%d", t);
        positions[t] = t;
        latents[n] = 0;
        codes[n] = (float) (t - WORDS / 2) / 4;
        n += codes[n] != 0 && t % 4 != 1;
        offsets[t + 1] = n;
    }
    const FoveaSaeCodes rows = {WORDS, 1, offsets, latents, codes, NULL, NULL};
    fovea_sae_latent_add (latent, 1, info, positions, &rows);
}

static FoveaFigure *
draw_latent (const FoveaFigureStyle *style, GError **error)
{
    static const char *const up[] = {" sea", " ship", " <b>", NULL};
    static const char *const down[] = {" land", " tree", NULL};
    const FoveaLatentOptions options = {.has_signs = TRUE, .caption = "A dictionary."};
    g_autoptr (FoveaSaeLatent) latent = fovea_sae_latent_new (0, 5, 8);
    g_autoptr (FoveaTable) detection = make_detection ();
    add_firings (latent);
    add_effects (latent->up, up, 0.6f);
    add_effects (latent->down, down, -0.4f);
    fovea_sae_latent_set_detection (latent, detection);
    return fovea_figure_latent_new (latent, &options, style, error);
}

/* The kind that a number stands for, with what is shown of it. */
static FoveaFigureRequest *
make_request (guint kind)
{
    static const FoveaFigureKind more[] = {FOVEA_FIGURE_HEADS, FOVEA_FIGURE_MAP, FOVEA_FIGURE_MAP,
                                           FOVEA_FIGURE_PICTURE};
    G_STATIC_ASSERT (G_N_ELEMENTS (more) == FIGURE_KIND_LATENT - FOVEA_N_FIGURE_KINDS);
    FoveaFigureRequest *request = fovea_figure_request_new (
        kind < FOVEA_N_FIGURE_KINDS ? (FoveaFigureKind) kind : more[kind - FOVEA_N_FIGURE_KINDS]);
    if (kind == FIGURE_KIND_SCORES)
        request->score = g_strdup ("induction");
    if (kind == FIGURE_KIND_SIGNED)
        request->map.scale = FOVEA_COLOR_SCORE;
    if (kind == FIGURE_KIND_CELL || kind == FIGURE_KIND_PATCH)
        request->map.query = 7;
    if (kind == FIGURE_KIND_CELL) {
        request->map.key = 3;
        request->map.q1 = request->map.k1 = 14;
        request->map.token_axes = TRUE;
    }
    return request;
}

FoveaFigure *
figure_kinds_draw (guint kind, const FoveaFigureStyle *style)
{
    g_autoptr (GError) error = NULL;
    FoveaFigure *figure = NULL;
    if (kind == FIGURE_KIND_LATENT) {
        figure = draw_latent (style, &error);
    } else {
        g_autoptr (FoveaFigureRequest) request = make_request (kind);
        FoveaTrace *trace = request->kind == FOVEA_FIGURE_PICTURE                   ? data.picture
                            : kind == FIGURE_KIND_SIGNED || kind == FOVEA_FIGURE_QK ? data.random
                                                                                    : data.formula;
        request->style = *style;
        figure = fovea_figure_kind_is_sparse (request->kind)
                     ? fovea_figure_request_draw_sparse (request, data.random, data.recall,
                                                         data.random_heads, NULL, &error)
                     : fovea_figure_request_draw (request, trace, data.heads, NULL, &error);
    }
    ck_assert_msg (figure != NULL, "%s: %s", figure_kinds_get_name (kind),
                   error != NULL ? error->message : "");
    return figure;
}
