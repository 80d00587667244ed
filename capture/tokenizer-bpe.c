/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Byte-pair encoding. A word starts as a linked list of characters; a heap gives the pair of lowest
 * rank, leftmost first among equals, and stale entries are recognised when they come up. So a word
 * of n characters costs O(n log n), also where a whole book is one word (SentencePiece style).
 * Merges are an open-addressing table from a pair of ids to rank and new id. */
#include "capture/tokenizer-model.h"

#include <string.h>

typedef struct {
    guint64 pair; /* left id in the high half; EMPTY_PAIR marks a free slot */
    guint32 rank;
    gint32 id;
} Merge;

#define EMPTY_PAIR G_MAXUINT64

typedef struct {
    FoveaTokenModel base;
    const FoveaVocabulary *vocabulary;
    Merge *merges;
    Merge *touching; /* pairs of characters that stand side by side in a merged token */
    guint n_slots;   /* of either table; a power of two */
    gboolean cuts;   /* whether touching holds all such pairs */
    gint32 unknown;
    gboolean fuse_unknown, ignore_merges;
    gboolean byte_fallback; /* and the vocabulary has all 256 byte tokens */
    gint32 bytes[256];
    char *prefix, *suffix; /* "" = none */
    FoveaSymbols *symbols; /* kept whole; NULL = none */
} Bpe;

/* A symbol of the word at hand; id -1 once it was merged into its left neighbour. */
typedef struct {
    gint32 id;
    gint32 previous, next; /* -1 at the ends */
    gsize start, end;
} Symbol;

typedef struct {
    guint32 rank;
    gint32 place; /* of the left symbol */
    gint32 id;    /* that the merge gives */
} Candidate;

void
fovea_token_scratch_init (FoveaTokenScratch *scratch)
{
    scratch->symbols = g_array_new (FALSE, FALSE, sizeof (Symbol));
    scratch->heap = g_array_new (FALSE, FALSE, sizeof (Candidate));
}

void
fovea_token_scratch_clear (FoveaTokenScratch *scratch)
{
    g_array_unref (scratch->symbols);
    g_array_unref (scratch->heap);
}

static guint64
make_pair (gint32 left, gint32 right)
{
    return (guint64) (guint32) left << 32 | (guint32) right;
}

/* The slot of @table that holds @pair, or the free one where it would go. */
static Merge *
find_pair (const Bpe *bpe, Merge *table, guint64 pair)
{
    guint mask = bpe->n_slots - 1;
    guint slot = (guint) ((pair * G_GUINT64_CONSTANT (0x9E3779B97F4A7C15)) >> 32) & mask;
    while (table[slot].pair != pair && table[slot].pair != EMPTY_PAIR)
        slot = (slot + 1) & mask;
    return &table[slot];
}

static Merge *
find_merge (const Bpe *bpe, guint64 pair)
{
    return find_pair (bpe, bpe->merges, pair);
}

static gboolean
comes_before (const Candidate *a, const Candidate *b)
{
    return a->rank != b->rank ? a->rank < b->rank : a->place < b->place;
}

static void
push_candidate (GArray *heap, Candidate candidate)
{
    g_array_append_val (heap, candidate);
    Candidate *items = (Candidate *) (void *) heap->data;
    guint i = heap->len - 1;
    while (i > 0 && comes_before (&candidate, &items[(i - 1) / 2])) {
        items[i] = items[(i - 1) / 2];
        i = (i - 1) / 2;
    }
    items[i] = candidate;
}

static Candidate
pop_candidate (GArray *heap)
{
    Candidate *items = (Candidate *) (void *) heap->data;
    Candidate top = items[0], last = items[heap->len - 1];
    guint n = heap->len - 1, i = 0;
    g_array_set_size (heap, n);
    for (guint child; (child = 2 * i + 1) < n; i = child) {
        if (child + 1 < n && comes_before (&items[child + 1], &items[child]))
            child++;
        if (!comes_before (&items[child], &last))
            break;
        items[i] = items[child];
    }
    if (n > 0)
        items[i] = last;
    return top;
}

