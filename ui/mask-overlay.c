/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* The mask is made once; its cells are judged when a tile asks for them. A pixel counts the verdicts
 * of its pairs, so its cost is that of the rows beneath it. */
#include "ui/mask-overlay.h"

#include <glib/gi18n.h>
#include <string.h>

#include "capture/trace-prefix.h"
#include "ui/figures/mask-dots.h"
#include "ui/trace-source.h"

#define HATCH 8 /* pixels from line to line */

struct _FoveaMaskOverlay {
    gatomicrefcount references;
    FoveaTraceSource *source; /* holds the attention that the judge borrows */
    FoveaTrace *beginning;    /* or these do; NULL of a whole text */
    FoveaAttention *attention;
    FoveaMaskQuestion question;
    FoveaMaskJudge *judge;
    gint64 n_tokens;
};

/* A method sees the keys that there are: of the first tokens its mask is another. */
static gboolean
cut (FoveaMaskOverlay *self, GError **error)
{
    FoveaTrace *whole = fovea_trace_source_get_trace (self->source);
    gint64 n = self->question.first_tokens;
    if (n == 0 || n >= fovea_trace_get_info (whole)->n_tokens)
        return TRUE;
    self->beginning = fovea_trace_take_beginning (fovea_trace_ref (whole), n, error);
    if (self->beginning != NULL)
        self->attention = fovea_attention_open (self->beginning, self->question.layer, error);
    return self->attention != NULL;
}

static gboolean
select_mask (FoveaMaskOverlay *self, GCancellable *cancellable, GError **error)
{
    const FoveaMaskQuestion *question = &self->question;
    FoveaSparseSelection selection;
    if (!cut (self, error))
        return FALSE;
    FoveaAttention *attention =
        self->attention != NULL
            ? self->attention
            : fovea_trace_source_get_layer (self->source, question->layer, error);
    if (attention == NULL)
        return FALSE;
    g_autoptr (FoveaSparseHead) head =
        fovea_sparse_head_new (attention, question->layer, question->head, cancellable, error);
    if (head == NULL ||
        !fovea_sparse_method_select (question->method, head, question->knobs, &selection, error))
        return FALSE;
    FoveaMask *mask =
        question->selected && selection.selected != NULL ? selection.selected : selection.executed;
    self->judge = fovea_mask_judge_new (attention, question->head, mask, question->share);
    self->n_tokens = head->n_tokens;
    fovea_sparse_selection_clear (&selection);
    return TRUE;
}

FoveaMaskOverlay *
fovea_mask_overlay_new (FoveaTraceSource *source,
                        const FoveaMaskQuestion *question,
                        GCancellable *cancellable,
                        GError **error)
{
    FoveaMaskOverlay *self = g_new0 (FoveaMaskOverlay, 1);
    g_atomic_ref_count_init (&self->references);
    self->source = fovea_trace_source_ref (source);
    self->question = *question;
    if (select_mask (self, cancellable, error))
        return self;
    fovea_mask_overlay_name_error (self, error);
    fovea_mask_overlay_unref (self);
    return NULL;
}

FoveaMaskOverlay *
fovea_mask_overlay_ref (FoveaMaskOverlay *self)
{
    g_atomic_ref_count_inc (&self->references);
    return self;
}

void
fovea_mask_overlay_unref (FoveaMaskOverlay *self)
{
    if (!g_atomic_ref_count_dec (&self->references))
        return;
    g_clear_pointer (&self->judge, fovea_mask_judge_free);
    g_clear_pointer (&self->attention, fovea_attention_free);
    g_clear_pointer (&self->beginning, fovea_trace_unref);
    fovea_trace_source_unref (self->source);
    g_free (self);
}

const FoveaMaskQuestion *
fovea_mask_overlay_get_question (FoveaMaskOverlay *self)
{
    return &self->question;
}

void
fovea_mask_overlay_name_error (FoveaMaskOverlay *self, GError **error)
{
    fovea_trace_source_name_error (self->source, _ ("Mask"), self->question.layer,
                                   self->question.head, error);
}

FoveaMaskJudge *
fovea_mask_overlay_get_judge (FoveaMaskOverlay *self)
{
    return self->judge;
}

gboolean
fovea_mask_overlay_is_cut (FoveaMaskOverlay *self)
{
    return self->beginning != NULL;
}

guint32
fovea_mask_hatch_get_color (FoveaTheme theme)
{
    return theme == FOVEA_THEME_DARK ? 0xFF9A9A9A : 0xFF767676;
}

gint64
fovea_mask_overlay_get_n_tokens (FoveaMaskOverlay *self)
{
    return self->n_tokens;
}

/* Tokens under pixel columns, and what the rows of a pixel line gave. */
typedef struct {
    FoveaMaskOverlay *overlay;
    const FoveaTileSpec *spec;
    guint n_columns; /* those that begin within the sequence */
    gint64 *first, *end;
    guint8 *verdicts; /* of one row, from first[0] on */
    guint32 *counts;  /* (width, FOVEA_N_VERDICTS) */
    guint32 palette[FOVEA_N_DOTS];
} Reader;

