/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Files tokenizer.json that are refused, and where they say so. */
#include "capture/tokenizer.h"
#include "kernels/error.h"
#include "tests/support.h"
#include "tests/tokenizer-json.h"

#include <string.h>

static void
assert_refused (const char *json, FoveaError code, const char *part)
{
    g_autoptr (GError) error = NULL;
    g_autoptr (FoveaTokenizer) tokenizer =
        fovea_tokenizer_new_from_json (json, -1, NULL, 0, &error);
    ck_assert_msg (tokenizer == NULL, "accepted: %s", json);
    ck_assert_msg (g_error_matches (error, FOVEA_ERROR, code), "%s", error->message);
    ck_assert_msg (strstr (error->message, part) != NULL, "'%s' does not name '%s'", error->message,
                   part);
}
/* Whoever does not ask why is only told that it failed. */
START_TEST (refusals_need_no_error_to_fill)
{
    static const char *const files[] = {
        "",
        "{}",
        AROUND ("{\"type\":\"BertProcessing\",\"cls\":3}"),
        BPE ("\"a\""),
        "{\"model\":{\"type\":\"BPE\",\"vocab\":{\"a\":-1}}}",
        "{\"normalizer\":{\"type\":\"Sequence\",\"normalizers\":[3]}}"};
    for (guint i = 0; i < G_N_ELEMENTS (files); i++)
        ck_assert_ptr_null (fovea_tokenizer_new_from_json (files[i], -1, NULL, 0, NULL));
}
END_TEST
START_TEST (unknown_parts_are_refused_by_name)
{
    assert_refused ("{\"model\":{\"type\":\"Syllables\",\"vocab\":[]}}", FOVEA_ERROR_UNSUPPORTED,
                    "Syllables");
    assert_refused ("{\"normalizer\":{\"type\":\"Transliterate\"}}", FOVEA_ERROR_UNSUPPORTED,
                    "Transliterate");
    assert_refused ("{\"pre_tokenizer\":{\"type\":\"Syllables\"}}", FOVEA_ERROR_UNSUPPORTED,
                    "Syllables");
    assert_refused ("{\"decoder\":{\"type\":\"Viterbi\"}}", FOVEA_ERROR_UNSUPPORTED, "Viterbi");
    assert_refused ("{\"post_processor\":{\"type\":\"Other\"},\"model\":{\"type\":\"BPE\","
                    "\"vocab\":{},\"merges\":[]}}",
                    FOVEA_ERROR_UNSUPPORTED, "Other");
    assert_refused (TINY (",\"dropout\":0.1"), FOVEA_ERROR_UNSUPPORTED, "dropout");
    assert_refused ("{\"pre_tokenizer\":{\"type\":\"Split\",\"pattern\":{\"String\":\"x\"},"
                    "\"behavior\":\"Sideways\"}}",
                    FOVEA_ERROR_UNSUPPORTED, "Sideways");
}
END_TEST