/* Queues the merge of symbol @left with its right neighbour, if there is one. */
static void
consider (const Bpe *bpe, const Symbol *symbols, gint32 left, GArray *heap)
{
    if (left < 0 || symbols[left].next < 0)
        return;
    const Merge *merge =
        find_merge (bpe, make_pair (symbols[left].id, symbols[symbols[left].next].id));
    if (merge->pair != EMPTY_PAIR)
        push_candidate (heap, (Candidate){merge->rank, left, merge->id});
}

/* Whether the symbols that a queued merge spoke of still stand there. */
static gboolean
is_current (const Bpe *bpe, const Symbol *symbols, const Candidate *candidate)
{
    const Symbol *left = &symbols[candidate->place];
    if (left->id < 0 || left->next < 0)
        return FALSE;
    const Merge *merge = find_merge (bpe, make_pair (left->id, symbols[left->next].id));
    return merge->pair != EMPTY_PAIR && merge->id == candidate->id;
}

/* Merges within symbols [first, end), which are linked among themselves only. */
static void
merge_range (const Bpe *bpe, Symbol *symbols, guint first, guint end, GArray *heap)
{
    g_array_set_size (heap, 0);
    for (guint i = first; i + 1 < end; i++)
        consider (bpe, symbols, (gint32) i, heap);
    while (heap->len > 0) {
        Candidate best = pop_candidate (heap);
        if (!is_current (bpe, symbols, &best))
            continue;
        Symbol *left = &symbols[best.place], *right = &symbols[left->next];
        left->id = best.id;
        left->end = right->end;
        left->next = right->next;
        right->id = -1;
        if (left->next >= 0)
            symbols[left->next].previous = best.place;
        consider (bpe, symbols, left->previous, heap);
        consider (bpe, symbols, best.place, heap);
    }
}

/* Characters that stand side by side in no token are never merged across, so the word falls into
 * stretches that fit into the cache: three times faster where a book is one word. */
static void
merge_symbols (const Bpe *bpe, GArray *array, GArray *heap)
{
    Symbol *symbols = (Symbol *) (void *) array->data;
    guint first = 0;
    for (guint i = 0; i < array->len; i++) {
        gboolean last = i + 1 == array->len;
        if (!last &&
            (!bpe->cuts ||
             find_pair (bpe, bpe->touching, make_pair (symbols[i].id, symbols[i + 1].id))->pair !=
                 EMPTY_PAIR))
            continue;
        symbols[i].next = -1;
        if (!last)
            symbols[i + 1].previous = -1;
        merge_range (bpe, symbols, first, i + 1, heap);
        first = i + 1;
    }
}

static void
add_symbol (GArray *symbols, gint32 id, gsize start, gsize end)
{
    gint32 place = (gint32) symbols->len;
    Symbol symbol = {id, place - 1, -1, start, end};
    if (place > 0)
        g_array_index (symbols, Symbol, place - 1).next = place;
    g_array_append_val (symbols, symbol);
}

/* A character without token of its own: its bytes, the unknown token, or an error. */
static gboolean
add_unknown (const Bpe *bpe,
             const FoveaAlignedText *text,
             FoveaSpan c,
             GArray *symbols,
             gboolean *after_unknown,
             GError **error)
{
    const char *bytes = text->bytes->str;
    if (bpe->byte_fallback) {
        for (gsize i = c.start; i < c.end; i++)
            add_symbol (symbols, bpe->bytes[(guchar) bytes[i]], i, i + 1);
        return TRUE;
    }
    if (bpe->unknown < 0) {
        g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_RANGE,
                     "byte %zu: no token for U+%04X, and the tokenizer has no unknown token",
                     fovea_aligned_text_span (text, c.start, c.end).start,
                     g_utf8_get_char (bytes + c.start));
        return FALSE;
    }
    if (bpe->fuse_unknown && *after_unknown)
        g_array_index (symbols, Symbol, symbols->len - 1).end = c.end;
    else
        add_symbol (symbols, bpe->unknown, c.start, c.end);
    *after_unknown = TRUE;
    return TRUE;
}

