/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Unigram: of all ways to spell a word with pieces, the one whose scores (log probabilities) sum
 * highest, by dynamic programming from the left; a character that no piece covers alone may be
 * unknown at a price. Of equal sums the one found first stays: earlier starts, shorter pieces.
 * Cost: n characters times the longest piece in look-ups, and n numbers of scratch. */
#include "capture/tokenizer-model.h"

#include <math.h>
#include <string.h>

/* How much less an unknown character scores than the worst piece. */
#define UNKNOWN_PENALTY 10.0

typedef struct {
    FoveaTokenModel base;
    const FoveaVocabulary *vocabulary;
    double *scores; /* by id; NaN = no piece */
    guint n;
    double unknown_score;
    gint32 unknown; /* id, or -1 */
    gsize longest;  /* bytes of a piece */
    gboolean byte_fallback, single;
    gint32 bytes[256];
} Unigram;

/* The best way to a place in the word. */
typedef struct {
    double score;
    gint32 id;
    gint64 start; /* of the last piece, -1 = the place is not reached */
} Node;

static void
improve (const Unigram *model, Node *node, double score, gint32 id, gsize start)
{
    double sum = model->single ? (double) (float) score : score;
    if (node->start < 0 || sum > node->score)
        *node = (Node){sum, id, (gint64) start};
}

/* Tries every piece that begins at @start. */
static void
try_pieces (const Unigram *model, const char *word, gsize length, gsize start, Node *nodes)
{
    const double before = nodes[start].score;
    gsize single = g_utf8_skip[(guchar) word[start]];
    gboolean alone = FALSE;
    gsize most = MIN (length, start + model->longest);
    for (gsize end = start + single; end <= most; end += g_utf8_skip[(guchar) word[end]]) {
        gint32 id = fovea_vocabulary_lookup (model->vocabulary, word + start, end - start);
        if (id >= 0 && (guint) id < model->n && !isnan (model->scores[id])) {
            improve (model, &nodes[end], before + model->scores[id], id, start);
            alone = alone || end == start + single;
        }
        if (end == length)
            break;
    }
    if (!alone)
        improve (model, &nodes[start + single], before + model->unknown_score, -1, start);
}

/* In 32 bits a long text's sums would grow coarse: all that lie ahead are counted from @start anew. */
static void
count_anew (const Unigram *model, gsize length, gsize start, Node *nodes)
{
    enum {
        MOST = 100000,
        WIDEST = 4 /* bytes of a character */
    };
    const double offset = nodes[start].score;
    if (!model->single || fabs (offset) <= MOST)
        return;
    gsize end = MIN (length, start + MAX (model->longest, WIDEST));
    for (gsize i = start; i <= end; i++)
        if (i == start || nodes[i].start >= 0)
            nodes[i].score = (double) (float) (nodes[i].score - offset);
}

/* A stretch of unknown characters: its bytes, the unknown token, or an error. */
static gboolean
append_unknown (const Unigram *model,
                const FoveaAlignedText *text,
                FoveaSpan run,
                GArray *tokens,
                GError **error)
{
    const char *bytes = text->bytes->str;
    for (gsize i = run.start; model->byte_fallback && i < run.end; i++)
        fovea_token_append (tokens, model->bytes[(guchar) bytes[i]], text, i, i + 1);
    if (model->byte_fallback)
        return TRUE;
    if (model->unknown < 0) {
        g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_RANGE,
                     "byte %zu: no token for U+%04X, and the tokenizer has no unknown token",
                     fovea_aligned_text_span (text, run.start, run.end).start,
                     g_utf8_get_char (bytes + run.start));
        return FALSE;
    }
    fovea_token_append (tokens, model->unknown, text, run.start, run.end);
    return TRUE;
}

/* The unknown token's own text counts as unknown too, as upstream has it. */
static gboolean
is_unknown (const Unigram *model, const Node *node)
{
    return node->id < 0 || node->id == model->unknown;
}

/* Pieces of the best way, in order; neighbours that are unknown become one. */
static gboolean
append_pieces (const Unigram *model,
               const FoveaAlignedText *text,
               FoveaSpan word,
               const Node *nodes,
               GArray *ends,
               GArray *tokens,
               GError **error)
{
    for (gsize end = word.end - word.start; end > 0; end = (gsize) nodes[end].start)
        g_array_append_val (ends, end);
    for (guint i = ends->len; i-- > 0;) {
        gsize end = g_array_index (ends, gsize, i), start = (gsize) nodes[end].start;
        if (!is_unknown (model, &nodes[end])) {
            fovea_token_append (tokens, nodes[end].id, text, word.start + start, word.start + end);
            continue;
        }
        while (i > 0 && is_unknown (model, &nodes[g_array_index (ends, gsize, i - 1)]))
            end = g_array_index (ends, gsize, --i);
        FoveaSpan run = {word.start + start, word.start + end};
        if (!append_unknown (model, text, run, tokens, error))
            return FALSE;
    }
    return TRUE;
}

