/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Words of the first-letter task. A prompt ends with the word: later tokens could not change the row of a
 * model that looks back only, and the word's last token is then found by its place in the text. */
#include <string.h>

#include "app/sae-bench-runner.h"
#include "capture/random.h"
#include "capture/texts.h"

enum {
    WORDS_TASK = 13,   /* of the random streams that order words, */
    EXAMPLES_TASK = 14 /* and choose examples */
};

void
fovea_sae_bench_words_free (FoveaSaeBenchWords *words)
{
    if (words == NULL)
        return;
    fovea_sae_codes_free (words->codes);
    g_clear_pointer (&words->words, g_ptr_array_unref);
    g_free (words->x);
    g_free (words->letters);
    g_free (words);
}

/* The word of a token that is a space and two letters or more, else NULL. */
static char *
read_word (FoveaTokenizer *tokenizer, gint32 id)
{
    gsize length;
    const char *bytes = fovea_tokenizer_get_bytes (tokenizer, id, &length);
    if (length < 3 || bytes[0] != ' ' || fovea_tokenizer_is_special (tokenizer, id))
        return NULL;
    for (gsize i = 1; i < length; i++)
        if (!g_ascii_isalpha (bytes[i]))
            return NULL;
    return g_strndup (bytes + 1, length - 1);
}

/* All words of the vocabulary in the order of the seed, at most @most. */
static GPtrArray *
list_words (FoveaTokenizer *tokenizer, gint64 most, guint64 seed)
{
    GPtrArray *words = g_ptr_array_new_with_free_func (g_free);
    FoveaRandom random;
    fovea_random_init_stream (&random, seed, WORDS_TASK, 0);
    for (guint id = 0; id < fovea_tokenizer_get_size (tokenizer); id++) {
        char *word = read_word (tokenizer, (gint32) id);
        if (word != NULL)
            g_ptr_array_add (words, word);
    }
    for (guint i = words->len; i-- > 1;) {
        guint j = (guint) fovea_random_below (&random, (guint64) i + 1);
        gpointer kept = words->pdata[i];
        words->pdata[i] = words->pdata[j];
        words->pdata[j] = kept;
    }
    if (most > 0 && words->len > most)
        g_ptr_array_set_size (words, (gint) most);
    return words;
}

/* "tartan has the first letter: T\n" for some other words, then the word. @start: where it begins. */
static char *
write_prompt (GPtrArray *words, guint at, guint n_examples, guint64 seed, gsize *start)
{
    FoveaRandom random;
    g_autoptr (GString) text = g_string_new (NULL);
    fovea_random_init_stream (&random, seed, EXAMPLES_TASK, at);
    for (guint i = 0; i < n_examples && words->len > 1; i++) {
        guint other = (guint) fovea_random_below (&random, words->len - 1);
        const char *word = g_ptr_array_index (words, other + (other >= at));
        g_string_append_printf (text, " %s has the first letter: %c\n", word,
                                g_ascii_toupper (word[0]));
    }
    *start = text->len;
    g_string_append_printf (text, " %s", (const char *) g_ptr_array_index (words, at));
    return g_string_free (g_steal_pointer (&text), FALSE);
}

/* Tokens up to the last that holds some of the word; the rest of the prompt is cut at the front if it is
 * longer than @longest. */
static FoveaTraceInfo *
tokenize_prompt (const FoveaSaeBenchRunner *r,
                 FoveaTokenizer *tokenizer,
                 const char *prompt,
                 gsize start,
                 GError **error)
{
    g_autoptr (GArray) tokens = fovea_tokenizer_encode (tokenizer, prompt, -1, TRUE, error);
    if (tokens == NULL)
        return NULL;
    g_autofree gint32 *ids = g_new (gint32, tokens->len + 1);
    gint64 n = 0;
    for (guint i = 0; i < tokens->len; i++) {
        const FoveaToken *token = &g_array_index (tokens, FoveaToken, i);
        ids[i] = token->id;
        if (token->end > token->start && token->end > (gint64) start)
            n = i + 1;
    }
    gint64 cut = MAX (n - r->longest, 0);
    return fovea_texts_from_ids (r->model, "word", ids + cut, n - cut, error);
}

static gboolean
add_word (FoveaSaeBenchRunner *r,
          FoveaSaeBenchWords *out,
          const FoveaTraceInfo *info,
          const char *word,
          GCancellable *cancellable,
          GError **error)
{
    g_autofree float *x = fovea_sae_bench_runner_run (r, info, cancellable, error);
    if (x == NULL)
        return FALSE;
    memcpy (out->x + out->n * out->d, x + (info->n_tokens - 1) * out->d,
            (gsize) out->d * sizeof *x);
    out->letters[out->n++] = g_ascii_tolower (word[0]);
    return TRUE;
}

/* Rows of all words, not encoded yet. */
static gboolean
run_words (FoveaSaeBenchRunner *r,
           FoveaTokenizer *tokenizer,
           FoveaSaeBenchWords *out,
           guint n_examples,
           guint64 seed,
           FoveaSaeBenchProgress progress,
           gpointer progress_data,
           GCancellable *cancellable,
           GError **error)
{
    for (guint i = 0; i < out->words->len; i++) {
        gsize start;
        const char *word = g_ptr_array_index (out->words, i);
        g_autofree char *prompt = write_prompt (out->words, i, n_examples, seed, &start);
        g_autoptr (FoveaTraceInfo) info = tokenize_prompt (r, tokenizer, prompt, start, error);
        if (info == NULL || !add_word (r, out, info, word, cancellable, error)) {
            g_prefix_error (error, "word \"%s\": ", word);
            return FALSE;
        }
        if (progress != NULL)
            progress (progress_data, i + 1, out->words->len);
    }
    return TRUE;
}

FoveaSaeBenchWords *
fovea_sae_bench_read_words (const FoveaSaeBenchSource *source,
                            gint64 most,
                            guint n_examples,
                            FoveaSaeBenchProgress progress,
                            gpointer progress_data,
                            GCancellable *cancellable,
                            GError **error)
{
    g_auto (FoveaSaeBenchRunner) runner = {NULL};
    if (!fovea_sae_bench_runner_open (&runner, source, 16 * (n_examples + 1), error))
        return NULL;
    FoveaTokenizer *tokenizer = fovea_model_get_tokenizer (runner.model, error);
    if (tokenizer == NULL)
        return NULL;
    g_autoptr (FoveaSaeBenchWords) out = g_new0 (FoveaSaeBenchWords, 1);
    out->words = list_words (tokenizer, most, source->seed);
    if (out->words->len < 2) {
        g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_NOT_FOUND,
                     "absorption: the vocabulary of %s has no tokens of a space and letters",
                     source->model);
        return NULL;
    }
    out->d = source->sae->d_in;
    out->x = g_new (float, (gsize) out->words->len *(gsize) out->d);
    out->letters = g_new (char, out->words->len);
    if (!run_words (&runner, tokenizer, out, n_examples, source->seed, progress, progress_data,
                    cancellable, error))
        return NULL;
    out->codes = fovea_sae_encoder_run (runner.encoder, out->n, out->x, error);
    return out->codes != NULL ? g_steal_pointer (&out) : NULL;
}