/* Id of a character, dressed with the prefix of inner or the suffix of last ones. */
static gint32
lookup_character (const Bpe *bpe, const char *bytes, FoveaSpan word, FoveaSpan c)
{
    const char *prefix = c.start > word.start ? bpe->prefix : "";
    const char *suffix = c.end == word.end ? bpe->suffix : "";
    if (*prefix == '\0' && *suffix == '\0')
        return fovea_vocabulary_lookup (bpe->vocabulary, bytes + c.start, c.end - c.start);
    g_autoptr (GString) dressed = g_string_new (prefix);
    g_string_append_len (dressed, bytes + c.start, c.end - c.start);
    g_string_append (dressed, suffix);
    return fovea_vocabulary_lookup (bpe->vocabulary, dressed->str, dressed->len);
}

static gboolean
split_characters (
    const Bpe *bpe, const FoveaAlignedText *text, FoveaSpan word, GArray *symbols, GError **error)
{
    const char *bytes = text->bytes->str;
    gboolean after_unknown = FALSE;
    g_array_set_size (symbols, 0);
    for (gsize i = word.start; i < word.end;) {
        gsize n = g_utf8_skip[(guchar) bytes[i]];
        gint32 id = fovea_symbols_find (bpe->symbols, bytes + i, word.end - i, &n);
        FoveaSpan c = {i, i + n};
        if (id < 0)
            id = lookup_character (bpe, bytes, word, c);
        if (id >= 0) {
            add_symbol (symbols, id, c.start, c.end);
            after_unknown = FALSE;
        } else if (!add_unknown (bpe, text, c, symbols, &after_unknown, error))
            return FALSE;
        i = c.end;
    }
    return TRUE;
}

static gboolean
bpe_encode (const FoveaTokenModel *model,
            const FoveaAlignedText *text,
            FoveaSpan word,
            FoveaTokenScratch *scratch,
            GArray *tokens,
            GError **error)
{
    const Bpe *bpe = (const Bpe *) model;
    if (bpe->ignore_merges) {
        gint32 whole = fovea_vocabulary_lookup (bpe->vocabulary, text->bytes->str + word.start,
                                                word.end - word.start);
        if (whole >= 0) {
            fovea_token_append (tokens, whole, text, word.start, word.end);
            return TRUE;
        }
    }
    if (!split_characters (bpe, text, word, scratch->symbols, error))
        return FALSE;
    merge_symbols (bpe, scratch->symbols, scratch->heap);
    for (guint i = 0; i < scratch->symbols->len; i++) {
        const Symbol *symbol = &g_array_index (scratch->symbols, Symbol, i);
        if (symbol->id >= 0)
            fovea_token_append (tokens, symbol->id, text, symbol->start, symbol->end);
    }
    return TRUE;
}

static void
bpe_free (FoveaTokenModel *model)
{
    Bpe *bpe = (Bpe *) model;
    g_free (bpe->merges);
    g_free (bpe->touching);
    g_free (bpe->prefix);
    g_free (bpe->suffix);
    fovea_symbols_free (bpe->symbols);
    g_free (bpe);
}

/* The two halves of element @i: "a b" or ["a", "b"]. */
static gboolean
split_merge (JsonArray *merges, guint i, char **left, char **right)
{
    JsonNode *node = json_array_get_element (merges, i);
    if (JSON_NODE_HOLDS_VALUE (node) && json_node_get_value_type (node) == G_TYPE_STRING) {
        const char *text = json_node_get_string (node), *space = strchr (text, ' ');
        if (space == NULL || strchr (space + 1, ' ') != NULL)
            return FALSE;
        *left = g_strndup (text, space - text);
        *right = g_strdup (space + 1);
        return TRUE;
    }
    if (!JSON_NODE_HOLDS_ARRAY (node))
        return FALSE;
    JsonArray *halves = json_node_get_array (node);
    if (json_array_get_length (halves) != 2)
        return FALSE;
    for (guint half = 0; half < 2; half++) {
        JsonNode *text = json_array_get_element (halves, half);
        if (!JSON_NODE_HOLDS_VALUE (text) || json_node_get_value_type (text) != G_TYPE_STRING)
            return FALSE;
        *(half == 0 ? left : right) = g_strdup (json_node_get_string (text));
    }
    return TRUE;
}