static gboolean
unigram_encode (const FoveaTokenModel *base,
                const FoveaAlignedText *text,
                FoveaSpan word,
                FoveaTokenScratch *scratch,
                GArray *tokens,
                GError **error)
{
    const Unigram *model = (const Unigram *) base;
    const char *bytes = text->bytes->str + word.start;
    gsize length = word.end - word.start;
    g_autofree Node *nodes = g_new (Node, length + 1);
    g_autoptr (GArray) ends = g_array_new (FALSE, FALSE, sizeof (gsize));
    for (gsize i = 0; i <= length; i++)
        nodes[i] = (Node){0, -1, -1};
    for (gsize i = 0; i < length; i += g_utf8_skip[(guchar) bytes[i]]) {
        count_anew (model, length, i, nodes);
        try_pieces (model, bytes, length, i, nodes);
    }
    return append_pieces (model, text, word, nodes, ends, tokens, error);
}

static void
unigram_free (FoveaTokenModel *base)
{
    Unigram *model = (Unigram *) base;
    g_free (model->scores);
    g_free (model);
}

static void
read_byte_tokens (Unigram *model)
{
    for (guint i = 0; i < 256; i++) {
        char name[8];
        g_snprintf (name, sizeof name, "<0x%02X>", i);
        model->bytes[i] = fovea_vocabulary_lookup (model->vocabulary, name, strlen (name));
        model->byte_fallback &= model->bytes[i] >= 0;
    }
}

FoveaTokenModel *
fovea_unigram_new (const FoveaVocabulary *vocabulary,
                   const double *scores,
                   guint n,
                   const FoveaUnigramOptions *options)
{
    Unigram *model = g_new0 (Unigram, 1);
    model->base = (FoveaTokenModel){unigram_encode, unigram_free, "Unigram"};
    model->vocabulary = vocabulary;
    model->scores = g_memdup2 (scores, MAX (n, 1) * sizeof *scores);
    model->n = n;
    model->unknown = options->unknown;
    model->byte_fallback = options->byte_fallback;
    model->single = options->single;
    model->unknown_score = options->worst - UNKNOWN_PENALTY;
    if (model->single)
        model->unknown_score = (double) (float) model->unknown_score;
    for (guint i = 0; i < n; i++) {
        gsize length;
        fovea_vocabulary_get (vocabulary, (gint32) i, &length);
        if (!isnan (scores[i]))
            model->longest = MAX (model->longest, length);
    }
    read_byte_tokens (model);
    if (model->byte_fallback)
        model->base.name = "Unigram with byte fallback";
    return &model->base;
}

/* Score of element @i, ["piece", score]; NaN if it is none. */
static double
score_at (JsonArray *pieces, guint i)
{
    JsonNode *node = json_array_get_element (pieces, i);
    JsonArray *pair = JSON_NODE_HOLDS_ARRAY (node) ? json_node_get_array (node) : NULL;
    JsonNode *score =
        pair != NULL && json_array_get_length (pair) == 2 ? json_array_get_element (pair, 1) : NULL;
    gboolean number = score != NULL && JSON_NODE_HOLDS_VALUE (score) &&
                      (json_node_get_value_type (score) == G_TYPE_DOUBLE ||
                       json_node_get_value_type (score) == G_TYPE_INT64);
    return number ? json_node_get_double (score) : NAN;
}

FoveaTokenModel *
fovea_unigram_new_from_json (JsonObject *object, const FoveaVocabulary *vocabulary, GError **error)
{
    JsonArray *pieces = fovea_tokenizer_json_array (object, "vocab", error);
    guint n = pieces != NULL ? json_array_get_length (pieces) : 0;
    gint64 unknown = fovea_tokenizer_json_integer (object, "unk_id", -1);
    double worst = INFINITY;
    g_autofree double *scores = g_new (double, MAX (n, 1));
    if (unknown < -1 || unknown >= n) {
        g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_FORMAT,
                     "tokenizer.json: unk_id %" G_GINT64_FORMAT " is none of %u pieces", unknown,
                     n);
        return NULL;
    }
    for (guint i = 0; i < n; i++) {
        scores[i] = score_at (pieces, i);
        worst = MIN (worst, scores[i]);
        if (isfinite (scores[i]))
            continue;
        g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_FORMAT,
                     "tokenizer.json: piece %u has no finite score", i);
        return NULL;
    }
    const FoveaUnigramOptions options = {
        .unknown = (gint32) unknown,
        .byte_fallback = fovea_tokenizer_json_boolean (object, "byte_fallback", FALSE),
        .worst = n > 0 ? worst : 0,
    };
    return fovea_unigram_new (vocabulary, scores, n, &options);
}
