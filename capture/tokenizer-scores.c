/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* From scores to merges: tokens are sorted by score once, and every split of each is looked up.
 * Cost: a look-up for each character of the vocabulary, about 0.2 s for 262,144 tokens. */
#include "capture/tokenizer-scores.h"

#include <string.h>

typedef struct {
    float score;
    gint32 id;
} Ranked;

static int
best_first (gconstpointer a, gconstpointer b)
{
    const Ranked *x = a, *y = b;
    if (x->score != y->score)
        return x->score > y->score ? -1 : 1;
    return x->id < y->id ? -1 : x->id > y->id;
}

static void
add_splits (const FoveaVocabulary *vocabulary,
            const FoveaScoredToken *tokens,
            const Ranked *token,
            guint32 rank,
            GArray *merges)
{
    gsize length;
    const char *text = fovea_vocabulary_get (vocabulary, token->id, &length);
    for (gsize at = 0; at < length;) {
        at += g_utf8_skip[(guchar) text[at]];
        if (at >= length)
            break;
        gint32 left = fovea_vocabulary_lookup (vocabulary, text, at);
        gint32 right =
            left >= 0 ? fovea_vocabulary_lookup (vocabulary, text + at, length - at) : -1;
        if (right < 0 || !tokens[left].joins || !tokens[right].joins)
            continue;
        FoveaBpeMerge merge = {left, right, token->id, rank};
        g_array_append_val (merges, merge);
    }
}

GArray *
fovea_scores_list_merges (const FoveaVocabulary *vocabulary,
                          const FoveaScoredToken *tokens,
                          guint n)
{
    GArray *merges = g_array_new (FALSE, FALSE, sizeof (FoveaBpeMerge));
    g_autoptr (GArray) order = g_array_new (FALSE, FALSE, sizeof (Ranked));
    for (guint i = 0; i < n; i++) {
        Ranked token = {tokens[i].score, (gint32) i};
        if (tokens[i].joins)
            g_array_append_val (order, token);
    }
    g_array_sort (order, best_first);
    guint32 rank = 0;
    for (guint i = 0; i < order->len; i++) {
        const Ranked *token = &g_array_index (order, Ranked, i);
        if (i > 0 && token[-1].score != token->score)
            rank = i;
        add_splits (vocabulary, tokens, token, rank, merges);
    }
    return merges;
}

JsonObject *
fovea_stages_parse (const char *text)
{
    g_autoptr (JsonParser) parser = json_parser_new ();
    gboolean sound = json_parser_load_from_data (parser, text, -1, NULL);
    g_assert (sound);
    return json_object_ref (json_node_get_object (json_parser_get_root (parser)));
}

JsonObject *
fovea_scores_new_stages (gboolean prefix, gboolean collapse)
{
    static const char collapsing[] =
        "{\"type\":\"Strip\",\"strip_left\":true,\"strip_right\":true},"
        "{\"type\":\"Replace\",\"pattern\":{\"Regex\":\" {2,}\"},\"content\":\" \"},";
    g_autofree char *text = g_strdup_printf (
        "{\"normalizer\":{\"type\":\"Sequence\",\"normalizers\":[%s%s"
        "{\"type\":\"Replace\",\"pattern\":{\"String\":\" \"},\"content\":\"\u2581\"}]},"
        "\"decoder\":{\"type\":\"Sequence\",\"decoders\":["
        "{\"type\":\"Replace\",\"pattern\":{\"String\":\"\u2581\"},\"content\":\" \"},"
        "{\"type\":\"ByteFallback\"},{\"type\":\"Fuse\"}%s]},\"added_tokens\":[]}",
        collapse ? collapsing : "", prefix ? "{\"type\":\"Prepend\",\"prepend\":\"\u2581\"}," : "",
        prefix ? ",{\"type\":\"Strip\",\"content\":\" \",\"start\":1,\"stop\":0}" : "");
    return fovea_stages_parse (text);
}

void
fovea_stages_add_token (JsonObject *stages, gint32 id, const char *content, gboolean special)
{
    JsonObject *token = json_object_new ();
    json_object_set_int_member (token, "id", id);
    json_object_set_string_member (token, "content", content);
    json_object_set_boolean_member (token, "special", special);
    json_object_set_boolean_member (token, "normalized", FALSE);
    json_array_add_object_element (json_object_get_array_member (stages, "added_tokens"), token);
}

void
fovea_stages_set_around (JsonObject *stages, gint64 before, gint64 after)
{
    static const char marks[2][64] = {"{\"SpecialToken\":{\"id\":\"before\"}},",
                                      ",{\"SpecialToken\":{\"id\":\"after\"}}"};
    g_autofree char *text = g_strdup_printf (
        "{\"type\":\"TemplateProcessing\",\"single\":[%s{\"Sequence\":{\"id\":\"A\"}}%s],"
        "\"special_tokens\":{\"before\":{\"ids\":[%" G_GINT64_FORMAT
        "]},\"after\":{\"ids\":[%" G_GINT64_FORMAT "]}}}",
        before >= 0 ? marks[0] : "", after >= 0 ? marks[1] : "", MAX (before, 0), MAX (after, 0));
    json_object_set_object_member (stages, "post_processor", fovea_stages_parse (text));
}