/* Whether a merge joins characters, and not the byte tokens or the unknown token. */
static gboolean
joins_characters (const Bpe *bpe, gint32 id)
{
    for (guint i = 0; i < G_N_ELEMENTS (bpe->bytes); i++)
        if (bpe->bytes[i] == id)
            return FALSE;
    return id != bpe->unknown;
}

/* Notes which characters the merge of @left and @right brings together. */
static void
add_touching (Bpe *bpe, const char *left, const char *right)
{
    if (*left == '\0' || *right == '\0') {
        bpe->cuts = FALSE;
        return;
    }
    const char *last = g_utf8_prev_char (left + strlen (left));
    gint32 a = fovea_vocabulary_lookup (bpe->vocabulary, last, strlen (last));
    gint32 b = fovea_vocabulary_lookup (bpe->vocabulary, right, g_utf8_skip[(guchar) *right]);
    guint64 pair = make_pair (a, b);
    if (a >= 0 && b >= 0)
        *find_pair (bpe, bpe->touching, pair) = (Merge){pair, 0, 0};
}

static void
insert_merge (Bpe *bpe, const FoveaBpeMerge *merge)
{
    guint64 pair = make_pair (merge->left, merge->right);
    gsize length;
    *find_merge (bpe, pair) = (Merge){pair, merge->rank, merge->joined};
    bpe->cuts =
        bpe->cuts && joins_characters (bpe, merge->left) && joins_characters (bpe, merge->right);
    if (bpe->cuts)
        add_touching (bpe, fovea_vocabulary_get (bpe->vocabulary, merge->left, &length),
                      fovea_vocabulary_get (bpe->vocabulary, merge->right, &length));
}

static gboolean
add_merge (Bpe *bpe, JsonArray *merges, guint i, GError **error)
{
    g_autofree char *left = NULL;
    g_autofree char *right = NULL;
    if (!split_merge (merges, i, &left, &right)) {
        g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_FORMAT,
                     "tokenizer.json: merge %u is not two tokens", i);
        return FALSE;
    }
    gsize skip = g_str_has_prefix (right, bpe->prefix) ? strlen (bpe->prefix) : 0;
    g_autofree char *both = g_strconcat (left, right + skip, NULL);
    const char *names[] = {left, right, both};
    gint32 ids[3];
    for (guint k = 0; k < 3; k++) {
        ids[k] = fovea_vocabulary_lookup (bpe->vocabulary, names[k], strlen (names[k]));
        if (ids[k] < 0) {
            g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_FORMAT,
                         "tokenizer.json: merge %u: token '%.40s' is not in the vocabulary", i,
                         names[k]);
            return FALSE;
        }
    }
    insert_merge (bpe, &(FoveaBpeMerge){ids[0], ids[1], ids[2], i});
    return TRUE;
}

/* Empty tables for @n merges. */
static void
make_tables (Bpe *bpe, guint n)
{
    bpe->n_slots = 16;
    while (bpe->n_slots < 2 * (gsize) n && bpe->n_slots < 1u << 31)
        bpe->n_slots *= 2;
    bpe->merges = g_new (Merge, bpe->n_slots);
    bpe->touching = g_new (Merge, bpe->n_slots);
    bpe->cuts = *bpe->prefix == '\0' && *bpe->suffix == '\0';
    for (guint i = 0; i < bpe->n_slots; i++)
        bpe->merges[i].pair = bpe->touching[i].pair = EMPTY_PAIR;
}

