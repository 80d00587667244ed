/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* The strict reader of JSON: what it refuses, at which byte, and that nothing else is refused.
 * Keys that occur twice are found by counting members, so random texts are compared with a writer
 * that knows whether it repeated one. */
#include <string.h>

#include "capture/json.h"
#include "tests/support.h"

static const struct {
    const char *text;
    const char *word; /* of the message */
} refused[] = {
    {"", "byte 100"},
    {"[1]", "not a JSON object"},
    {"7", "not a JSON object"},
    {"{\"a\":1,\"a\":2}", "\"a\" occurs twice"},
    {"{\"a\":1,\"a\":1}", "\"a\" occurs twice"},
    {"{\"b\":[1,{\"c\":[{\"d\":1,\"e\":0,\"d\":2}]}]}", "\"d\" occurs twice"},
    /* What the second occurrence throws away has members itself. */
    {"{\"a\":{\"x\":1,\"y\":{\"z\":2}},\"b\":3,\"a\":{}}", "\"a\" occurs twice"},
    {"{\"a\":{},\"a\":{\"x\":1}}", "\"a\" occurs twice"},
    /* The same key, once escaped. */
    {"{\"a\":1,\"\\u0061\":2}", "\"a\" occurs twice"},
    {"{\"\":1,\"\":2}", "\"\" occurs twice"},
    {"{\"a\":1", "byte 106: an end before"},
    {"{\"a\":1]", "byte 106: a bracket"},
    {"{\"a\":\"", "byte 105: a string that does not end"},
    {"{\"a\":\"\\\"}", "byte 105: a string that does not end"},
    {"{\"a\":1}}", "byte 107: a bracket"},
    {"{\"a\":'b'}", "byte 105: a character"},
    {"{\"a\":1;}", "byte 106: a character"},
    {"{/* */}", "byte 101: a character"},
    {"{\"a\":\"\xc3\"}", "byte 106: text is not UTF-8"},
    {"{\"a\":\xc3\xa4}", "byte 105: a character"},
    {"{\"a\"::1}", "does not parse"},
    {"{\"a\":1:2}", "does not parse"},
    {"{\"a\",1}", "does not parse"},
};

START_TEST (flaw_is_refused_at_its_byte)
{
    g_autoptr (GError) error = NULL;
    const char *text = refused[_i].text;
    /* Exactly as long as the text: a read behind it is one that a sanitizer sees. */
    g_autofree char *bytes = g_memdup2 (text, strlen (text));
    g_autoptr (JsonObject) object =
        fovea_json_parse_object (bytes, strlen (text), "evil", 100, &error);
    ck_assert_ptr_null (object);
    ck_assert_msg (g_error_matches (error, FOVEA_ERROR, FOVEA_ERROR_FORMAT), "%s", text);
    ck_assert_msg (g_str_has_prefix (error->message, "evil: "), "%s", error->message);
    ck_assert_msg (strstr (error->message, refused[_i].word) != NULL, "%s: \"%s\" lacks \"%s\"",
                   text, error->message, refused[_i].word);
}
END_TEST

static const char *const accepted[] = {
    "{}",
    "{\"a\":{\"a\":{\"a\":1}}}",
    "{\"a\":[{\"b\":1},{\"b\":1}]}",
    "{\"a:b\":\":\",\":\":\"\\\":\\\"\",\"::\":[\":\",\":{\"]}",
    "\t{\r\n \"a\" : -1.5e+3 , \"b\" : [ true , false , null , [ ] ] }\n",
    "{\"a\":1,\"A\":1,\"a \":1,\"\":1}",
    "{\"\xc3\xa4\":1,\"a\xcc\x88\":1}",
};

START_TEST (colons_in_strings_and_equal_keys_of_other_objects_are_no_repetition)
{
    g_autoptr (GError) error = NULL;
    g_autoptr (JsonObject) object =
        fovea_json_parse_object (accepted[_i], strlen (accepted[_i]), "good", 0, &error);
    ck_assert_msg (object != NULL, "%s: %s", accepted[_i], error != NULL ? error->message : "");
}
END_TEST

START_TEST (zero_byte_is_refused_where_it_stands)
{
    g_autoptr (GError) error = NULL;
    static const char text[] = "{\"a\":\0001}";
    ck_assert_ptr_null (fovea_json_parse_object (text, sizeof text - 1, "evil", 0, &error));
    ck_assert_msg (strstr (error->message, "byte 5: a zero byte") != NULL, "%s", error->message);
}
END_TEST

static void
nest (GString *text, guint depth)
{
    g_string_assign (text, "{\"a\":");
    for (guint i = 1; i < depth; i++)
        g_string_append_c (text, '[');
    for (guint i = 1; i < depth; i++)
        g_string_append_c (text, ']');
    g_string_append_c (text, '}');
}