START_TEST (malformed_files_are_refused_with_the_place)
{
    assert_refused ("", FOVEA_ERROR_FORMAT, "tokenizer.json");
    assert_refused ("[]", FOVEA_ERROR_FORMAT, "not a JSON object");
    assert_refused ("{}", FOVEA_ERROR_FORMAT, "model");
    assert_refused ("{\"model\":3}", FOVEA_ERROR_FORMAT, "model");
    assert_refused ("{\"model\":{\"type\":\"BPE\",\"vocab\":[]}}", FOVEA_ERROR_FORMAT, "vocab");
    assert_refused ("{\"model\":{\"type\":\"BPE\",\"vocab\":{\"a\":-1}}}", FOVEA_ERROR_RANGE, "-1");
    assert_refused ("{\"model\":{\"type\":\"BPE\",\"vocab\":{\"a\":99999999}}}", FOVEA_ERROR_RANGE,
                    "99999999");
    assert_refused ("{\"model\":{\"type\":\"BPE\",\"vocab\":{\"a\":0,\"b\":0}}}",
                    FOVEA_ERROR_FORMAT, "both have id 0");
    assert_refused (BPE ("\"a q\""), FOVEA_ERROR_FORMAT, "'q'");
    assert_refused (BPE ("\"a\""), FOVEA_ERROR_FORMAT, "merge 0");
    assert_refused (TINY (",\"unk_token\":\"nope\""), FOVEA_ERROR_FORMAT, "nope");
    assert_refused ("{\"normalizer\":{\"type\":\"Replace\",\"pattern\":{\"Regex\":\"(\"}}}",
                    FOVEA_ERROR_FORMAT, "pattern '('");
    assert_refused ("{\"x\":\"\xff\"}", FOVEA_ERROR_FORMAT, "byte 6");
    assert_refused ("{\"normalizer\":{\"type\":\"Sequence\",\"normalizers\":3}}",
                    FOVEA_ERROR_FORMAT, "'normalizers' is no list");
    assert_refused ("{\"normalizer\":{\"type\":\"Sequence\",\"normalizers\":[3]}}",
                    FOVEA_ERROR_FORMAT, "element 0 of 'normalizers' is no object");
    assert_refused ("{\"pre_tokenizer\":{\"type\":\"Sequence\"}}", FOVEA_ERROR_FORMAT,
                    "'pretokenizers' is no list");
    assert_refused ("{\"decoder\":{\"type\":\"Sequence\",\"decoders\":[{},[]]}}",
                    FOVEA_ERROR_UNSUPPORTED, "decoder");
    assert_refused (
        "{\"added_tokens\":[7],\"model\":{\"type\":\"BPE\",\"vocab\":{},\"merges\":[]}}",
        FOVEA_ERROR_FORMAT, "element 0 of 'added_tokens' is no object");
    assert_refused (AROUND ("{\"type\":\"BertProcessing\",\"cls\":3}"), FOVEA_ERROR_FORMAT,
                    "'cls' is no pair");
    assert_refused (AROUND ("{\"type\":\"BertProcessing\",\"cls\":[\"a\"]}"), FOVEA_ERROR_FORMAT,
                    "'cls' is no pair");
    assert_refused (AROUND ("{\"type\":\"RobertaProcessing\",\"cls\":[\"a\",0],\"sep\":[1,[]]}"),
                    FOVEA_ERROR_FORMAT, "'sep' is no pair");
    assert_refused (AROUND ("{\"type\":\"Sequence\",\"processors\":{}}"), FOVEA_ERROR_FORMAT,
                    "'processors' is no list");
    g_autoptr (GString) deep = g_string_new ("{\"a\":");
    for (guint i = 0; i < 100000; i++)
        g_string_append_c (deep, '[');
    assert_refused (deep->str, FOVEA_ERROR_FORMAT, "nested too deeply");
}
END_TEST

#define UNIGRAM(pieces) "{\"model\":{\"type\":\"Unigram\",\"unk_id\":0,\"vocab\":[" pieces "]}}"
#define WITH(member)    "{\"model\":{\"type\":\"BPE\",\"vocab\":{},\"merges\":[]}," member "}"

/* Elements and members of another kind than they should have: json-glib would give 0 or nothing. */
static const struct {
    const char *json, *part;
} other_kinds[] = {
    {BPE ("[\"a\"]"), "merge 0"},
    {BPE ("[\"a\",\"b\",\"c\"]"), "merge 0"},
    {BPE ("[\"a\",7]"), "merge 0"},
    {BPE ("[null,\"a\"]"), "merge 0"},
    {BPE ("7"), "merge 0"},
    {BPE ("{}"), "merge 0"},
    {BPE ("null"), "merge 0"},
    {BPE ("\"a b c\""), "merge 0"},
    {UNIGRAM ("[\"a\",-1],7"), "element 1 of 'vocab' is no piece with a score"},
    {UNIGRAM ("[\"a\",-1],[]"), "element 1 of 'vocab' is no piece with a score"},
    {UNIGRAM ("\"a\""), "element 0 of 'vocab' is no piece with a score"},
    {UNIGRAM ("[7,-1]"), "element 0 of 'vocab' is no piece with a score"},
    {UNIGRAM ("[[\"a\"],-1]"), "element 0 of 'vocab' is no piece with a score"},
    {WITH ("\"normalizer\":7"), "'normalizer' is no object"},
    {WITH ("\"pre_tokenizer\":[]"), "'pre_tokenizer' is no object"},
    {WITH ("\"post_processor\":\"x\""), "'post_processor' is no object"},
    {WITH ("\"decoder\":[{}]"), "'decoder' is no object"},
    {WITH ("\"added_tokens\":{}"), "'added_tokens' is no list"},
    {WITH ("\"added_tokens\":7"), "'added_tokens' is no list"},
};

