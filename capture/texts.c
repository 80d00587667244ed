/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Texts become sequences. A text is tokenised once as a whole and then cut into windows of tokens,
 * so that cuts never change tokens; what the tokenizer puts around a text stands around each
 * window. The last window is the first one that reaches the end of the text. */
#include "capture/texts.h"

#include <string.h>

#include "capture/count-text.h"
#include "capture/json.h"
#include "capture/random.h"

/* What is around the tokens of every window. */
typedef struct {
    const gint32 *before, *after;
    guint n_before, n_after;
    GArray *target; /* of FoveaToken, behind all else of a model that reads two texts; else NULL */
} Around;

static Around
get_around (FoveaTokenizer *tokenizer, gboolean add_special)
{
    Around around = {0};
    if (!add_special)
        return around;
    around.before = fovea_tokenizer_get_around (tokenizer, FALSE, &around.n_before);
    around.after = fovea_tokenizer_get_around (tokenizer, TRUE, &around.n_after);
    return around;
}

static gboolean
check_ids (FoveaModel *model, const char *title, const gint32 *ids, gint64 n, GError **error)
{
    const FoveaArchitecture *architecture = fovea_model_get_architecture (model);
    if (n < 1 || n > architecture->context) {
        g_autofree char *count = fovea_count_text (n);
        g_autofree char *most = fovea_count_text (architecture->context);
        g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_RANGE,
                     "%s: %s tokens, not in 1 .. %s (the context of %s)", title, count, most,
                     fovea_model_get_name (model));
        return FALSE;
    }
    for (gint64 t = 0; t < n; t++) {
        if (ids[t] >= 0 && ids[t] < architecture->vocabulary)
            continue;
        g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_RANGE,
                     "%s: position %" G_GINT64_FORMAT ": id %d is not in 0 .. %" G_GINT64_FORMAT
                     " (the vocabulary of %s)",
                     title, t, ids[t], architecture->vocabulary - 1, fovea_model_get_name (model));
        return FALSE;
    }
    return TRUE;
}

static void
spell_ids (FoveaTokenizer *tokenizer, FoveaTraceInfo *info)
{
    info->token_texts = g_new0 (char *, info->n_tokens + 1);
    info->special = g_new0 (gboolean, info->n_tokens);
    for (gint64 t = 0; t < info->n_tokens; t++) {
        gsize length;
        const char *bytes = fovea_tokenizer_get_bytes (tokenizer, info->ids[t], &length);
        info->token_texts[t] = g_strndup (bytes, length);
        info->special[t] = fovea_tokenizer_is_special (tokenizer, info->ids[t]);
    }
}

FoveaTraceInfo *
fovea_texts_from_ids (
    FoveaModel *model, const char *title, const gint32 *ids, gint64 n, GError **error)
{
    g_return_val_if_fail (model != NULL && title != NULL, NULL);
    const FoveaArchitecture *architecture = fovea_model_get_architecture (model);
    gboolean sourced = architecture->n_encoder_layers > 0 && n > 0 &&
                       fovea_architecture_count_source (architecture, ids, n) == 0;
    g_autofree gint32 *whole = sourced ? g_new (gint32, (gsize) n + 1) : NULL;
    if (sourced) {
        memcpy (whole, ids, (gsize) n * sizeof *ids);
        whole[n++] = architecture->start_id;
        ids = whole;
    }
    if (!check_ids (model, title, ids, n, error))
        return NULL;
    FoveaTraceInfo *info = g_new0 (FoveaTraceInfo, 1);
    info->architecture = fovea_architecture_copy (architecture);
    info->model_name = g_strdup (fovea_model_get_name (model));
    info->model_hash = g_strdup ("");
    info->title = g_strdup (title);
    info->n_tokens = n;
    info->ids = g_memdup2 (ids, (gsize) n * sizeof *ids);
    info->keep = FOVEA_F32;
    /* Ids can be run without a tokenizer; the tokens then have no text. */
    FoveaTokenizer *tokenizer = fovea_model_get_tokenizer (model, NULL);
    if (tokenizer != NULL)
        spell_ids (tokenizer, info);
    return info;
}