START_TEST (nesting_ends_at_the_stated_depth)
{
    g_autoptr (GError) error = NULL;
    g_autoptr (GString) text = g_string_new (NULL);
    nest (text, FOVEA_JSON_MAX_DEPTH);
    g_autoptr (JsonObject) deepest =
        fovea_json_parse_object (text->str, text->len, "deep", 0, &error);
    ck_assert_ptr_nonnull (deepest);
    nest (text, FOVEA_JSON_MAX_DEPTH + 1);
    ck_assert_ptr_null (fovea_json_parse_object (text->str, text->len, "deep", 0, &error));
    ck_assert_msg (strstr (error->message, "nested too deeply") != NULL, "%s", error->message);
}
END_TEST

/* Writes a random value and says whether some object in it has a key twice. */
static gboolean
write_random (GRand *rand, GString *text, guint depth)
{
    gboolean twice = FALSE, object = depth == 0 || g_rand_boolean (rand);
    guint64 seen = 0;
    gint n = g_rand_int_range (rand, 0, 5);
    if (depth > 3 || (depth > 0 && g_rand_int_range (rand, 0, 3) == 0)) {
        g_string_append (text, g_rand_boolean (rand) ? "\"{a:1}\"" : "-2");
        return FALSE;
    }
    g_string_append_c (text, object ? '{' : '[');
    for (gint i = 0; i < n; i++) {
        gint key = g_rand_int_range (rand, 0, 20);
        g_string_append (text, i > 0 ? ", " : "");
        if (object) {
            g_string_append_printf (text, "\"%c:\" : ", 'a' + key);
            twice |= (seen >> key & 1) != 0;
            seen |= G_GUINT64_CONSTANT (1) << key;
        }
        twice |= write_random (rand, text, depth + 1);
    }
    g_string_append_c (text, object ? '}' : ']');
    return twice;
}

START_TEST (random_texts_are_refused_exactly_if_a_key_repeats)
{
    g_autoptr (GRand) rand = g_rand_new_with_seed (7);
    guint n_twice = 0;
    for (guint i = 0; i < 2000; i++) {
        g_autoptr (GError) error = NULL;
        g_autoptr (GString) text = g_string_new (NULL);
        gboolean twice = write_random (rand, text, 0);
        g_autoptr (JsonObject) object =
            fovea_json_parse_object (text->str, text->len, "random", 0, &error);
        ck_assert_msg ((object == NULL) == twice, "%s: %s", text->str,
                       error != NULL ? error->message : "accepted");
        ck_assert (object != NULL || strstr (error->message, "occurs twice") != NULL);
        n_twice += twice ? 1 : 0;
    }
    ck_assert_uint_gt (n_twice, 200); /* neither side of the comparison is empty */
    ck_assert_uint_lt (n_twice, 1800);
}
END_TEST

/* Members of the wrong kind are taken for absent, not converted. */
START_TEST (members_are_read_by_their_kind)
{
    static const char text[] = "{\"text\": \"a\", \"empty\": \"\", \"number\": 3, \"null\": null,"
                               " \"true\": true, \"list\": [\"a\"], \"object\": {\"text\": \"b\"}}";
    static const char *const others[] = {"number", "null", "true", "list", "none"};
    g_autoptr (JsonObject) object =
        fovea_json_parse_object (text, sizeof text - 1, "members", 0, NULL);
    ck_assert_ptr_nonnull (object);
    ck_assert_str_eq (fovea_json_get_text (object, "text"), "a");
    ck_assert_str_eq (fovea_json_get_text (object, "empty"), "");
    ck_assert_ptr_null (fovea_json_get_text (object, "object"));
    JsonObject *inner = fovea_json_get_object (object, "object");
    ck_assert_str_eq (fovea_json_get_text (inner, "text"), "b");
    for (guint i = 0; i < G_N_ELEMENTS (others); i++) {
        ck_assert_ptr_null (fovea_json_get_text (object, others[i]));
        ck_assert_ptr_null (fovea_json_get_object (object, others[i]));
    }
    ck_assert_ptr_null (fovea_json_get_object (object, "text"));
    ck_assert_ptr_null (fovea_json_get_text (NULL, "text"));
    ck_assert_ptr_null (fovea_json_get_object (NULL, "object"));
}
END_TEST

int
main (void)
{
    Suite *suite = suite_create ("json");
    TCase *one = tcase_create ("one text");
    tcase_add_loop_test (one, flaw_is_refused_at_its_byte, 0, G_N_ELEMENTS (refused));
    tcase_add_loop_test (one, colons_in_strings_and_equal_keys_of_other_objects_are_no_repetition,
                         0, G_N_ELEMENTS (accepted));
    tcase_add_test (one, zero_byte_is_refused_where_it_stands);
    tcase_add_test (one, nesting_ends_at_the_stated_depth);
    tcase_add_test (one, members_are_read_by_their_kind);
    suite_add_tcase (suite, one);
    TCase *random = tcase_create ("random texts");
    tcase_add_test (random, random_texts_are_refused_exactly_if_a_key_repeats);
    suite_add_tcase (suite, random);
    return support_run (suite);
}