START_TEST (members_of_another_kind_are_refused)
{
    assert_refused (other_kinds[_i].json, FOVEA_ERROR_FORMAT, other_kinds[_i].part);
}
END_TEST

#define SPLIT(pattern)                                                                             \
    "{\"pre_tokenizer\":{\"type\":\"Split\",\"behavior\":\"Isolated\",\"pattern\":" pattern "}}"
#define TEMPLATE(specials)                                                                         \
    AROUND ("{\"type\":\"TemplateProcessing\",\"single\":[{\"SpecialToken\":{\"id\":\"[X]\"}}],"   \
            "\"special_tokens\":" specials "}")

/* Parts that are known, with what they cannot do. */
static const struct {
    const char *json;
    int code;
    const char *part;
} contents[] = {
    {"{\"pre_tokenizer\":{\"type\":\"CharDelimiterSplit\",\"delimiter\":\"ab\"}}",
     FOVEA_ERROR_FORMAT, "'delimiter' 'ab' is not one character"},
    {"{\"pre_tokenizer\":{\"type\":\"CharDelimiterSplit\"}}", FOVEA_ERROR_FORMAT,
     "'delimiter' '' is not one character"},
    {"{\"pre_tokenizer\":{\"type\":\"FixedLength\",\"length\":0}}", FOVEA_ERROR_UNSUPPORTED,
     "'length' 0 of FixedLength is not 1 to 65535"},
    {"{\"pre_tokenizer\":{\"type\":\"FixedLength\",\"length\":65536}}", FOVEA_ERROR_UNSUPPORTED,
     "'length' 65536 of FixedLength"},
    {SPLIT ("{}"), FOVEA_ERROR_FORMAT, "'pattern' holds neither 'String' nor 'Regex'"},
    {SPLIT ("{\"String\":\"\"}"), FOVEA_ERROR_FORMAT, "'pattern' holds neither"},
    {SPLIT ("7"), FOVEA_ERROR_FORMAT, "'pattern' holds neither"},
    {TEMPLATE ("{}"), FOVEA_ERROR_FORMAT, "special token '[X]' has no ids"},
    {TEMPLATE ("{\"[X]\":7}"), FOVEA_ERROR_FORMAT, "special token '[X]' has no ids"},
    {TEMPLATE ("{\"[X]\":{\"ids\":3}}"), FOVEA_ERROR_FORMAT, "special token '[X]' has no ids"},
    {TEMPLATE ("{\"[X]\":{\"ids\":[1]}}"), FOVEA_ERROR_RANGE, "id 1 is not in 0 .. 0"},
    {TEMPLATE ("{\"[X]\":{\"ids\":[0,-1]}}"), FOVEA_ERROR_RANGE, "id -1 is not in 0 .. 0"},
    {"{\"model\":{\"type\":\"BPE\",\"vocab\":{\"a\":0},\"merges\":{}}}", FOVEA_ERROR_FORMAT,
     "'merges' is no list"},
};

START_TEST (contents_that_cannot_be_are_refused)
{
    assert_refused (contents[_i].json, contents[_i].code, contents[_i].part);
}
END_TEST

int
main (void)
{
    Suite *suite = suite_create ("tokenizer refused");
    TCase *rules = tcase_create ("rules");
    tcase_add_test (rules, refusals_need_no_error_to_fill);
    tcase_add_test (rules, unknown_parts_are_refused_by_name);
    tcase_add_test (rules, malformed_files_are_refused_with_the_place);
    tcase_add_loop_test (rules, members_of_another_kind_are_refused, 0, G_N_ELEMENTS (other_kinds));
    tcase_add_loop_test (rules, contents_that_cannot_be_are_refused, 0, G_N_ELEMENTS (contents));
    suite_add_tcase (suite, rules);
    return support_run (suite);
}
