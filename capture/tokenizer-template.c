/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Post-processors reduce to two lists of ids, because Fovea never encodes pairs of texts. A
 * ByteLevel post-processor only trims spaces off places; Fovea's places keep them, as the token
 * does. */
#include "capture/tokenizer-template.h"

#include <string.h>

#include "capture/tokenizer-model.h"

typedef struct {
    FoveaTemplate *around;
    const FoveaVocabulary *vocabulary;
} Reading;

static gboolean
append_id (const Reading *reading, GArray *list, gint64 id, GError **error)
{
    guint size = fovea_vocabulary_get_size (reading->vocabulary);
    if (id < 0 || id >= size) {
        g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_RANGE,
                     "tokenizer.json: post_processor: id %" G_GINT64_FORMAT " is not in 0 .. %u",
                     id, size - 1);
        return FALSE;
    }
    gint32 small = (gint32) id;
    g_array_append_val (list, small);
    return TRUE;
}

/* Ids of a special token of a template. */
static gboolean
append_special (
    const Reading *reading, JsonObject *specials, const char *name, GArray *list, GError **error)
{
    JsonObject *special = NULL;
    JsonArray *ids = NULL;
    if (specials != NULL && json_object_has_member (specials, name))
        special = fovea_tokenizer_json_object (specials, name, NULL);
    if (special != NULL)
        ids = fovea_tokenizer_json_array (special, "ids", NULL);
    if (ids == NULL) {
        g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_FORMAT,
                     "tokenizer.json: post_processor: special token '%.40s' has no ids", name);
        return FALSE;
    }
    for (guint i = 0; i < json_array_get_length (ids); i++) {
        JsonNode *node = json_array_get_element (ids, i);
        gint64 id = JSON_NODE_HOLDS_VALUE (node) ? json_node_get_int (node) : -1;
        if (!append_id (reading, list, id, error))
            return FALSE;
    }
    return TRUE;
}

typedef struct {
    const Reading *reading;
    JsonObject *specials;
    gboolean behind; /* the text's place was passed */
} TemplateWalk;

static gboolean
read_template_part (gpointer data, JsonObject *part, GError **error)
{
    TemplateWalk *walk = data;
    FoveaTemplate *around = walk->reading->around;
    JsonObject *special = fovea_tokenizer_json_object (part, "SpecialToken", NULL);
    if (special == NULL) {
        walk->behind = TRUE;
        return TRUE;
    }
    const char *name = fovea_tokenizer_json_string (special, "id", "");
    GArray *list = walk->behind ? around->after : around->before;
    return append_special (walk->reading, walk->specials, name, list, error);
}

static gboolean
read_template (const Reading *reading, JsonObject *object, GError **error)
{
    JsonObject *specials = fovea_tokenizer_json_object (object, "special_tokens", NULL);
    TemplateWalk walk = {reading, specials, FALSE};
    return fovea_tokenizer_json_parts (object, "single", read_template_part, &walk, error);
}

/* BERT's and RoBERTa's older form: "cls": ["[CLS]", 101]. */
static gboolean
read_pair_member (
    const Reading *reading, JsonObject *object, const char *member, GArray *list, GError **error)
{
    JsonArray *pair = fovea_tokenizer_json_array (object, member, NULL);
    if (pair == NULL || json_array_get_length (pair) != 2 ||
        !JSON_NODE_HOLDS_VALUE (json_array_get_element (pair, 1))) {
        g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_FORMAT,
                     "tokenizer.json: post_processor: '%s' is no pair of token and id", member);
        return FALSE;
    }
    return append_id (reading, list, json_array_get_int_element (pair, 1), error);
}

static gboolean
read_post_processor (gpointer data, JsonObject *object, GError **error)
{
    Reading *reading = data;
    const char *type = fovea_tokenizer_json_string (object, "type", "?");
    if (strcmp (type, "Sequence") == 0)
        return fovea_tokenizer_json_parts (object, "processors", read_post_processor, data, error);
    if (strcmp (type, "TemplateProcessing") == 0)
        return read_template (reading, object, error);
    if (strcmp (type, "ByteLevel") == 0)
        return TRUE;
    if (strcmp (type, "BertProcessing") == 0 || strcmp (type, "RobertaProcessing") == 0)
        return read_pair_member (reading, object, "cls", reading->around->before, error) &&
               read_pair_member (reading, object, "sep", reading->around->after, error);
    return fovea_tokenizer_refuse ("post_processor", type, error);
}

/* Id of "bos_token": "<s>" or {"content": "<s>"}; -1 if there is none. */
static gint32
config_token (JsonObject *config, const char *member, const FoveaVocabulary *vocabulary)
{
    const char *text = fovea_tokenizer_json_string (config, member, NULL);
    JsonObject *object = fovea_tokenizer_json_object (config, member, NULL);
    if (text == NULL && object != NULL)
        text = fovea_tokenizer_json_string (object, "content", NULL);
    return text == NULL ? -1 : fovea_vocabulary_lookup (vocabulary, text, strlen (text));
}

static void
apply_config (FoveaTemplate *around, JsonObject *config, const FoveaVocabulary *vocabulary)
{
    gint32 bos = config_token (config, "bos_token", vocabulary);
    gint32 eos = config_token (config, "eos_token", vocabulary);
    GArray *before = around->before, *after = around->after;
    if (bos >= 0 && json_object_has_member (config, "add_bos_token")) {
        gboolean has = before->len > 0 && g_array_index (before, gint32, 0) == bos;
        gboolean wants = fovea_tokenizer_json_boolean (config, "add_bos_token", has);
        if (wants && !has)
            g_array_prepend_val (before, bos);
        else if (has && !wants)
            g_array_remove_index (before, 0);
    }
    if (eos >= 0 && json_object_has_member (config, "add_eos_token")) {
        gboolean has = after->len > 0 && g_array_index (after, gint32, after->len - 1) == eos;
        gboolean wants = fovea_tokenizer_json_boolean (config, "add_eos_token", has);
        if (wants && !has)
            g_array_append_val (after, eos);
        else if (has && !wants)
            g_array_remove_index (after, after->len - 1);
    }
}

FoveaTemplate *
fovea_template_new_from_json (JsonObject *post_processor,
                              JsonObject *config,
                              const FoveaVocabulary *vocabulary,
                              GError **error)
{
    g_autoptr (FoveaTemplate) around = g_new (FoveaTemplate, 1);
    around->before = g_array_new (FALSE, FALSE, sizeof (gint32));
    around->after = g_array_new (FALSE, FALSE, sizeof (gint32));
    Reading reading = {around, vocabulary};
    if (post_processor != NULL && !read_post_processor (&reading, post_processor, error))
        return NULL;
    if (config != NULL)
        apply_config (around, config, vocabulary);
    return g_steal_pointer (&around);
}

void
fovea_template_free (FoveaTemplate *around)
{
    if (around == NULL)
        return;
    g_array_unref (around->before);
    g_array_unref (around->after);
    g_free (around);
}