/* Tokens of text that a window holds beside what stands around it; -1 with an error. */
static gint64
window_room (FoveaModel *model,
             const char *title,
             const FoveaTextsOptions *options,
             const Around *around,
             GError **error)
{
    gint64 context = fovea_model_get_architecture (model)->context;
    gint64 window = options->max_tokens == 0 ? context : options->max_tokens;
    gint64 least = (gint64) around->n_before + around->n_after + 1;
    if (around->target != NULL)
        least += 1 + around->target->len;
    if (window >= least && window <= context)
        return window - least + 1;
    g_autofree char *asked = fovea_count_text (window);
    g_autofree char *most = fovea_count_text (context);
    if (window > context)
        g_set_error (
            error, FOVEA_ERROR, FOVEA_ERROR_RANGE,
            "%s: windows of %s tokens are longer than the context of this model, %s tokens", title,
            asked, most);
    else
        g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_RANGE,
                     "%s: windows of %s tokens; of %s, which reads up to %s, at least "
                     "%" G_GINT64_FORMAT,
                     title, asked, fovea_model_get_name (model), most, least);
    return -1;
}

/* The id that begins a target, and its tokens. */
static void
add_target (FoveaModel *model, const GArray *target, GArray *ids)
{
    gint32 start = fovea_model_get_architecture (model)->start_id;
    g_array_append_val (ids, start);
    for (guint t = 0; t < target->len; t++)
        g_array_append_val (ids, g_array_index (target, FoveaToken, t).id);
}

/* One window: what stands before, @n tokens from @first on, what stands behind. */
static FoveaTraceInfo *
make_window (FoveaModel *model,
             const char *title,
             const GArray *tokens,
             gint64 first,
             gint64 n,
             const Around *around,
             GError **error)
{
    g_autoptr (GArray) ids = g_array_new (FALSE, FALSE, sizeof (gint32));
    if (around->n_before > 0)
        g_array_append_vals (ids, around->before, around->n_before);
    for (gint64 t = first; t < first + n; t++)
        g_array_append_val (ids, g_array_index (tokens, FoveaToken, t).id);
    if (around->n_after > 0)
        g_array_append_vals (ids, around->after, around->n_after);
    if (around->target != NULL)
        add_target (model, around->target, ids);
    return fovea_texts_from_ids (model, title, (const gint32 *) (const void *) ids->data, ids->len,
                                 error);
}

static GPtrArray *
cut_windows (FoveaModel *model,
             const char *title,
             const GArray *tokens,
             const FoveaTextsOptions *options,
             const Around *around,
             GError **error)
{
    gint64 n = tokens->len, room = window_room (model, title, options, around, error);
    if (room < 0)
        return NULL;
    g_autoptr (GPtrArray) windows =
        g_ptr_array_new_with_free_func ((GDestroyNotify) fovea_trace_info_free);
    gboolean several = options->stride > 0 && n > room;
    for (gint64 first = 0;; first += options->stride) {
        gint64 length = MIN (room, n - first);
        g_autofree char *part =
            several ? g_strdup_printf ("%s, part %u", title, windows->len + 1) : g_strdup (title);
        FoveaTraceInfo *info = make_window (model, part, tokens, first, length, around, error);
        if (info == NULL)
            return NULL;
        info->n_whole = info->n_tokens - length + n;
        g_ptr_array_add (windows, info);
        gboolean full = options->limit > 0 && (gint64) windows->len >= options->limit;
        /* The second test also keeps a stride longer than a window from running past the end. */
        if (options->stride <= 0 || full || first + length >= n || first + options->stride >= n)
            return g_steal_pointer (&windows);
    }
}

/* Tokens of what the decoder reads; none, but a list, where nothing was said. */
static gboolean
read_target (
    FoveaModel *model, const char *title, const char *text, GArray **target, GError **error)
{
    FoveaTokenizer *tokenizer = fovea_model_get_tokenizer (model, error);
    if (fovea_model_get_architecture (model)->n_encoder_layers > 0) {
        *target = fovea_tokenizer_encode (tokenizer, text != NULL ? text : "", -1, FALSE, error);
        return *target != NULL;
    }
    if (text == NULL)
        return TRUE;
    g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_UNSUPPORTED,
                 "%s: %s reads one text, and no target", title, fovea_model_get_name (model));
    return FALSE;
}