static gboolean
read_merges (Bpe *bpe, JsonObject *model, GError **error)
{
    g_autoptr (GError) local = NULL;
    JsonArray *merges = fovea_tokenizer_json_array (model, "merges", &local);
    if (local != NULL) {
        g_propagate_error (error, g_steal_pointer (&local));
        return FALSE;
    }
    guint n = merges == NULL ? 0 : json_array_get_length (merges);
    make_tables (bpe, n);
    for (guint i = 0; i < n; i++)
        if (!add_merge (bpe, merges, i, error))
            return FALSE;
    return TRUE;
}

static void
read_byte_tokens (Bpe *bpe)
{
    for (guint i = 0; i < 256; i++) {
        char name[8];
        g_snprintf (name, sizeof name, "<0x%02X>", i);
        bpe->bytes[i] = fovea_vocabulary_lookup (bpe->vocabulary, name, strlen (name));
        bpe->byte_fallback &= bpe->bytes[i] >= 0;
    }
}

static gboolean
read_unknown (Bpe *bpe, JsonObject *model, GError **error)
{
    const char *unknown = fovea_tokenizer_json_string (model, "unk_token", NULL);
    bpe->unknown = -1;
    if (unknown == NULL)
        return TRUE;
    bpe->unknown = fovea_vocabulary_lookup (bpe->vocabulary, unknown, strlen (unknown));
    if (bpe->unknown >= 0)
        return TRUE;
    g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_FORMAT,
                 "tokenizer.json: unk_token '%.40s' is not in the vocabulary", unknown);
    return FALSE;
}

static gboolean
refuse_dropout (JsonObject *model, GError **error)
{
    JsonNode *dropout = json_object_get_member (model, "dropout");
    if (dropout == NULL || JSON_NODE_HOLDS_NULL (dropout) ||
        (JSON_NODE_HOLDS_VALUE (dropout) && json_node_get_double (dropout) == 0))
        return TRUE;
    return fovea_tokenizer_refuse ("model", "dropout", error);
}

FoveaTokenModel *
fovea_bpe_new_from_json (JsonObject *model, const FoveaVocabulary *vocabulary, GError **error)
{
    if (!refuse_dropout (model, error))
        return NULL;
    Bpe *bpe = g_new0 (Bpe, 1);
    bpe->base = (FoveaTokenModel){bpe_encode, bpe_free, "BPE"};
    bpe->vocabulary = vocabulary;
    bpe->fuse_unknown = fovea_tokenizer_json_boolean (model, "fuse_unk", FALSE);
    bpe->ignore_merges = fovea_tokenizer_json_boolean (model, "ignore_merges", FALSE);
    bpe->byte_fallback = fovea_tokenizer_json_boolean (model, "byte_fallback", FALSE);
    bpe->prefix = g_strdup (fovea_tokenizer_json_string (model, "continuing_subword_prefix", ""));
    bpe->suffix = g_strdup (fovea_tokenizer_json_string (model, "end_of_word_suffix", ""));
    read_byte_tokens (bpe);
    if (bpe->byte_fallback)
        bpe->base.name = "BPE with byte fallback";
    if (read_unknown (bpe, model, error) && read_merges (bpe, model, error))
        return &bpe->base;
    bpe_free (&bpe->base);
    return NULL;
}

FoveaTokenModel *
fovea_bpe_new (const FoveaVocabulary *vocabulary,
               const FoveaBpeOptions *options,
               const GArray *merges)
{
    Bpe *bpe = g_new0 (Bpe, 1);
    bpe->base = (FoveaTokenModel){bpe_encode, bpe_free, "BPE"};
    bpe->vocabulary = vocabulary;
    bpe->unknown = options->unknown;
    bpe->fuse_unknown = options->fuse_unknown;
    bpe->ignore_merges = options->ignore_merges;
    bpe->byte_fallback = options->byte_fallback;
    bpe->symbols = options->symbols;
    bpe->prefix = g_strdup ("");
    bpe->suffix = g_strdup ("");
    read_byte_tokens (bpe);
    if (bpe->byte_fallback)
        bpe->base.name = "BPE with byte fallback";
    make_tables (bpe, merges->len);
    for (guint i = 0; i < merges->len; i++)
        insert_merge (bpe, &g_array_index (merges, FoveaBpeMerge, i));
    return &bpe->base;
}