static gboolean
count_line (Reader *reader, gint64 q0, gint64 q1, GError **error)
{
    gint64 n = MIN (q1 - q0, FOVEA_MASK_SAMPLES), k0 = reader->first[0];
    gint64 k1 = reader->end[reader->n_columns - 1];
    memset (reader->counts, 0, reader->n_columns * FOVEA_N_VERDICTS * sizeof *reader->counts);
    for (gint64 i = 0; i < n; i++) {
        gint64 query = q0 + i * (q1 - q0) / n;
        if (!fovea_mask_judge_read (reader->overlay->judge, query, k0, k1, reader->verdicts, error))
            return FALSE;
        for (guint x = 0; x < reader->n_columns; x++)
            for (gint64 k = reader->first[x]; k < reader->end[x]; k++)
                reader->counts[x * FOVEA_N_VERDICTS + reader->verdicts[k - k0]]++;
    }
    return TRUE;
}

/* Magnified cells are the same from line to line, so a line is judged once a query. */
static gboolean
read_lines (Reader *reader, guint32 *pixels, GCancellable *cancellable, GError **error)
{
    const FoveaTileSpec *spec = reader->spec;
    gint64 T = reader->overlay->n_tokens, last = -1;
    for (guint y = 0; y < spec->height; y++) {
        gint64 q0, q1;
        guint32 *line = pixels + (gsize) y * spec->width;
        fovea_tile_get_tokens (spec->scale, spec->y + y, &q0, &q1);
        if (q0 >= T)
            break;
        if (q0 == last && q1 == q0 + 1) {
            memcpy (line, line - spec->width, spec->width * sizeof *line);
            continue;
        }
        if (g_cancellable_set_error_if_cancelled (cancellable, error) ||
            !count_line (reader, q0, MIN (q1, T), error))
            return FALSE;
        for (guint x = 0; x < reader->n_columns; x++)
            line[x] =
                reader->palette[fovea_verdict_get_dot (reader->counts + x * FOVEA_N_VERDICTS)];
        last = q0;
    }
    return TRUE;
}

/* A blank would look like pairs that the method leaves out. Lines go on from tile to tile, and what no query may
 * see is the future there, too. */
static void
hatch (FoveaMaskOverlay *self, const FoveaTileSpec *spec, guint32 future, guint32 *pixels)
{
    const FoveaTraceInfo *info = fovea_trace_get_info (fovea_trace_source_get_trace (self->source));
    FoveaScoreRule rule = fovea_trace_info_get_rule (info, self->question.layer);
    const guint32 ground = fovea_color_map_zero (spec->theme);
    const guint32 line = fovea_mask_hatch_get_color (spec->theme);
    for (guint y = 0; y < spec->height; y++) {
        gint64 q0, q1, k0, k1;
        fovea_tile_get_tokens (spec->scale, spec->y + y, &q0, &q1);
        if (q0 >= info->n_tokens)
            return;
        q1 = MIN (q1, info->n_tokens);
        gint64 first = fovea_score_rule_first_key (&rule, q0);
        gint64 end = fovea_score_rule_end_key (&rule, q1 - 1, info->n_tokens);
        for (guint x = 0; x < spec->width; x++) {
            fovea_tile_get_tokens (spec->scale, spec->x + x, &k0, &k1);
            if (k0 >= info->n_tokens)
                break;
            if (q0 < self->n_tokens && k0 < self->n_tokens)
                continue;
            gboolean on_line = (spec->x + x + spec->y + y) % HATCH == 0;
            pixels[(gsize) y * spec->width + x] = k1 <= first || k0 >= end ? future
                                                  : on_line                ? line
                                                                           : ground;
        }
    }
}

gboolean
fovea_mask_overlay_read (FoveaMaskOverlay *self,
                         const FoveaTileSpec *spec,
                         guint32 *pixels,
                         GCancellable *cancellable,
                         GError **error)
{
    gsize width = spec->width;
    g_autofree gint64 *ends = g_new (gint64, 2 * width);
    g_autofree guint8 *verdicts = g_new (guint8, (gsize) self->n_tokens);
    g_autofree guint32 *counts = g_new (guint32, width * FOVEA_N_VERDICTS);
    Reader reader = {
        .overlay = self,
        .spec = spec,
        .first = ends,
        .end = ends + width,
        .verdicts = verdicts,
        .counts = counts,
    };
    const guint32 colors[FOVEA_N_VERDICTS] = {
        fovea_color_map_zero (spec->theme), FOVEA_MASK_KEPT, FOVEA_MASK_MISSED, FOVEA_MASK_WASTED,
        spec->paper ? 0 : fovea_color_map_future (spec->theme)};
    fovea_mask_dots_set_palette (colors, reader.palette);
    memset (pixels, 0, width * spec->height * sizeof *pixels);
    if (fovea_mask_overlay_is_cut (self))
        hatch (self, spec, colors[FOVEA_VERDICT_FUTURE], pixels);
    for (guint x = 0; x < width; x++) {
        fovea_tile_get_tokens (spec->scale, spec->x + x, &ends[x], &ends[width + x]);
        if (ends[x] >= self->n_tokens)
            break;
        ends[width + x] = MIN (ends[width + x], self->n_tokens);
        reader.n_columns++;
    }
    if (reader.n_columns == 0 || read_lines (&reader, pixels, cancellable, error))
        return TRUE;
    fovea_mask_overlay_name_error (self, error);
    return FALSE;
}