GPtrArray *
fovea_texts_from_text (FoveaModel *model,
                       const char *title,
                       const char *text,
                       gssize length,
                       const FoveaTextsOptions *options,
                       GError **error)
{
    g_return_val_if_fail (model != NULL && title != NULL && text != NULL, NULL);
    FoveaTokenizer *tokenizer = fovea_model_get_tokenizer (model, error);
    if (tokenizer == NULL)
        return NULL;
    if (options->max_tokens < 0 || options->stride < 0 || options->limit < 0) {
        g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_RANGE,
                     "%s: window, stride and limit must not be negative", title);
        return NULL;
    }
    g_autoptr (GArray) tokens = fovea_tokenizer_encode (tokenizer, text, length, FALSE, error);
    if (tokens == NULL) {
        g_prefix_error (error, "%s: ", title);
        return NULL;
    }
    if (tokens->len == 0) {
        g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_RANGE, "%s: empty text: no tokens to run",
                     title);
        return NULL;
    }
    Around around = get_around (tokenizer, options->add_special);
    g_autoptr (GArray) target = NULL;
    if (!read_target (model, title, options->target, &target, error))
        return NULL;
    around.target = target;
    return cut_windows (model, title, tokens, options, &around, error);
}

/* Ids of a line's "ids". */
static GArray *
read_ids (JsonObject *line, GError **error)
{
    JsonNode *node = json_object_get_member (line, "ids");
    if (!JSON_NODE_HOLDS_ARRAY (node)) {
        g_set_error_literal (error, FOVEA_ERROR, FOVEA_ERROR_FORMAT, "'ids' is no list");
        return NULL;
    }
    JsonArray *list = json_node_get_array (node);
    g_autoptr (GArray) ids = g_array_new (FALSE, FALSE, sizeof (gint32));
    for (guint i = 0; i < json_array_get_length (list); i++) {
        JsonNode *element = json_array_get_element (list, i);
        gboolean is_integer =
            JSON_NODE_HOLDS_VALUE (element) && json_node_get_value_type (element) == G_TYPE_INT64;
        gint64 id = is_integer ? json_node_get_int (element) : -1;
        if (id < 0 || id > G_MAXINT32) {
            g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_FORMAT, "element %u of 'ids' is no id", i);
            return NULL;
        }
        gint32 small = (gint32) id;
        g_array_append_val (ids, small);
    }
    return g_steal_pointer (&ids);
}

/* Adds the sequences of one line to @all. */
static gboolean
add_line (FoveaModel *model,
          const char *name,
          JsonObject *line,
          const FoveaTextsOptions *options,
          GPtrArray *all,
          GError **error)
{
    const char *text = fovea_json_get_text (line, "text"),
               *title = fovea_json_get_text (line, "title");
    gboolean has_ids = json_object_has_member (line, "ids");
    if ((text != NULL) == has_ids) {
        g_set_error_literal (error, FOVEA_ERROR, FOVEA_ERROR_FORMAT,
                             "a line holds either a text in 'text' or a list in 'ids'");
        return FALSE;
    }
    title = title != NULL ? title : name;
    if (text != NULL) {
        FoveaTextsOptions own = *options;
        if (json_object_has_member (line, "target"))
            own.target = fovea_json_get_text (line, "target");
        g_autoptr (GPtrArray) some = fovea_texts_from_text (model, title, text, -1, &own, error);
        if (some == NULL)
            return FALSE;
        g_ptr_array_extend_and_steal (all, g_steal_pointer (&some));
        return TRUE;
    }
    g_autoptr (GArray) ids = read_ids (line, error);
    if (ids == NULL)
        return FALSE;
    FoveaTraceInfo *info = fovea_texts_from_ids (
        model, title, (const gint32 *) (const void *) ids->data, ids->len, error);
    if (info == NULL)
        return FALSE;
    g_ptr_array_add (all, info);
    return TRUE;
}

static gboolean
is_blank (const char *line, gsize length)
{
    for (gsize i = 0; i < length; i++)
        if (!g_ascii_isspace (line[i]))
            return FALSE;
    return TRUE;
}

/* Place of an escape that stands for NUL, or -1. json-glib ends its strings there, so that the rest
 * of a text would be lost without a word. */
static gssize
find_nul (const char *line, gsize length)
{
    for (gsize i = 0; i + 6 <= length; i++) {
        if (line[i] != '\\')
            continue;
        if (memcmp (line + i + 1, "u0000", 5) == 0)
            return (gssize) i;
        i++; /* the character that is escaped, which may be a backslash */
    }
    return -1;
}

/* The line [start, end) of @text. */
static JsonObject *
parse_line (const char *text, gsize start, gsize end, const char *where, GError **error)
{
    gssize nul = find_nul (text + start, end - start);
    if (nul < 0)
        return fovea_json_parse_object (text + start, end - start, where, start, error);
    g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_FORMAT,
                 "%s: byte %" G_GSIZE_FORMAT ": a text cannot hold \\u0000; give its ids instead",
                 where, start + (gsize) nul);
    return NULL;
}

GPtrArray *
fovea_texts_from_jsonl (FoveaModel *model,
                        const char *name,
                        const char *text,
                        gsize length,
                        const FoveaTextsOptions *options,
                        GError **error)
{
    g_return_val_if_fail (model != NULL && name != NULL && text != NULL, NULL);
    g_autoptr (GPtrArray) all =
        g_ptr_array_new_with_free_func ((GDestroyNotify) fovea_trace_info_free);
    guint number = 0;
    for (gsize start = 0, end; start < length; start = end + 1) {
        const char *newline = memchr (text + start, '\n', length - start);
        end = newline == NULL ? length : (gsize) (newline - text);
        number++;
        gboolean full = options->limit > 0 && (gint64) all->len >= options->limit;
        if (full || is_blank (text + start, end - start))
            continue;
        g_autofree char *where = g_strdup_printf ("%s line %u", name, number);
        g_autoptr (JsonObject) line = parse_line (text, start, end, where, error);
        if (line == NULL)
            return NULL;
        if (!add_line (model, where, line, options, all, error)) {
            if (error != NULL && !g_str_has_prefix ((*error)->message, where))
                g_prefix_error (error, "%s: ", where);
            return NULL;
        }
    }
    if (options->limit > 0 && (gint64) all->len > options->limit)
        g_ptr_array_set_size (all, (int) options->limit);
    if (all->len > 0)
        return g_steal_pointer (&all);
    g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_RANGE, "%s: no lines with 'text' or 'ids'", name);
    return NULL;
}

/* Which ids random tokens are drawn from: none of the special ones that stand together at either
 * end of a vocabulary, and none without a token (embeddings are often padded). */
static void
choose_range (FoveaModel *model, FoveaTokenizer *tokenizer, gint32 *first, gint32 *end)
{
    gint64 vocabulary = fovea_model_get_architecture (model)->vocabulary;
    gint64 size = tokenizer == NULL ? vocabulary : fovea_tokenizer_get_size (tokenizer);
    gint32 n_special = 0;
    *end = (gint32) MIN (MIN (vocabulary, size), G_MAXINT32);
    for (gint32 id = 0; tokenizer != NULL && id < *end; id++)
        n_special += fovea_tokenizer_is_special (tokenizer, id);
    while (*end > 1 && tokenizer != NULL && fovea_tokenizer_is_special (tokenizer, *end - 1))
        (*end)--;
    *first = MIN (1 + n_special, *end - 1);
}

GPtrArray *
fovea_texts_random_repeat (FoveaModel *model, gint64 period, guint n, guint64 seed, GError **error)
{
    const FoveaArchitecture *architecture = fovea_model_get_architecture (model);
    FoveaTokenizer *tokenizer = fovea_model_get_tokenizer (model, NULL);
    gint32 bos = tokenizer == NULL ? -1 : fovea_tokenizer_get_bos (tokenizer), first, end;
    /* GPT-2's tokenizer adds none, yet the model was trained with one between texts. */
    if (bos < 0)
        bos = architecture->bos_id;
    if (bos >= architecture->vocabulary)
        bos = -1;
    gint64 extra = bos >= 0, most = (architecture->context - extra) / 2;
    if (period < 1 || period > most || n < 1) {
        g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_RANGE,
                     "random repeat: %u sequences of period %" G_GINT64_FORMAT
                     "; at least 1, and the context of %s fits periods 1 .. %" G_GINT64_FORMAT,
                     n, period, fovea_model_get_name (model), most);
        return NULL;
    }
    choose_range (model, tokenizer, &first, &end);
    g_autoptr (GPtrArray) all =
        g_ptr_array_new_with_free_func ((GDestroyNotify) fovea_trace_info_free);
    g_autofree gint32 *ids = g_new (gint32, 2 * period + 1);
    for (guint i = 0; i < n; i++) {
        g_autofree char *title = g_strdup_printf ("random repeat %u", i + 1);
        fovea_random_repeat_tokens (seed, i, bos, first, end, period, ids);
        FoveaTraceInfo *info = fovea_texts_from_ids (model, title, ids, 2 * period + extra, error);
        if (info == NULL)
            return NULL;
        info->repeat_period = period;
        g_ptr_array_add (all, info);
    }
    return g_steal_pointer (&all);
}
